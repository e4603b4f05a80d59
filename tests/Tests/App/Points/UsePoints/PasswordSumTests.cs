using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MyKey.App.Donations;
using MyKey.App.Registry;
using MyKey.App.StreetCards;
using MyKey.App.UsePoints;
using MyKey.Identity;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Certificates;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.App.StreetCards;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.StreetCards.CentreTown;

namespace MyKey.Tests.App.UsePoints;

/// <summary>Goal: whoever has nothing but a citizen's password moves at most the day's sum, by whatever way, and two at once no more; the card goes on (K-02).</summary>
public sealed class PasswordSumTests
{
    private static readonly Actor Clerk = Actor.Job("test");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_one_sum_holds_over_cards_numbers_and_gifts_of_all_issuers_and_two_at_once(Engine engine)
    {
        await using var town = await Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 40_000, 60);
        await town.Town.Grant(citizen, 40_000, 60, Residents.B);
        using var me = await town.Town.LoggedIn();
        var terminal = await Till(town);

        Assert.Equal("charged", (await Read<ChargeReply>(await town.Charge(me, 3_000))).State);
        Assert.True((await Use(town, terminal, me, 1_000, Residents.B)).Ok);
        var eleven = await Task.WhenAll(Enumerable.Range(0, 11).Select(i => Give(me, 1_000, i % 2 == 0 ? Residents.A : Residents.B)));
        Assert.Equal(6, eleven.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var late in eleven.Where(a => a.StatusCode != HttpStatusCode.Created)) await MustBeRefused(late);

        Assert.Equal(80_000 - 10_000, await town.Coupons.Usable(citizen) + await town.Coupons.Usable(citizen, Residents.B));
        await MustBeRefused(await town.Charge(me, 1));
        Assert.Equal(PasswordSum.Code, (await Use(town, terminal, me, 1, Residents.A)).Refused?.Code);
        await MustBeRefused(await Give(me, 1, Residents.B));

        // With the card it goes on, and takes nothing of the sum.
        using var card = await ByCard(town, citizen);
        Assert.Equal(HttpStatusCode.Created, (await Give(card, 20_000, Residents.A)).StatusCode);
        Assert.Equal("charged", (await Read<ChargeReply>(await town.Charge(card, 5_000))).State);

        town.Clock.Jump(TimeSpan.FromDays(1));
        using var tomorrow = await town.Town.LoggedIn();
        await MustBeRefused(await Give(tomorrow, 10_001, Residents.B));   // the first of a day, too
        Assert.Equal(HttpStatusCode.Created, (await Give(tomorrow, 10_000, Residents.B)).StatusCode);
        await MustBeRefused(await Give(tomorrow, 1, Residents.B));
        await town.Coupons.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_what_goes_back_on_the_same_day_is_free_again_and_a_repeat_counts_once(Engine engine)
    {
        await using var town = await Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 40_000, 60);
        using var me = await town.Town.LoggedIn();
        var terminal = await Till(town);

