using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Pdf;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Navi.Manuals;

/// <summary>操作説明書: six audiences, to read, as PDF, and all in one archive (S2-P18d, S0-3003).</summary>
public sealed class ManualsPage : PageModel
{
    /// <summary>Without the fonts there is the page to print.</summary>
    public static bool HasFiles => PdfSheet.CanDraw;
}

/// <summary>One of them as a page.</summary>
public sealed class ManualPage : PageModel
{
    public Manual Manual { get; private set; } = null!;

    public async Task<IActionResult> OnGet(string key)
    {
        if (Manual.Find(key) is not { } found) return await this.Refuse(Refusal.Of("not_found"), ManualFiles.List);
        Manual = found;
        return Page();
    }
}
