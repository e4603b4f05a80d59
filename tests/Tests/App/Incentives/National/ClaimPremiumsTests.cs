using System.Net.Http.Json;
using System.Text;
using MyKey.App.National;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.National;

/// <summary>Goal: a service is owed what the ledger granted of a month and not a point more (R-D1).</summary>
public class ClaimPremiumsTests
{
    private const string December = "/api/v1/payment-service/premium-claims/2017-12";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task R_D1_over_is_refused_with_its_lines_short_is_shown_equal_is_closed_for_good(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        await town.Chosen();
        await town.Reported(town.Purchase("e-1", 4_000));
        await town.Reported(town.Purchase("e-2", 800));
        await town.Reported(town.Purchase("e-3", 3));
        await town.Reported(new PremiumRequest("r-2", "return", "2017-12-15", Reverses: "e-2"));
        var machine = await town.Machine();
        Assert.Equal("month_open", await Code(await Claim(town, "e-1,1000")));
        town.Coupons.Clock.Jump(TimeSpan.FromDays(20));
        Assert.Equal("number_format", await Code(await town.Send(Csv("e-1,1000"), "/api/v1/payment-service/premium-claims/2017-13")));
        Assert.Equal("number_format", await Code(await Claim(town, "e-1,many")));
        Assert.Equal("number_format", await Code(await Claim(town, "e-1,1000", "e-1,1000")));
        Assert.Equal("field_unknown", await Code(await town.Send(Encoding.UTF8.GetBytes("eventId,premium,shop\ne-1,1000,x\n"), December)));

        // More than granted, what was never granted, and a return that is left out: each is too much.
        foreach (var (lines, over) in new[] { (new[] { "e-1,1001", "e-2,200", "r-2,-200" }, "e-1"), (["e-1,1000", "e-2,200", "r-2,-200", "e-9,5"], "e-9"), (["e-1,1000", "e-2,200"], "r-2") })
        {
            Assert.Equal("claim_over", await Code(await Claim(town, lines)));
            Assert.Equal(over, (await machine.GetFromJsonAsync<List<ClaimDifferenceReply>>($"{December}/differences"))!.Single().EventId);
        }
        var few = await Read<PremiumClaimReply>(await Claim(town, "e-2,200", "r-2,-200"));
        Assert.Equal(("short", 0L, 1_000L, 1), (few.State, few.Claimed, few.Granted, few.Differences));

        // The statement can be claimed as it is.
        var statement = await (await machine.GetAsync($"{December}/granted")).Content.ReadAsByteArrayAsync();
        var equal = await Read<PremiumClaimReply>(await town.Send(statement, December));
        Assert.Equal(("approved", 1_000L, 3, 0), (equal.State, equal.Claimed, equal.GrantedLines, equal.Differences));
        Assert.Equal("approved", (await Read<PremiumClaimReply>(await town.Send(statement, December))).State);   // the same again
        Assert.Equal("claim_closed", await Code(await Claim(town, "e-1,900")));
        Assert.Equal(equal, await machine.GetFromJsonAsync<PremiumClaimReply>(December));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task R_D1_an_operator_closes_what_is_short_and_a_later_return_counts_in_its_own_month(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        await town.Chosen();
        await town.Reported(town.Purchase("e-1", 4_000));
        await town.Reported(town.Purchase("e-2", 800));
        town.Coupons.Clock.Jump(TimeSpan.FromDays(20));
        Assert.Equal("short", (await Read<PremiumClaimReply>(await Claim(town, "e-1,1000"))).State);
        using var platform = await town.Coupons.Desk.SignIn("operator", "OP-001");
        var close = $"/api/v1/operator/premium-claims/{town.Pay.Midori.Value}/2017-12/close";
        Assert.Equal("approved", (await Read<PremiumClaimReply>(await platform.PostAsync(close, null))).State);
        Assert.Equal("not_found", await Code(await platform.PostAsync(close, null)));
        Assert.Equal("approved", (await platform.GetFromJsonAsync<List<PremiumClaimReply>>("/api/v1/operator/premium-claims"))!.Single().State);

        await town.Reported(new PremiumRequest("r-1", "return", "2018-01-04", Reverses: "e-1"));
        town.Coupons.Clock.Jump(TimeSpan.FromDays(40));
        Assert.Equal("claim_over", await Code(await town.Send(Csv(), "/api/v1/payment-service/premium-claims/2018-01")));
        Assert.Equal("approved", (await Read<PremiumClaimReply>(await town.Send(Csv("r-1,-1000"), "/api/v1/payment-service/premium-claims/2018-01"))).State);
        Assert.Equal(1_000, (await (await town.Machine()).GetFromJsonAsync<PremiumClaimReply>(December))!.Claimed);
    }

    private static byte[] Csv(params string[] lines) => Encoding.UTF8.GetBytes("eventId,premium\n" + string.Concat(lines.Select(l => l + "\n")));

    private static Task<HttpResponseMessage> Claim(RoundTown town, params string[] lines) => town.Send(Csv(lines), December);
}
