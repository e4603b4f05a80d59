using System.Net;
using System.Net.Http.Json;
using MyKey.App.Donations;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Donations;

/// <summary>Goal: a citizen gives points to the municipality that issued them, where it takes them, once, and is told that there is no certificate (Z5 S0-4047).</summary>
public class DonationsTests
{
    [Fact]
    public async Task S0_4047_a_gift_is_given_once_where_it_is_taken_and_no_certificate_comes_of_it()
    {
        await using var town = await CouponTown.Open(partner: false, settings: ["MyKey:Limits:AttemptsPerMinute=10000"]);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 1_000, 60);
        await town.Town.Grant(citizen, 500, 60, Residents.B);
        using var me = await town.Town.LoggedIn();
        var id = Guid.CreateVersion7();
        Assert.Equal("donation_closed", await Code(await Give(id, 300)));
        Assert.Contains("受け付けているところは、いまありません", await me.GetStringAsync("/my/donate"), StringComparison.Ordinal);
        Assert.DoesNotContain("自治体に寄附する", await me.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.True((await town.Town.Get<SetSetting>().Run(new("donation.open", SettingPlace.Of(Residents.A), "on", Actor.Job("test")))).Ok);

        var (registry, from) = (town.Town.Get<ChangeMunicipality>(), town.Today.AddDays(5));
        Assert.True((await registry.UseFrom(Residents.A, from, Actor.Job("test"))).Ok);
        Assert.Equal("not_started", await Code(await Give(id, 300)));   // S4-14
        Assert.True((await registry.UseFrom(Residents.A, null, Actor.Job("test"))).Ok);

        var first = await Give(id, 300);
        var again = await Give(id, 300);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(700, (await Read<DonationReply>(first)).BalanceAfter);
        Assert.Equal("id_reused", await Code(await Give(id, 200)));
        Assert.Equal("donation_closed", await Code(await Give(Guid.CreateVersion7(), 1, Residents.B.Value)));
        Assert.Equal("municipality_unknown", await Code(await Give(Guid.CreateVersion7(), 1, "170003")));
        Assert.Equal("field_required", await Code(await Give(Guid.CreateVersion7(), 1, "")));
        Assert.Equal("amount_format", await Code(await Give(Guid.CreateVersion7(), 0)));
        Assert.Equal("insufficient_points", await Code(await Give(Guid.CreateVersion7(), 701)));
        Assert.Equal(["132985"], (await me.GetFromJsonAsync<List<DonationTaker>>("/api/v1/my/donations/municipalities"))!.Select(m => m.Municipality));

        var form = await me.GetStringAsync("/my/donate");
        Assert.Contains("寄附金控除の対象になりません。証明書も出ません", form, StringComparison.Ordinal);
        Assert.Contains("href=\"/my/donate\"", await me.GetStringAsync("/my"), StringComparison.Ordinal);
        var typed = await town.Town.Send(me, "/my/donate", ("Id", Guid.CreateVersion7().ToString()), ("Municipality", "132985"), ("Amount", "２００"));
        Assert.Equal("/my/donate/confirm", typed.Headers.Location?.OriginalString);
        Assert.Equal((HttpStatusCode)422, (await town.Town.Send(me, "/my/donate", ("Id", Guid.CreateVersion7().ToString()), ("Municipality", "132985"), ("Amount", "701"))).StatusCode);
        var draft = System.Text.RegularExpressions.Regex.Match(await me.GetStringAsync("/my/donate/confirm"), "name=\"Id\" value=\"([^\"]+)\"").Groups[1].Value;
        var given = await town.Town.Send(me, "/my/donate/confirm", ("Id", draft));
        Assert.StartsWith("/my/donate/done/", given.Headers.Location?.OriginalString, StringComparison.Ordinal);
        var done = await me.GetStringAsync(given.Headers.Location);
        Assert.Contains("A市に寄附しました", done, StringComparison.Ordinal);
        Assert.Contains("自治体への寄附", await me.GetStringAsync("/my/history/132985"), StringComparison.Ordinal);
        Assert.Equal(500, await town.Usable(citizen));
        Assert.Equal(2, (await town.Town.Get<LedgerReading>().History(citizen, Residents.A, 10)).Count(l => l.Kind == TransferKind.Donate));
        await town.MustAddUp();

        Task<HttpResponseMessage> Give(Guid gift, long amount, string municipality = "132985") => me.PostAsJsonAsync("/api/v1/my/donations", new WantedDonation(gift, municipality, amount));
    }
}
