using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Claims;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.App.PaymentServices;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Applications;

/// <summary>Goal: where a programme asks with the application where the points go, they go there by themselves and nowhere else, unless the service can't take them.</summary>
public class DestinationTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_35a_S1_35b_what_was_chosen_with_the_application_is_claimed_by_itself_and_nowhere_else(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var offer = await Offer(town, "citizen_chooses");
        var (to, other) = (await town.Account(me, town.Midori, 1), await town.Account(me, town.Sora, 1));
        // As long as the setting says so, it is chosen with the claim.
        Assert.Equal("field_unknown", (await Look(town, me.Id, offer, to)).Refused?.Code);
        await Applying.Set(town.Town.App.Services, "destination.when", "application", $"municipality/{Residents.A.Value}");

        Assert.Equal("field_required", (await Apply(town, me.Id, offer, null)).Refused?.Code);
        Assert.Equal("service_not_registered", (await Apply(town, me.Id, offer, Guid.NewGuid().ToString("N"))).Refused?.Code);
        var applied = (await Apply(town, me.Id, offer, to)).Value;
        Assert.Equal((ApplicationState.Granted, to), (applied.State, applied.Destination!.Key));
        Assert.Equal((500L, 0L, 0L), await town.Points(me.Id));
        foreach (var elsewhere in (string[])[other, ClaimTarget.Municipal]) Assert.Equal("destination_fixed", (await town.Claim(me.Id, applied.Id, elsewhere)).Refused?.Code);
        Assert.Equal([to], (await town.Town.Get<JudgeClaim>().Targets((await town.Town.Get<MyEntitlements>().Of(me.Id)).Single().Granted)).Select(t => t.Key));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Run(town)));
        await Run(town);
        Assert.Equal((0L, 0L, 500L), await town.Points(me.Id));
        Assert.Equal(1, town.Books.GrantsOf("midori").Single().Grant.Times);
        Assert.Equal(ClaimState.Granted, Assert.Single(await town.Town.Get<ClaimRows>().Of(me.Id)).State);
        Assert.False((await town.Town.Get<MyEntitlements>().Of(me.Id)).Single().Granted.IsOnItsWay);
        Assert.Equal("destination_fixed", (await town.Claim(me.Id, applied.Id, other)).Refused?.Code);
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_43_S1_35a_an_account_that_is_none_any_more_frees_the_choice_and_one_that_was_removed_does_not(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        await Applying.Set(town.Town.App.Services, "destination.when", "application", $"municipality/{Residents.A.Value}");
        var me = await town.Citizen();
        var (invalid, removed) = (await Offer(town, "citizen_chooses"), await Offer(town, "citizen_chooses"));
        var (first, second) = (await town.Account(me, town.Midori, 1), await town.Account(me, town.Midori, 2));
        var sora = await town.Account(me, town.Sora, 1);
        var one = (await Apply(town, me.Id, invalid, first)).Value;
        town.Books.Set("midori", ServiceFault.Invalid);
        await Run(town);
        town.Books.Set("midori", ServiceFault.None);

        Assert.Equal(ClaimState.Refused, Assert.Single(await town.Town.Get<ClaimRows>().Of(me.Id)).State);
        Assert.Equal(500L, await town.Open(me.Id));
        await Run(town);   // not again by itself
        Assert.Equal(500L, await town.Open(me.Id));
        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, one.Id, sora)).Value.State);

        var two = (await Apply(town, me.Id, removed, second)).Value;
        await town.Town.Get<MyPaymentAccounts>().Remove(me.Id, Guid.Parse(second));
        await Run(town);
        Assert.Equal(500L, await town.Open(me.Id));
        foreach (var elsewhere in (string[])[sora, ClaimTarget.Municipal]) Assert.Equal("destination_fixed", (await town.Claim(me.Id, two.Id, elsewhere)).Refused?.Code);
        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, two.Id, await town.Account(me, town.Midori, 3))).Value.State);
        await town.MustAddUp();
    }

    [Fact]
    public async Task S1_35a_S1_36_it_waits_for_a_service_that_rests_and_for_an_id_that_is_stopped()
    {
        await using var town = await PayTown.Open();
        await Applying.Set(town.Town.App.Services, "destination.when", "application", $"municipality/{Residents.A.Value}");
        var me = await town.Citizen();
        var to = await town.Account(me, town.Midori, 1);
        await Apply(town, me.Id, await Offer(town, "payment_service", town.Midori), null);   // the only one that there is
        await town.Start(town.Midori, town.Coupons.Today.AddDays(1));
        await Run(town);
        Assert.Equal(500L, await town.Open(me.Id));
        town.Coupons.Clock.Jump(TimeSpan.FromDays(1));
        await town.Town.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_citizen set state = 2 where id = @Id", new { me.Id }, tx.Handle));
        await Run(town);
        Assert.Equal(500L, await town.Open(me.Id));
        town.Coupons.Clock.Jump(TimeSpan.FromHours(1));
        await town.Town.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_citizen set state = 1 where id = @Id", new { me.Id }, tx.Handle));
        await Run(town);
        Assert.Equal((0L, 0L, 500L), await town.Points(me.Id));
        Assert.Equal(to, (await town.Town.Get<ClaimRows>().Of(me.Id)).Single().To!.Value.Account.ToString("N"));
    }

    [Fact]
    public async Task S1_35a_S1_25_the_page_asks_for_the_destination_and_the_card_signs_it()
    {
        await using var town = await CardTown.Start();
        await Applying.Set(town.App.Services, "destination.when", "application", $"municipality/{Residents.A.Value}");
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        using var card = town.Authority.Issue(new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) });
        await using var site = await PaySite.Start(TimeProvider.System);
        var me = await town.Resident(card, "AB12CD34");
        var offer = await Offering.Publish(officer, Offering.Full(TimeProvider.System.Today()) with { Screening = "none", Delivery = "citizen_chooses", ClaimUntil = TimeProvider.System.Today().AddDays(60) });
        using var browser = town.Browser();
        await browser.Login(card);
        var service = await ClaimByCardTests.Service(town, site, desk);
        var path = $"/my/applications/new/{offer}";

        // Points of the municipality are the only way as long as no account is registered.
        Assert.Contains("<dt>受け取り先</dt>", await Page(path), StringComparison.Ordinal);
        Assert.DoesNotContain("どこで受け取りますか", await Page(path), StringComparison.Ordinal);
        await town.Residents.Send(browser.Client, "/my/payment-accounts", ("Service", service.ToString()), ("Number", ServiceBooks.Member(1).Id), ("Code", ServiceBooks.Member(1).Code));
        Assert.Contains("どこで受け取りますか", await Page(path), StringComparison.Ordinal);
        Assert.DoesNotContain("カードで申しこむ", await Page(path), StringComparison.Ordinal);
        var to = (await browser.Client.GetFromJsonAsync<List<ClaimTargetReply>>($"/api/v1/my/applications/destinations?programme={offer}"))!.First(t => t.To != ClaimTarget.Municipal).To;
        Assert.Contains($"&to={to}", await Page($"{path}?to={to}"), StringComparison.Ordinal);
        Assert.Equal("field_required", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/applications/question", new ApplicationQuestionRequest(Guid.CreateVersion7(), offer))));

        var question = CardBrowser.Question((await browser.Client.GetAsync($"{path}/card?id={Guid.CreateVersion7()}&yes=1&to={to}")).Headers.Location!.OriginalString);
        Assert.Equal((Purpose.ApplyTo, "みどりペイ（IDの終わりが0001）"), (question.Purpose, question.Details[2].Value));
        var done = (await browser.Client.GetAsync($"/card/return?code={await browser.Answer(card, question)}")).Headers.Location!.OriginalString;
        var page = await Page(done);
        foreach (var words in (string[])["申しこみました", "みどりペイ（IDの終わりが0001）", "ひとりでに送ります"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("申しこむときに選んだ受け取り先に送っています", await Page("/my/claims"), StringComparison.Ordinal);
        await town.App.Services.GetRequiredService<ClaimChosen>().Run(new JobRun("incentives-claim-chosen", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
        Assert.Equal(500L, site.Books.Held("midori"));
        Assert.Equal(me, Assert.Single(await town.App.Services.GetRequiredService<FindApplications>().Of(me)).Citizen);

        async Task<string> Page(string address) => System.Net.WebUtility.HtmlDecode(await browser.Client.GetStringAsync(address));
    }

    private static async Task<Guid> Offer(PayTown town, string delivery, params PaymentServiceId[] services)
    {
        using var officer = await town.Coupons.Desk.Officer($"A-{Guid.NewGuid().ToString("N")[..6].ToUpperInvariant()}", Residents.A, Role.Officer);
        var (id, today) = (Guid.CreateVersion7(), town.Coupons.Today);
        var offer = Offering.Full(today) with { Screening = "none", Delivery = delivery, ClaimUntil = today.AddDays(60) };
        Assert.True((await officer.PutAsJsonAsync($"{Offering.Offices}/{id}", offer)).IsSuccessStatusCode);
        foreach (var service in services) Assert.True((await officer.PutAsJsonAsync($"{Offering.Offices}/{id}/services/{service.Value}", new MyKey.App.Offers.OfferServiceRequest(today))).IsSuccessStatusCode);
        var published = await officer.PostAsync($"{Offering.Offices}/{id}/publish", null);
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        return id;
    }

    /// <summary>As the question to the card is made.</summary>
    private static async Task<Result<ClaimTarget?>> Look(PayTown town, CitizenId citizen, Guid offer, string? to) =>
        await town.Town.Get<ApplicationDestination>().Read(citizen, (await town.Town.Get<ApplicationRules>().Offered(new ProgrammeId(offer))).Value, to);

    private static async Task<Result<Application>> Apply(PayTown town, CitizenId citizen, Guid offer, string? to)
    {
        var looked = await Look(town, citizen, offer, to);
        if (looked.Refused is { } no) return no;
        var wish = new ApplicationWish(citizen, new ProgrammeId(offer), Ids.New<TransferId>(town.Coupons.Clock), false, looked.Value!.Key);
        return await town.Town.Get<ApplyForOffer>().Run(citizen, Applying.Proof(wish, 1, Purpose.ApplyTo));
    }

    private static Task Run(PayTown town) => town.Town.Get<ClaimChosen>().Run(new JobRun("incentives-claim-chosen", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
}
