using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Terminals;

namespace MyKey.App.UsePoints;

/// <summary>Screen 1 of a cancel: receipt number and the shop's own code.</summary>
public sealed class CancelPage(CancelUse cancel, OpenShop open) : TerminalPage
{
    [BindProperty, Display(Name = "控えの番号")]
    public string? Receipt { get; set; }

    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var line = await cancel.Find(Terminal, Receipt);
        if (line.Refused is { } no) return this.Refuse(nameof(Receipt), no);
        var shop = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
        if (shop.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
        ShellCookie.Shop.Set(HttpContext, shop.Value);
        return RedirectToPage("/Points/UsePoints/CancelConfirmPage", new { receipt = line.Value.Receipt.ToString() });
    }
}
