using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Navi.Portal;
using MyKey.Kernel;

namespace MyKey.App.Navi;

/// <summary>The first page of the platform: the doors, the four steps, what is new. Everything about points stands on <see cref="NaviPage"/> (S2-P1c).</summary>
public sealed class TopPage(Visitor visitor, PortalCache portal, TimeProvider clock) : PageModel
{
    private const int MostNews = 3;

    /// <inheritdoc cref="NaviPage.Have"/>
    [BindProperty(SupportsGet = true, Name = "have")]
    public string? Have { get; set; }

    public GuidedSteps Steps { get; private set; } = null!;

    public IReadOnlyList<Announcement> News { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        Steps = await visitor.Steps(HttpContext, "/", Have, stop);
        News = [.. (await portal.View()).On(clock.NowMs()).Take(MostNews)];
    }
}
