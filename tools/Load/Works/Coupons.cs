using System.Security.Cryptography;
using System.Text;
using MyKey.App.Exchange;
using MyKey.App.Partners;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;

namespace MyKey.Load.Works;

/// <summary>A partner's file of codes comes in, with its progress (bar: a million in 60 s on PostgreSQL).</summary>
internal static class Coupons
{
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";

    public static async Task Import(Workplace at, CancellationToken stop)
    {
        var partner = await Company(at, stop);
        var (file, machine) = (File(at.Size, at.Clock.Today().AddDays(90)), new Machine(Ids.New<MachineId>(at.Clock), at.Municipality, partner.Id.Value, "load", [MachineScopes.CouponsWrite]));
        var sha = Convert.ToHexStringLower(SHA256.HashData(file));
        CouponBatch? batch = null;
        var seconds = await Workplace.Time(async () =>
        {
            var storing = at.Get<StoreCoupons>().Run((machine, partner), sha, new MemoryStream(file), stop);
            while (await Task.WhenAny(storing, Task.Delay(5_000, stop)) != storing)
                await at.Say($"  {(await at.Get<FindCoupons>().Batch(partner.Id, sha, stop))?.Lines ?? 0:#,0} lines so far");
            batch = (await storing).Value;
        });
        Must.Hold(batch is { State: CouponBatchState.Open } && batch.Good == at.Size, "every code is there");
        await at.Say($"{at.Size:#,0} coupon codes ({file.Length / 1e6:0} MB) in {seconds:0.0} s, {at.Size / seconds:#,0}/s");
    }

    private static async Task<Partner> Company(Workplace at, CancellationToken stop)
    {
        var (today, by, change) = (at.Clock.Today(), await at.Staff(Role.Operator), at.Get<ChangePartner>());
        const string key = "load-card";
        Must.Hold((await change.Run(by, key, new WantedPartner("ロードカード", "ロードカード", "card", "https://partner.example/help", "https://partner.example/exchange", today), stop)).Ok, "a partner is there");
        Must.Hold((await change.Mode(by, key, new WantedMode("coupon_mail", today), stop)).Ok, "it has coupons");
        return (await change.Terms(by, key, new WantedTerms(today, 1, 1, 1, 1), stop)).Value.Thing;
    }

    private static byte[] File(int codes, DateOnly expires)
    {
        var text = new StringBuilder("コード,ポイント,期限\n", codes * 32);
        for (var i = 0; i < codes; i++)
        {
            text.Append("LOAD");
            for (var (rest, n) = (i, 0); n < 8; n++, rest /= Letters.Length) text.Append(Letters[rest % Letters.Length]);
            text.Append(Run.Text($",100,{expires:yyyy-MM-dd}\n"));
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