        var gift = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.Created, (await Give(me, 8_000, Residents.A, gift)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Give(me, 8_000, Residents.A, gift)).StatusCode);
        var used = (await Use(town, terminal, me, 2_000, Residents.A)).Value;
        await MustBeRefused(await Give(me, 1, Residents.A));
        Assert.True((await town.Town.Get<CancelUse>().Run(terminal, Ids.New<TransferId>(town.Clock), used.Receipt.ToString())).Ok);
        Assert.False((await town.Town.Get<CancelUse>().Run(terminal, Ids.New<TransferId>(town.Clock), used.Receipt.ToString())).Ok);

        // A centre that does not take a charge gives its part of the sum back, too.
        town.Books.Set(Sano, PartnerFault.Down);
        Assert.Equal("asking", (await Read<ChargeReply>(await town.Charge(me, 2_000))).State);
        await MustBeRefused(await Give(me, 1, Residents.A));
        town.Books.Set(Sano, PartnerFault.None);
        town.Clock.Jump(TimeSpan.FromMinutes(11));
        await town.RunJob();
        using var later = await town.Town.LoggedIn();
        await MustBeRefused(await Give(later, 2_001, Residents.A));
        Assert.Equal(HttpStatusCode.Created, (await Give(later, 2_000, Residents.A)).StatusCode);
        await MustBeRefused(await Give(later, 1, Residents.A));

        Assert.Equal(40_000 - 10_000, await town.Coupons.Usable(citizen));
        await town.Coupons.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_S0_4010b_a_site_takes_no_more_without_the_card_and_what_the_card_confirmed_is_beside_it(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine, asShipped: true);
        await town.Set("online.link_card", "off");
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 100_000, 60);
        Assert.True((await town.Town.Get<SetSetting>().Run(new("donation.open", SettingPlace.Of(Residents.A), "on", Clerk))).Ok);
        using var me = await town.Linked();
        Assert.Equal(HttpStatusCode.Created, (await Give(me, 2_000, Residents.A)).StatusCode);
        var order = Guid.CreateVersion7();
        var refused = await (await town.Place(8_001, order)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((PasswordSum.Code, 10_000L), (refused.GetProperty("code").GetString(), refused.GetProperty("perDay").GetInt64()));
        var held = await town.Held(8_000);
        await MustBeRefused(await town.Place(1));

        // What a pledge gives back is free again, whole or in part.
        await Read<MyKey.App.Pledges.PledgeReply>(await town.Capture(held, 5_000));
        await MustBeRefused(await Give(me, 3_001, Residents.A));
        await Read<MyKey.App.Pledges.PledgeReply>(await town.Refund(held, 1_000));
        var both = await Task.WhenAll(town.Place(4_000), town.Place(4_000));
        Assert.Single(both, b => b.StatusCode == HttpStatusCode.Created);
        var second = (await Read<MyKey.App.Pledges.PledgeReply>(both.Single(b => b.IsSuccessStatusCode))).Id;
        await MustBeRefused(await Give(me, 1, Residents.A));
        await Read<MyKey.App.Pledges.PledgeReply>(await town.Release(second));
        Assert.Equal(HttpStatusCode.Created, (await Give(me, 4_000, Residents.A)).StatusCode);

        // The page leads to the card; what it confirms succeeds, and counts beside the sum.
        using var card = await town.ByCard(citizen);
        var path = refused.GetProperty("confirm").GetString()!;
        Assert.Contains("10,000", await card.GetStringAsync(path), StringComparison.Ordinal);
        Assert.True((await card.PostAsync($"/api/v1/my/online-confirmations/{path["/my/online/confirm/".Length..]}/confirm", null)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Created, (await town.Place(8_001, order)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await town.Release(order)).StatusCode);
        await MustBeRefused(await Give(me, 1, Residents.A));   // and takes nothing off it
        await town.MustAddUp();
    }

    [Fact]
    public async Task K_02_the_pages_say_why_and_lead_to_the_card()
    {
        using var authority = NationalAuthority.InMemory(TimeProvider.System);
        var file = Path.Combine(Path.GetTempPath(), $"mykey-anchors-{Guid.NewGuid():N}.pem");
        await File.WriteAllTextAsync(file, authority.AnchorsPem(), TestContext.Current.CancellationToken);
        await using var town = await Open(Engine.Sqlite, $"MyKey:Card:Anchors={file}");
        File.Delete(file);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 40_000, 60);
        using var me = await town.Town.LoggedIn();
        await town.Town.Send(me, "/my/donate", ("Id", Guid.CreateVersion7().ToString()), ("Municipality", "132985"), ("Amount", "10001"));
        var draft = Id(await me.GetStringAsync("/my/donate/confirm"));
        var gift = await (await town.Town.Send(me, "/my/donate/confirm", ("Id", draft))).Content.ReadAsStringAsync();
        Assert.Contains("1日10,000ポイントまでです", gift, StringComparison.Ordinal);
        Assert.Contains($"purpose=step-up&amp;back={Uri.EscapeDataString("/my/donate/confirm")}", gift, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(draft, Id(await me.GetStringAsync("/my/donate/confirm")));   // what was typed is still there

        var here = $"/my/cards/{town.Street}";
        var charge = await (await town.Town.Send(me, here, ("Id", Guid.CreateVersion7().ToString()), ("Number", Issued), ("Amount", "3001"), ("go", "true"))).Content.ReadAsStringAsync();
        Assert.Contains("ここから先は、カードがいります", charge, StringComparison.Ordinal);
        Assert.Contains($"back={Uri.EscapeDataString(here)}", charge, StringComparison.Ordinal);
        Assert.Equal(40_000, await town.Coupons.Usable(citizen));

        static string Id(string page) => Regex.Match(page, "name=\"Id\" value=\"([^\"]+)\"").Groups[1].Value;
    }

    private static async Task<CentreTown> Open(Engine engine, params string[] settings)
    {
        var town = await CentreTown.Open(engine, timeoutMs: 1_500, settings);
        foreach (var issuer in (MunicipalityCode[])[Residents.A, Residents.B])
            Assert.True((await town.Town.Get<SetSetting>().Run(new("donation.open", SettingPlace.Of(issuer), "on", Clerk))).Ok);
        return town;
    }

    private static Task<HttpResponseMessage> Give(HttpClient me, long amount, MunicipalityCode to, Guid? id = null) =>
        me.PostAsJsonAsync("/api/v1/my/donations", new WantedDonation(id ?? Guid.CreateVersion7(), to.Value, amount));

    private static async Task MustBeRefused(HttpResponseMessage answer) => Assert.Equal((HttpStatusCode.Conflict, PasswordSum.Code), (answer.StatusCode, await Code(answer)));

    private static async Task<Terminal> Till(CentreTown town)
    {
        var shop = Ids.New<AcceptorId>(town.Clock);
        Assert.True((await town.Town.Get<RegisterAcceptor>().Run(new(shop, Residents.A, "shop", "くらしの店", Clerk))).Ok);
        var clerk = new StaffMember(Ids.New<StaffId>(town.Clock), "T-1", StaffState.Active, [new GivenRole(Role.TerminalAdmin, Residents.A)]);
        var code = (await town.Town.Get<RegisterTerminal>().Register(clerk, new NewTerminal(Residents.A, shop.Value, "端末1", [TerminalProfile.Shop]))).Value.Code;
        foreach (var issuer in (MunicipalityCode[])[Residents.A, Residents.B])
            Assert.True((await town.Town.Get<SetUsageRule>().ForKind(issuer, "shop", UsageArea.Prefecture, Clerk)).Ok);
        return (await town.Town.Get<FindTerminal>().ByToken((await town.Town.Get<EnrolTerminal>().Enrol(code, "204816", new ClientNetwork("192.0.2.0/24"))).Value.Token)).Value;
    }

    /// <summary>With the number that My Page gives.</summary>
    private static async Task<Result<MyKey.Ledger.Posted>> Use(CentreTown town, Terminal terminal, HttpClient me, long amount, MunicipalityCode issuer)
    {
        var code = await Read<MyKey.App.MyPage.MyCodeReply>(await me.PostAsJsonAsync("/api/v1/my/codes", new MyKey.App.MyPage.MyCodeRequest(Residents.A.Value)));
        var token = (await town.Town.Get<UseOneTimeCode>().Use(terminal, Residents.MyKeyId, code.Code)).Value;
        return await town.Town.Get<MyKey.App.UsePoints.UsePoints>().Run(terminal, new UseOrder(Ids.New<TransferId>(town.Clock), token, issuer.Value, amount));
    }

    /// <summary>A browser whose citizen came with the card.</summary>
    private static async Task<HttpClient> ByCard(CentreTown town, CitizenId citizen)
    {
        var certificate = new AuthCertificate(new string('a', 64), "f1", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var token = await town.Town.App.Database.Write(tx => town.Town.Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }));
        var client = town.Town.App.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-citizen={token}");
        return client;
    }
}
