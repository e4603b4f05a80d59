using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.StreetCards;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Partners;
using MyKey.Sandbox.StreetCards;
using MyKey.Tests.App.LinkedExchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.App.StreetCards;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.LinkedExchange.LinkTown;

namespace MyKey.Tests.App.PartnerLinks;

/// <summary>Goal: two sides change their secret without agreeing on the instant; a day later the old one counts no more (V-D1).</summary>
public class OlderSecretsTests
{
    private const string Newer = "hanabi-no-yoru-5521";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_S2_P3b_what_a_partner_signs_with_the_earlier_secret_counts_for_a_day(Engine engine)
    {
        await using var town = await LinkTown.Open(engine, timeoutMs: 1_500);
        await town.Town.Resident();
        using var me = await town.Linked();
        using var machine = await town.Coupons.Machine(Sora);
        async Task<string> Order(string secret)
        {
            var answer = await machine.SendAsync(PartnerOrdersTests.Signed(town, Guid.CreateVersion7(), 200, secret: secret));
            return answer.IsSuccessStatusCode ? (await Read<PartnerOrderReply>(answer)).State : await Code(answer);
        }

        await Agreed(await town.Operator.PostAsJsonAsync($"/api/v1/operator/partners/{Sora}/sites", town.Wanted() with { ClientSecret = Newer }), await town.Coupons.Other());

        // The partner's own side has the earlier one: what it signs counts, and so do we there.
        Assert.Equal(("posted", "posted", "partner_auth"), (await Order(PartnerBooks.ClientSecret), await Order(Newer), await Order("another-secret-0815")));
        var lost = Guid.CreateVersion7();
        town.Books.Set(Sora, PartnerFault.Silent);
        Assert.Equal("asking", (await Read<LinkOrderReply>(await town.Order(me, 200, lost))).State);
        town.Books.Set(Sora, PartnerFault.None);
        town.Clock.Jump(TimeSpan.FromMinutes(1));
        await town.RunJob();
        Assert.Equal("posted", await town.StateOf(me, lost));
        town.Clock.Jump(TimeSpan.FromHours(23));
        Assert.Equal("posted", await Order(PartnerBooks.ClientSecret));
        town.Clock.Jump(TimeSpan.FromMinutes(60));
        // The partner's own side has still the earlier one, with which we do not come any more.
        Assert.Equal(("partner_auth", "partner_silent"), (await Order(PartnerBooks.ClientSecret), await Order(Newer)));
        await town.Town.App.Services.GetServices<IJob>().OfType<ForgetLinkAttempts>().Single().Run(new JobRun("points-forget-link-attempts", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from pts_older_secret"));
    }

    [Fact]
    public async Task V_D1_a_secret_that_changes_at_midnight_leaves_the_one_before_for_as_long_as_is_set()
    {
        await using var town = await LinkTown.Open(timeoutMs: 1_500);
        await town.Town.Resident();
        using var me = await town.Linked();
        using var machine = await town.Coupons.Machine(Sora);
        async Task<bool> Taken(string secret)
        {
            var answer = await machine.SendAsync(PartnerOrdersTests.Signed(town, Guid.CreateVersion7(), 200, secret: secret));
            return answer.IsSuccessStatusCode || await Code(answer) != "partner_auth";
        }
        Assert.True((await town.Town.Get<SetSetting>().Run(new("secrets.overlap_hours", SettingPlace.Platform, "2", Actor.Job("test")))).Ok);
        await Agreed(await town.Operator.PostAsJsonAsync($"/api/v1/operator/partners/{Sora}/sites", town.Wanted() with { ClientSecret = Newer, From = town.Clock.Today().AddDays(1) }), await town.Coupons.Other());

        Assert.Equal((true, false), (await Taken(PartnerBooks.ClientSecret), await Taken(Newer)));   // noon of the day before
        town.Clock.Jump(TimeSpan.FromHours(13));
        Assert.Equal((true, true), (await Taken(PartnerBooks.ClientSecret), await Taken(Newer)));
        town.Clock.Jump(TimeSpan.FromHours(1));
        Assert.Equal((false, true), (await Taken(PartnerBooks.ClientSecret), await Taken(Newer)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_S2_P7j_a_centre_that_has_the_earlier_secret_charges_for_a_day_and_nothing_is_lost_after_it(Engine engine)
    {
        await using var town = await CentreTown.Open(engine, timeoutMs: 1_500);
        var citizen = await town.Town.Resident();
        await town.Town.Grant(citizen, 1_000, 30);
        using var me = await town.Town.LoggedIn();

        await Read<CardOperatorReply>(await town.Save(town.Street, "さのぽカード", "street", secret: Newer));

        Assert.Equal("charged", (await Read<ChargeReply>(await town.Charge(me, 100))).State);
        town.Clock.Jump(TimeSpan.FromHours(24));
        using var later = await town.Town.LoggedIn();
        Assert.Equal("asking", (await Read<ChargeReply>(await town.Charge(later, 100))).State);
        Assert.Equal((100L, 800L), await town.Points(citizen));
        town.Clock.Jump(TimeSpan.FromMinutes(1));
        using var again = await town.Coupons.Desk.SignIn("operator", "OP-001");
        await Read<CardOperatorReply>(await again.PutAsJsonAsync($"/api/v1/operator/street-card-operators/{town.Street}", new CardOperatorRequest(Residents.A.Value, "さのぽカード", "street", true, town.Api, CardCentreBooks.ClientId, CardCentreBooks.ClientSecret)));
        town.Clock.Jump(TimeSpan.FromMinutes(5));
        await town.RunJob();
        Assert.Equal(1_000L, (await town.Points(citizen)).There + (await town.Points(citizen)).Here);   // back to its lots, or on the card
    }

    [Fact]
    public async Task V_D1_S0_4015_a_site_that_has_the_earlier_secret_is_linked_for_a_day()
    {
        await using var town = await OnlineTown.Open(timeoutMs: 1_500, hooks: false);
        await town.Town.Resident(home: Residents.A);
        using var me = await town.Town.LoggedIn();
        await Agreed(await town.Operator.PostAsJsonAsync($"/api/v1/operator/online-sites/{OnlineTown.Shop}/logins", town.Login(OnlineTown.Shop) with { ClientSecret = Newer }), town.Second);

        Assert.DoesNotContain("refused", (await me.GetAsync(await PartnerBrowser.Walk(await OnlineTown.Go(me, OnlineTown.Shop)))).Headers.Location!.OriginalString, StringComparison.Ordinal);
        town.Clock.Jump(TimeSpan.FromHours(24));
        using var later = await town.Town.LoggedIn();
        Assert.Contains("refused=partner_silent", (await later.GetAsync(await PartnerBrowser.Walk(await OnlineTown.Go(later, OnlineTown.Shop)))).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }
}
