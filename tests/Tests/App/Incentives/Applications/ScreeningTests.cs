using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Applications;

/// <summary>Goal: what the office decides about an application is what the citizen gets and reads, once, within budget and four eyes, whatever breaks in between.</summary>
public class ScreeningTests
{
    private static OfferRequest Offer(GrantOffice office, long points = 500) => Offering.Full(office.Town.Get<TimeProvider>().Today(), points: points);

    private static string Path(Guid offer) => $"/api/v1/office/offers/{offer}/applications";

    private static async Task<ScreenedReply[]> Decide(HttpClient officer, Guid offer, string how, string? reason = null, params TransferId[] ids)
    {
        var answer = await officer.PostAsJsonAsync($"{Path(offer)}/{how}", new ScreeningRequest([.. ids.Select(i => i.Value)], reason));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ScreenedReply[]>())!;
    }

    private static async Task<string> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

    private static Task Budget(GrantOffice office, Guid offer, long points) => office.App.Database.WriteOrRefuse(tx => office.Town.Get<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(offer)), new Points(points)));

    private static Task Run(GrantOffice office)
    {
        var job = office.Town.Get<PostLeftApplications>();
        return job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S2_accepted_is_granted_and_rejected_says_why_many_at_once_and_never_twice(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Offering.Publish(office, Offer(office));
        await Budget(office, offer, 1_200);
        var people = new List<(CitizenId Citizen, TransferId Id)> { (office.Town.Citizen, (await office.Apply(office.Town.Citizen, 1, offer)).Value.Id) };
        for (var serial = 2; serial <= 4; serial++)
        {
            var citizen = (await office.Town.Issue($"MY65432{serial}", serial)).Id;
            people.Add((citizen, (await office.Apply(citizen, serial, offer)).Value.Id));
        }
        Assert.Equal(2800, await office.Town.Usable(Town.A));
        Assert.Equal("field_required", await Code(await office.Officer.PostAsJsonAsync($"{Path(offer)}/reject", new ScreeningRequest([people[3].Id.Value]))));
        Assert.Equal("rejected", (await Decide(office.Officer, offer, "reject", "対象の地区ではありません", people[3].Id))[0].State);

        // 1,200 are enough for two of three, whoever comes first; two officers at the same moment.
        var three = people[..3].Select(p => p.Id).ToArray();
        var both = await Task.WhenAll(Decide(office.Officer, offer, "accept", null, three), Decide(office.Officer, offer, "accept", null, three));
        Assert.Equal(2, (await office.Town.Get<FindApplications>().Counts(new ProgrammeId(offer)))[ApplicationState.Granted]);
        Assert.Contains(both.SelectMany(b => b), r => r.Code == "budget_exhausted");
        var sum = 0L;
        foreach (var (citizen, _) in people) sum += await office.Town.Usable(Town.A, citizen);
        Assert.Equal(2800 + 1_000, sum);
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);

        // What was rejected by mistake is accepted without another application; what is granted is not rejected.
        await Budget(office, offer, 5_000);
        Assert.All(await Decide(office.Officer, offer, "accept", null, [.. people.Select(p => p.Id)]), r => Assert.Equal("granted", r.State));
        Assert.Equal("application_decided", (await Decide(office.Officer, offer, "reject", "まちがい", people[0].Id))[0].Code);
        await using var connection = await office.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'application.rejected' and reason = '対象の地区ではありません'"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_above_what_one_officer_may_grant_another_one_approves(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Offering.Publish(office, Offer(office, points: 6_000) with { Programme = new(Budget: 6_000, BudgetId: Guid.CreateVersion7()) });
        await Budget(office, offer, 50_000);
        var other = (await office.Town.Issue("MY654321", 2)).Id;
        var (first, second) = ((await office.Apply(office.Town.Citizen, 1, offer)).Value.Id, (await office.Apply(other, 2, offer)).Value.Id);
        // 10,000 a day alone, counted with every other grant of the officer.
        Assert.Equal(["granted", "approving"], (await Decide(office.Officer, offer, "accept", null, first, second)).Select(r => r.State));
        Assert.Equal("waiting", (await (await office.Post(office.Request(5_000))).Content.ReadFromJsonAsync<MyKey.App.Grants.GrantReply>())!.State);
        Assert.Equal(0, await office.Town.Usable(Town.A, other));
        Assert.Equal("role_forbidden", await Code(await office.Officer.PostAsJsonAsync($"{Path(offer)}/approve", new ScreeningRequest([second.Value]))));
        using var approver = await office.Approver();
        Assert.Contains("子育て応援ポイントの申しこみ", WebUtility.HtmlDecode(await approver.GetStringAsync("/office/approvals")), StringComparison.Ordinal);
        Assert.Equal("granted", (await Decide(approver, offer, "approve", null, second))[0].State);
        Assert.Equal("granted", (await Decide(approver, offer, "approve", null, second))[0].State);
        Assert.Equal(6_000, await office.Town.Usable(Town.A, other));

        // Whoever accepted it does not approve it.
        var third = (await office.Town.Issue("MY777777", 3)).Id;
        var fourth = (await office.Town.Issue("MY888888", 4)).Id;
        var (a, b) = ((await office.Apply(third, 3, offer)).Value.Id, (await office.Apply(fourth, 4, offer)).Value.Id);
        Assert.Equal(["granted", "approving"], (await Decide(approver, offer, "accept", null, a, b)).Select(r => r.State));
        Assert.Equal("four_eyes", (await Decide(approver, offer, "approve", null, b))[0].Code);
        Assert.Equal("rejected", (await Decide(office.Officer, offer, "reject", "取りやめ", b))[0].State);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_what_a_crash_left_is_granted_once_after_its_lease_or_waits_again(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Offering.Publish(office, Offer(office));
        await Budget(office, offer, 700);
        var ids = new List<TransferId> { (await office.Apply(office.Town.Citizen, 1, offer)).Value.Id };
        for (var serial = 2; serial <= 3; serial++) ids.Add((await office.Apply((await office.Town.Issue($"MY65432{serial}", serial)).Id, serial, offer)).Value.Id);
        await Leave(office, ids[0], Limits.LeaseMs + 2_000);
        await Leave(office, ids[1], Limits.LeaseMs + 1_000);
        await Leave(office, ids[2], 0);

        await Task.WhenAll(Run(office), Run(office));
        await Run(office);

        var find = office.Town.Get<FindApplications>();
        Assert.Equal([ApplicationState.Granted, ApplicationState.Waiting, ApplicationState.Accepted], [(await find.One(ids[0]))!.State, (await find.One(ids[1]))!.State, (await find.One(ids[2]))!.State]);
        Assert.Equal(2800 + 500, await office.Town.Usable(Town.A));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        await using var connection = await office.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'application.refused'"));
    }

    /// <summary>An application as a process leaves it that dies between accepting and granting.</summary>
    private static Task Leave(GrantOffice office, TransferId id, long agoMs) => office.App.Database.Write(async tx =>
    {
        var clock = office.Town.Get<TimeProvider>();
        var row = new { id, By = Ids.NewRandom<StaffId>(), Day = clock.Today(), Then = clock.NowMs() - agoMs, Last = clock.Today().AddDays(100) };
        await tx.Connection.ExecuteAsync("update inc_application set state = 'accepted', decided_by = @By, decided_day = @Day, decided_ms = @Then, expires_on = @Last, alone = 1 where id = @id", row, tx.Handle);
        await tx.Connection.ExecuteAsync("""
            insert into pts_grant_day(maker, programme, civil_day, granted) select decided_by, programme, decided_day, points from inc_application where id = @id
            """, row, tx.Handle);
        await tx.Connection.ExecuteAsync("""
            insert into pts_maker_day(maker, municipality, civil_day, what, points) select decided_by, municipality, decided_day, 'grant', points from inc_application where id = @id
            """, row, tx.Handle);
    });

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_33_staff_enter_who_came_late_with_the_reason_and_as_long_as_the_programme_allows(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await GrantOffice.Open(await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);
        await office.Town.Issue("MY654321", 2);
        var today = clock.Today();
        var allowed = await Offering.Publish(office, Offer(office) with { ApplyUntil = today.AddDays(2), LateUntil = today.AddDays(5) });
        var strict = await Offering.Publish(office, Offer(office) with { ApplyUntil = today.AddDays(2) });
        clock.Jump(TimeSpan.FromDays(3));
        await office.Desk.Officer("OF-003", Town.A, Role.Officer);
        var officer = await office.Desk.SignIn("office", "OF-003", Town.A);

        Assert.Equal("out_of_period", (await office.Apply(office.Town.Citizen, 1, allowed)).Refused?.Code);
        Assert.Equal("report_closed", await Enter(strict, new(Guid.CreateVersion7(), "MY123456", "書類がおくれた")));
        Assert.Equal("field_required", await Enter(allowed, new(Guid.CreateVersion7(), "MY123456", " ")));
        Assert.Equal("my_number_refused", await Enter(allowed, new(Guid.CreateVersion7(), "MY123456", "123456789018")));
        Assert.Equal("mykey_unknown", await Enter(allowed, new(Guid.CreateVersion7(), "ZZ999999", "書類がおくれた")));
        var entry = new DeskApplicationRequest(Guid.CreateVersion7(), "MY123456", "書類がおくれた");
        for (var again = 0; again < 2; again++) Assert.Equal("waiting", await Enter(allowed, entry));
        Assert.Equal("already_applied", await Enter(allowed, entry with { Id = Guid.CreateVersion7() }));
        Assert.Equal("id_reused", await Enter(allowed, entry with { MyKeyId = "MY654321" }));
        var listed = (await officer.GetFromJsonAsync<OfficeApplicationsReply>($"{Path(allowed)}?state=waiting"))!;
        Assert.Equal("書類がおくれた", Assert.Single(listed.Applications).LateReason);
        clock.Jump(TimeSpan.FromDays(3));
        officer = await office.Desk.SignIn("office", "OF-003", Town.A);
        Assert.Equal("report_closed", await Enter(allowed, entry with { Id = Guid.CreateVersion7(), MyKeyId = "MY654321" }));
        Assert.Equal("granted", (await Decide(officer, allowed, "accept", null, new TransferId(entry.Id)))[0].State);

        async Task<string> Enter(Guid offer, DeskApplicationRequest request)
        {
            var answer = await officer.PostAsJsonAsync(Path(offer), request);
            return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<OfficeApplicationReply>())!.State : await Code(answer);
        }
    }

    [Fact]
    public async Task S1_S2_the_office_screens_on_its_pages_and_the_neighbour_sees_nothing()
    {
        await using var office = await GrantOffice.Open();
        var offer = await Offering.Publish(office, Offer(office));
        await Budget(office, offer, 5_000);
        var other = (await office.Town.Issue("MY654321", 2)).Id;
        var (mine, his) = ((await office.Apply(office.Town.Citizen, 1, offer)).Value.Id, (await office.Apply(other, 2, offer)).Value.Id);
        var path = $"/office/offers/{offer}/applications";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, path, $"{path}?handler=Accept")).StatusCode);
        Assert.Equal($"{path}?saved=1", (await office.App.Submit(office.Officer, path, $"{path}?handler=Accept", ("ids", $"{mine.Value}"))).Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, path, $"{path}?handler=Reject", ("ids", $"{his.Value}"), ("Reason", ""))).StatusCode);
        Assert.Equal($"{path}?saved=1", (await office.App.Submit(office.Officer, path, $"{path}?handler=Reject", ("ids", $"{his.Value}"), ("Reason", "地区がちがいます"))).Headers.Location?.ToString());
        var list = WebUtility.HtmlDecode(await office.Officer.GetStringAsync(path));
        foreach (var words in (string[])["付与済み", "断った", "地区がちがいます"]) Assert.Contains(words, list, StringComparison.Ordinal);
        Assert.DoesNotContain("MY654321", list, StringComparison.Ordinal);
        await Budget(office, offer, 500);
        var left = await office.App.Submit(office.Officer, path, $"{path}?handler=Accept", ("ids", $"{his.Value}"));
        Assert.Equal(HttpStatusCode.Conflict, left.StatusCode);
        Assert.Contains("budget_exhausted", await left.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var enter = $"/office/offers/{offer}/enter";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, enter, enter, ("Id", $"{Guid.CreateVersion7()}"), ("MyKeyId", "MY123456"), ("Reason", "代わりに"))).StatusCode);
        using var neighbour = await office.Desk.Officer("OF-009", Town.B, Role.Officer);
        foreach (var page in (string[])[path, enter, $"/office/offers/{offer}/applications?state=granted"]) Assert.Equal(HttpStatusCode.NotFound, (await neighbour.GetAsync(page)).StatusCode);
        Assert.Equal("not_found", await Code(await neighbour.GetAsync(Path(offer))));
        Assert.Equal("not_found", (await Decide(neighbour, offer, "accept", null, his))[0].Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S2_S0_5004c_who_is_rejected_hears_of_it_by_mail_without_the_reason(Engine engine)
    {
        await using var room = await MyKey.Tests.App.Mail.MailRoom.Open();
        await using var office = await GrantOffice.Open(await TestApp.Start(room.Settings, engine: engine), 10_000);
        var offer = await Offering.Publish(office, Offer(office));
        var applied = (await office.Apply(office.Town.Citizen, 1, offer)).Value;
        await room.Give(office.App, office.Town.Citizen);
        for (var click = 0; click < 2; click++) await Decide(office.Officer, offer, "reject", "対象の地区ではありません", applied.Id);
        await MyKey.Tests.App.Mail.MailRoom.Deliver(office.App);
        var mail = Assert.Single(room.Boxes.All, m => m.Subject == "【マイキー】申しこんだ施策のお知らせがあります");
        Assert.DoesNotContain("対象の地区", mail.Body, StringComparison.Ordinal);
    }
}
