using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Navi.Towns;

/// <summary>利用規約, with the expiry of every municipality out of the registry (S2-P18b). Four rules of expiry stand side by side (K-32).</summary>
public sealed class TermsPage(FindListedPoints find, Settings settings, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "prefecture"), Display(Name = "都道府県")]
    public string? Prefecture { get; set; }

    public PrefectureTile? Chosen { get; private set; }

    public IReadOnlyList<ListedPoint> Points { get; private set; } = [];

    public long ReservedDays { get; private set; }

    public long TicketDays { get; private set; }

    public async Task<IActionResult> OnGet()
    {
        var query = PointsQuery.Read(Prefecture, null);
        if (query.Refused is { } no) return await this.Refuse(no, new NextStep("利用規約へ", "/navi/terms"));
        Chosen = query.Value.Prefecture;
        Points = [.. (await find.Today()).Find(query.Value).Where(p => p.HasPoints)];
        var (view, now) = (await settings.View(), clock.NowMs());
        (ReservedDays, TicketDays) = (view.Number("reserve.days", default, now), view.Number("ticket.valid_days", default, now));
        return Page();
    }
}
