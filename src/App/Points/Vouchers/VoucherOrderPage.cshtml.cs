using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>Screen 4 of an exchange: which sheets to hand over, and the receipt. A reload shows the same; only the desk that handed them out sees it.</summary>
public sealed class VoucherOrderPage(TakeVouchersBack vouchers, LedgerReading reading) : TerminalPage
{
    public VoucherOrder Order { get; private set; } = null!;

    public HistoryLine Line { get; private set; } = null!;

    public async Task<IActionResult> OnGet(string? key, CancellationToken stop)
    {
        var order = await vouchers.Find(Terminal, key, stop);
        if (order.Refused is { } no) return await this.Refuse(no);
        (Order, Line) = (order.Value, Must.Have(await reading.Find(order.Value.Bucket, order.Value.Id), "an order has its transfer"));
        return Page();
    }
}

/// <summary>The desk takes its vouchers back: which sheets are there again, and the desk's own code, on one page (table Z2).</summary>
public sealed class VoucherBackPage(TakeVouchersBack vouchers, OpenShop open, OpenSessions sessions, TimeProvider clock) : TerminalPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public string[] Returned { get; set; } = [];

    [BindProperty]
    public string[] Spoilt { get; set; } = [];

    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    public VoucherOrder Order { get; private set; } = null!;

    /// <summary>The shop's code was typed on this terminal within its session.</summary>
    public bool Opened { get; private set; }

    public async Task<IActionResult> OnGet(string? key, CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        return await Show(key, stop) ?? Page();
    }

    public async Task<IActionResult> OnPost(string? key, CancellationToken stop)
    {
        if (await Show(key, stop) is { } no) return no;
        if (!Opened)
        {
            var shop = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
            if (shop.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
            ShellCookie.Shop.Set(HttpContext, shop.Value);
        }
        var back = await vouchers.Run(Order, new TransferId(Id), new ReturnedPaper(Returned, Spoilt), (Terminal.Actor, Terminal.Id), stop);
        if (back.Ok) return this.SeeOther($"/terminal/vouchers/{Order.Key}");
        return back.Refused!.Code == "voucher_not_returned" ? this.Refuse(nameof(Returned), back.Refused) : await this.Refuse(back.Refused, new NextStep("券の記録に戻る", $"/terminal/vouchers/{Order.Key}"));
    }

    private async Task<IActionResult?> Show(string? key, CancellationToken stop)
    {
        var order = await vouchers.Find(Terminal, key, stop);
        if (order.Refused is { } no) return await this.Refuse(no);
        (Order, Opened) = (order.Value, await NotOpen(sessions, stop) is null);
        return Order.State == VoucherOrderState.Cancelled && Order.EndedBy?.Value != Id ? await this.Refuse(Refusal.Of("already_cancelled"), new NextStep("券の記録に戻る", $"/terminal/vouchers/{Order.Key}")) : null;
    }
}

/// <summary>The sheets of an exchange with the ticks that were set.</summary>
public sealed record PaperBackShown(VoucherOrder Order, string[] Returned, string[] Spoilt);
