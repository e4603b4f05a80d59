using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Pledges;

/// <summary>What a citizen has pledged to online sites: what is set aside until when, and what became of the rest.</summary>
public sealed class MyOnlinePage(PledgeRows rows, OnlineSiteCache sites, RegistryCache registry) : CitizenPage
{
    private OnlineSiteView? view;
    private RegistryView? towns;

    public IReadOnlyList<Pledge> Held { get; private set; } = [];

    public IReadOnlyList<Pledge> Ended { get; private set; } = [];

    public Points Sum => new(Held.Sum(p => p.Amount.Value));

    public async Task OnGet(CancellationToken stop)
    {
        (view, towns) = (await sites.View(), await registry.View());
        var all = await rows.Of(Citizen.Id, stop);
        (Held, Ended) = ([.. all.Where(p => p.State == PledgeState.Held).OrderBy(p => p.ExpiresMs)], [.. all.Where(p => p.State != PledgeState.Held)]);
    }

    public string SiteOf(Pledge pledge) => view!.Find(pledge.Site)?.Name ?? "サイト";

    public string PointsOf(Pledge pledge) => towns!.NameOfPoints(pledge.Issuer);
}
