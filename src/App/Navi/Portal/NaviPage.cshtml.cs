using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Navi.Towns;
using MyKey.App.OnlineSites;
using MyKey.App.Partners;
using MyKey.App.Support;
using MyKey.Kernel;

namespace MyKey.App.Navi.Portal;

/// <summary>自治体ポイントナビ: everything about municipal points on one page (S2-P17, S2-P18).</summary>
public sealed class NaviPage(FindListedPoints points, PortalCache portal, OnlineSiteCache sites, PartnerCache partners, Visitor visitor, TimeProvider clock) : PageModel
{
    public const string Here = "/navi";

    /// <summary>So many in each column, before the page of all.</summary>
    public const int MostInColumn = 8, MostNews = 3;

    /// <summary><c>card</c>, <c>id</c> or <c>points</c>: what somebody without a session says that he has.</summary>
    [BindProperty(SupportsGet = true, Name = "have")]
    public string? Have { get; set; }

    public PointsOnDay Points { get; private set; } = null!;

    public GuidedSteps Steps { get; private set; } = null!;

    public IReadOnlyList<(Featured Featured, ListedPoint Point)> Featured { get; private set; } = [];

    public IReadOnlyList<Announcement> News { get; private set; } = [];

    public string Lead { get; private set; } = "";

    public string Notice { get; private set; } = "";

    public IReadOnlyList<Partner> Partners { get; private set; } = [];

    /// <summary>Those whose members link their ID first.</summary>
    public IReadOnlyList<Partner> Linked { get; private set; } = [];

    public IReadOnlyList<OnlineSite> Sites { get; private set; } = [];

    public IReadOnlyList<DeskNow> Desks { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        var (view, now, today) = (await portal.View(), clock.NowMs(), clock.Today());
        (Points, Steps) = (await points.Today(), await visitor.Steps(HttpContext, Here, Have, stop));
        (Featured, News) = (PortalEndpoint.Shown(view, Points), [.. view.On(now).Take(MostNews)]);
        (Lead, Notice) = (view.Text("lead", now), view.Text("notice", now));
        Partners = [.. (await partners.View()).OpenOn(today)];
        Linked = [.. Partners.Where(p => p.WaysOn(today).Contains(ExchangeMode.IdLink))];
        Sites = [.. (await sites.View()).OpenOn(today)];
        Desks = [.. Support.Desks.ForHelp(today).Select(d => DeskNow.Of(d, clock))];
    }
}

/// <summary>マイキープラットフォームとは (S2-P18g), with the figure behind it (S2-P3e).</summary>
public sealed class AboutPage : PageModel;
