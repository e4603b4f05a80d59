using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>What a desk handed out, by days, and what it has. Others who stand at the terminal do not see it: the desk's own code opens it.</summary>
public sealed class DeskVouchersPage(ListVouchers lists, HandOutVouchers vouchers, OpenShop open, OpenSessions sessions, TimeProvider clock) : TerminalPage
{
    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    [BindProperty(SupportsGet = true, Name = "from"), Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "until"), Display(Name = "いつまで")]
    public string? Until { get; set; }

    public bool Opened { get; private set; }

    public VoucherList List { get; private set; } = null!;

    public IReadOnlyList<VoucherStock> Stock { get; private set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (Terminal.Require(TerminalCall.HandOutVoucher).Refused is { } forbidden) return await this.Refuse(forbidden);
        Opened = await NotOpen(sessions, stop) is null;
        if (!Opened) return Page();
        var list = await lists.OfDesk(Terminal, TypedDay.Read(From), TypedDay.Read(Until), stop);
        (List, Stock) = (list.Ok ? list.Value : (await lists.OfDesk(Terminal, null, null, stop)).Value, (await vouchers.AtDesk(Terminal, stop)).Value);
        if (list.Refused is { } no) return this.Refuse(nameof(Until), no);
        (From, Until) = (TypedDay.Of(List.Days.From), TypedDay.Of(List.Days.Until));
        return Page();
    }

    public async Task<IActionResult> OnGetCsv(CancellationToken stop)
    {
        if (await NotOpen(sessions, stop) is { } closed) return await this.Refuse(closed, new NextStep("渡した商品券へ", "/terminal/vouchers/list"));
        var list = await lists.OfDesk(Terminal, TypedDay.Read(From), TypedDay.Read(Until), stop);
        return list.Refused is { } no ? await this.Refuse(no) : File(list.Value.Csv(), $"{MediaTypeNames.Text.Csv}; charset=utf-8", $"vouchers-{TypedDay.Of(clock.Today())}.csv");
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var shop = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
        if (shop.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
        ShellCookie.Shop.Set(HttpContext, shop.Value);
        return this.SeeOther("/terminal/vouchers/list");
    }
}
