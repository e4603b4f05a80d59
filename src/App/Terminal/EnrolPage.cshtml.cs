using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Passwords;
using MyKey.Identity.Terminals;

namespace MyKey.App.Terminals;

/// <summary>A device becomes a terminal by a one-time code of the office (S4-06a, V-D1).</summary>
public sealed class EnrolPage(EnrolTerminal enrol) : PageModel
{
    [BindProperty, Display(Name = "登録用の番号")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var enrolled = await enrol.Enrol(Code, ShopCode, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), stop);
        if (enrolled.Refused is { } no) return this.Refuse(no.Code == "shop_code_weak" ? nameof(ShopCode) : nameof(Code), no);
        ShellCookie.Terminal.Set(HttpContext, enrolled.Value.Token);
        return RedirectToPage("/Points/UsePoints/ShowPage", new { ready = 1 });
    }
}
