using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Applications;

/// <summary>Goal: whoever may apply does so once, gets exactly what was offered, and nobody gets anything twice.</summary>
public class ApplyTests
{
    private const long MinuteMs = 60_000;

    private static OfferRequest Offer(GrantOffice office) => Offering.Full(office.Town.Get<TimeProvider>().Today()) with { Screening = "none" };

    private static async Task<GrantOffice> Open(Engine engine, TestClock clock) =>
        await GrantOffice.Open(await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);

    private static async Task<long> Rest(GrantOffice office, Guid programme) => (await office.Town.Get<Limits>().Read(LimitId.Budget(new ProgrammeId(programme))))!.Rest.Value;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_32_each_person_once_and_the_budget_holds_when_many_apply_at_the_same_moment(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var town = office.Town;
        var offer = await Offering.Publish(office, Offer(office));
        var other = (await town.Issue("MY654321", 2)).Id;

        var same = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => office.Apply(town.Citizen, 1, offer)));
        Assert.Equal(ApplicationState.Granted, Assert.Single(same, r => r.Ok).Value.State);
        Assert.All(same.Where(r => !r.Ok), r => Assert.Equal("already_applied", r.Refused!.Code));
        // 600 of budget: 100 are left for the second.
        var late = await office.Apply(other, 2, offer);
        Assert.Equal(("budget_exhausted", 100L), (late.Refused!.Code, late.Refused.Fact<Points>("rest").Value));
        Assert.Equal((2800 + 500, 100L, 0L), (await town.Usable(Town.A), await Rest(office, offer), await town.Usable(Town.A, other)));
        Assert.Empty(await town.Get<FindApplications>().Of(other));
        Assert.Null((await town.Get<Audit>().Run()).Broken);

        // Two persons for what is enough for one.
        var scarce = await Offering.Publish(office, Offer(office));
        var both = await Task.WhenAll(office.Apply(town.Citizen, 1, scarce), office.Apply(other, 2, scarce));
        Assert.Equal("budget_exhausted", Assert.Single(both, r => !r.Ok).Refused!.Code);
        Assert.Equal(100L, await Rest(office, scarce));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_32_what_many_apply_for_at_the_same_moment_is_kept_once_each_with_its_own_line(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Offering.Publish(office, Offering.Full(office.Town.Get<TimeProvider>().Today()));
        var people = new List<(CitizenId Citizen, int Serial, Guid Id)> { (office.Town.Citizen, 1, Guid.CreateVersion7()) };
        for (var serial = 2; serial <= 9; serial++) people.Add(((await office.Town.Issue($"MY65432{serial}", serial)).Id, serial, Guid.CreateVersion7()));
        // Each twice with the same id, as a double click, and once more with another.
        var wanted = people.Concat(people).Concat(people.Select(p => p with { Id = Guid.CreateVersion7() })).ToList();
        var made = await Task.WhenAll(wanted.Select(w => office.Apply(w.Citizen, w.Serial, offer, w.Id)));

        foreach (var person in people)
        {
            var kept = Assert.Single(await office.Town.Get<FindApplications>().Of(person.Citizen));
            Assert.All(wanted.Zip(made).Where(p => p.First.Citizen == person.Citizen), p =>
                Assert.Equal(p.First.Id == kept.Id.Value ? "waiting" : "already_applied", p.Second.Refused?.Code ?? (p.Second.Value.Id == kept.Id ? Words<ApplicationState>.Of(p.Second.Value.State) : "another's")));
            await using var connection = await office.App.Database.Open();
            Assert.Equal([kept.Id.Value], await Dapper.SqlMapper.QueryAsync<Guid>(connection, "select subject from log_operation where action = 'application.made' and citizen = @Citizen", new { person.Citizen }));
        }
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_25_the_same_again_answers_again_and_a_proof_for_something_else_is_none(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (me, id, offer) = (office.Town.Citizen, Guid.CreateVersion7(), await Offering.Publish(office, Offer(office)));
        var other = (await office.Town.Issue("MY654321", 2)).Id;
        var wish = new ApplicationWish(me, new ProgrammeId(offer), new TransferId(id), false);
        var apply = office.Town.Get<ApplyForOffer>();
        Assert.Equal("auth_failed", (await apply.Run(me, Applying.Proof(wish, 1, Purpose.UsePoints))).Refused?.Code);
        Assert.Equal("auth_failed", (await apply.Run(me, Applying.Proof(wish, 1, Purpose.StepUp))).Refused?.Code);
        Assert.Equal("auth_failed", (await apply.Run(me, Applying.Proof(wish, 2))).Refused?.Code);
        Assert.Equal("auth_failed", (await apply.Run(other, Applying.Proof(wish, 2))).Refused?.Code);
        for (var again = 0; again < 2; again++) Assert.Equal(ApplicationState.Granted, (await office.Apply(me, 1, offer, id)).Value.State);
        Assert.Equal("id_reused", (await office.Apply(other, 2, offer, id)).Refused?.Code);
        Assert.Equal(3300, await office.Town.Usable(Town.A));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_03_S1_08b_S1_28_a_new_certificate_waits_by_its_cause_to_the_second(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await Open(engine, clock);
        var (me, wait) = (office.Town.Citizen, office.Town.Get<CertificateWait>());
        var offer = await Offering.Publish(office, Offer(office));
        var then = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await Applying.Certificate(office, me, then, cause: 0);

        clock.Jump(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        var no = await office.Apply(me, 1, offer);
        Assert.Equal("cert_not_yet_effective", no.Refused?.Code);
        Assert.Contains("から申しこめます", no.Refused!.Sentences().Next, StringComparison.Ordinal);
        Assert.DoesNotContain("{at}", no.Refused.Sentences().Next, StringComparison.Ordinal);
        clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Equal(ApplicationState.Granted, (await office.Apply(me, 1, offer)).Value.State);

        // Cause 1 renewed, 2 reissued, 0 and 3 not told: the longest of the scheme. The PIN waits for nothing.
        await Applying.Set(office.App.Services, "cert.effective_delay.renewal", "30");
        foreach (var (cause, minutes) in new[] { (1, 30), (2, 60), (0, 60), (3, 60) })
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await Applying.Certificate(office, me, now, cause);
            Assert.Equal(now + minutes * MinuteMs, await wait.Until(me, ApplicationRules.Scheme));
            await Applying.Certificate(office, me, now - minutes * MinuteMs + 1_000, cause);
            Assert.NotNull(await wait.Until(me, ApplicationRules.Scheme));
            await Applying.Certificate(office, me, now - minutes * MinuteMs, cause);
            Assert.Null(await wait.Until(me, ApplicationRules.Scheme));
        }
        // The national scheme waits a day.
        Assert.NotNull(await wait.Until(me, "national"));
    }

    [Fact]
    public async Task S1_03_K_30_before_and_after_its_days_for_others_and_unanswered_it_is_refused_with_the_reason()
    {
        await using var office = await GrantOffice.Open();
        var (me, today) = (office.Town.Citizen, office.Town.Get<TimeProvider>().Today());
        var coming = await Offering.Publish(office, Offer(office) with { ApplyFrom = today.AddDays(1) });
        var early = (await office.Apply(me, 1, coming)).Refused!;
        Assert.Equal(("not_started", MyKey.App.Shared.Components.Words.Day(today.AddDays(1))), (early.Code, early.Fact<string>("from")));
        var over = await Offering.Publish(office, Offer(office));
        await office.Officer.PostAsync($"/api/v1/office/offers/{over}/close", null);
        Assert.Equal("out_of_period", (await office.Apply(me, 1, over)).Refused?.Code);
        Assert.Equal("not_found", (await office.Apply(me, 1, Guid.NewGuid())).Refused?.Code);

        var listed = await Offering.Publish(office, Offer(office) with { Programme = new(Eligibility: "list", Budget: 600, BudgetId: Guid.CreateVersion7()) });
        Assert.Equal("not_eligible", (await office.Apply(me, 1, listed)).Refused?.Code);
        using var csv = new ByteArrayContent(Encoding.UTF8.GetBytes("マイキーID\nMY123456\n"));
        csv.Headers.ContentType = new("text/csv");
        var stored = await office.Officer.PostAsync($"/api/v1/office/programmes/{listed}/eligible", csv);
        Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync());
        var list = (await stored.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("id").GetGuid();
        Assert.True((await office.Officer.PostAsJsonAsync($"/api/v1/office/programmes/{listed}/eligible/{list}/apply", new { replace = false })).IsSuccessStatusCode);
        Assert.Equal(ApplicationState.Granted, (await office.Apply(me, 1, listed)).Value.State);

        var proof = await Offering.Publish(office, Offer(office) with { Screening = "by_hand", Programme = new(Eligibility: "proof", Budget: 600, BudgetId: Guid.CreateVersion7()) });
        Assert.Equal("conditions_unanswered", (await office.Apply(me, 1, proof)).Refused?.Code);
        Assert.Equal(ApplicationState.Waiting, (await office.Apply(me, 1, proof, declared: true)).Value.State);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_32_a_yearly_one_begins_again_in_april_and_one_for_ever_does_not(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await Open(engine, clock);
        var me = office.Town.Citizen;
        var ever = await Offering.Publish(office, Offer(office) with { ApplyUntil = clock.Today().AddDays(200), Points = 100 });
        var yearly = await Offering.Publish(office, Offer(office) with { ApplyUntil = clock.Today().AddDays(200), Points = 100, Programme = new("year", Budget: 600, BudgetId: Guid.CreateVersion7()) });
        foreach (var offer in (Guid[])[ever, yearly]) Assert.True((await office.Apply(me, 1, offer)).Ok);
        Assert.Equal("already_applied", (await office.Apply(me, 1, yearly)).Refused?.Code);
        clock.Jump(TimeSpan.FromDays(120));
        Assert.Equal("already_applied", (await office.Apply(me, 1, ever)).Refused?.Code);
        Assert.Equal(ApplicationState.Granted, (await office.Apply(me, 1, yearly)).Value.State);
        Assert.Equal("already_applied", (await office.Apply(me, 1, yearly)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_25_what_is_received_later_becomes_an_entitlement_until_its_last_day(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (me, today) = (office.Town.Citizen, office.Town.Get<TimeProvider>().Today());
        var offer = await Offering.Publish(office, Offer(office) with { Delivery = "citizen_chooses", ClaimUntil = today.AddDays(60) });
        var granted = (await office.Apply(me, 1, offer)).Value;
        var open = Assert.Single(await office.Town.Get<EntitlementReading>().Of(me, today));
        Assert.Equal((500L, today.AddDays(60), granted.Programme), (open.Amount.Value, open.LastDay, open.Programme));
        Assert.Equal(granted.Id, Assert.Single(await office.Town.Get<MyKey.App.Entitlements.FindEntitlements>().Of(me)).Id);
        Assert.Equal(2800, await office.Town.Usable(Town.A));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }
}
