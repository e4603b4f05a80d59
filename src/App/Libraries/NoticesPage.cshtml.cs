using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>Numbers of whoever has moved, behind the counter's own code: citizens stand before this screen, too (S0-5014c).</summary>
public sealed class NoticesPage(AddressNotices notices, OpenShop open, OpenSessions sessions) : CounterPage
{
    [BindProperty, Display(Name = "端末の番号")]
    public string? ShopCode { get; set; }

    public bool Opened { get; private set; }

    public IReadOnlyList<AddressNotice> Rows { get; private set; } = [];

    protected override TerminalCall Call => TerminalCall.MakeLink;

    public async Task OnGet(CancellationToken stop)
    {
        Opened = await Closed(stop) is null;
        if (Opened) Rows = (await notices.Open(Desk, stop)).Value;
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var opened = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
        if (opened.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
        ShellCookie.Shop.Set(HttpContext, opened.Value);
        return this.SeeOther("/terminal/library/notices");
    }

    public async Task<IActionResult> OnPostSeen(Guid id, CancellationToken stop)
    {
        if (await Closed(stop) is { } closed) return await this.Refuse(closed, new NextStep("住所の知らせへ", "/terminal/library/notices"));
        return (await notices.See(Desk, id, stop)).Refused is { } no ? await this.Refuse(no, Start) : this.SeeOther("/terminal/library/notices");
    }

    private async Task<Refusal?> Closed(CancellationToken stop)
    {
        var session = await sessions.Find(ShellCookie.Shop.Read(HttpContext), SessionKind.Terminal, stop);
        return session.Refused ?? (session.Value.Terminal == Terminal.Id ? null : Refusal.Of("login_required"));
    }
}
