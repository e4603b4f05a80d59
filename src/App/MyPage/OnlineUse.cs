using MyKey.App.Donations;
using MyKey.App.OnlineSites;
using MyKey.App.Pledges;
using MyKey.Kernel;

namespace MyKey.App.MyPage;

/// <param name="Count">Pledges that are held; <paramref name="Sum"/> points in all.</param>
public sealed record HeldOnline(int Count, Points Sum);

/// <summary>What the first page says of use over the Internet and of donations.</summary>
public sealed class OnlineUse(PledgeRows pledges, OnlineSiteCache sites, Donate donate)
{
    public async Task<HeldOnline> Held(CitizenId citizen)
    {
        var held = (await pledges.Of(citizen)).Where(p => p.State == PledgeState.Held).ToList();
        return new HeldOnline(held.Count, new Points(held.Sum(p => p.Amount.Value)));
    }

    public async Task<bool> Open(DateOnly today) => (await sites.View()).OpenOn(today).Any();

    public async Task<bool> TakesDonation(IEnumerable<MunicipalityCode> held) => (await donate.Takers()).Select(m => m.Code).Intersect(held).Any();
}
