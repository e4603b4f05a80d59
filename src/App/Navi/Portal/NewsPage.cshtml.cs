using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Navi.Portal;

/// <summary>お知らせ: all that are there now.</summary>
public sealed class NewsPage(PortalCache portal, TimeProvider clock) : PageModel
{
    public IReadOnlyList<Announcement> Announcements { get; private set; } = [];

    public async Task OnGet() => Announcements = [.. (await portal.View()).On(clock.NowMs())];
}

/// <summary>One of them.</summary>
public sealed class AnnouncementPage(PortalCache portal, TimeProvider clock) : PageModel
{
    public Announcement Announcement { get; private set; } = null!;

    public async Task<IActionResult> OnGet(Guid id)
    {
        if ((await portal.View()).On(clock.NowMs()).FirstOrDefault(a => a.Id == id) is not { } found) return await this.Refuse(Refusal.Of("not_found"), new NextStep("お知らせの一覧へ", "/news"));
        Announcement = found;
        return Page();
    }
}
