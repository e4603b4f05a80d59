using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>The desk takes its own charge back, with the desk's code, on one page; a reload shows how far it has come (table Z2).</summary>
public sealed class ChargeBackPage(TakeChargeBack take, OpenShop open, OpenSessions sessions, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    public ChargeToTakeBack Charge { get; private set; } = null!;

    /// <summary>The shop's code was typed on this terminal within its session.</summary>
    public bool Opened { get; private set; }

    public async Task<IActionResult> OnGet(string? receipt, CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        return await Show(receipt, stop) ?? Page();
    }

    public async Task<IActionResult> OnPost(string? receipt, CancellationToken stop)
    {
        if (await Show(receipt, stop) is { } no) return no;
        if (!Opened)
        {
            var shop = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
            if (shop.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
            ShellCookie.Shop.Set(HttpContext, shop.Value);
        }
        var back = await take.Run(Charge, Id, (Terminal.Actor, Terminal.Id, null), stop);
        return back.Ok || back.Refused!.Code == "charge_kept" ? this.SeeOther($"/terminal/cards/{Charge.Receipt}/back") : await this.Refuse(back.Refused, Start);
    }

    private async Task<IActionResult?> Show(string? receipt, CancellationToken stop)
    {
        var found = await take.Find(Terminal, receipt, stop);
        if (found.Refused is { } no) return await this.Refuse(no, Start);
        (Charge, Opened) = (found.Value, await NotOpen(sessions, stop) is null);
        if (Charge.Back is { State: ChargeBackState.Asking }) Response.Headers["Refresh"] = "5";
        return null;
    }
}

/// <summary>A charge by its receipt, for those who may take it back with a reason.</summary>
public abstract class StaffChargePage(TakeChargeBack take, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true), Display(Name = "控えの番号")]
    public string? Number { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "わけ")]
    public string? Reason { get; set; }

    public ChargeToTakeBack? Charge { get; private set; }

    public abstract string Here { get; }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        return string.IsNullOrWhiteSpace(Number) || await Show(stop) is not { } no ? Page() : this.Refuse(nameof(Number), no);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await No(gone);
        var back = await take.Run(Work, Number, (Id, Reason), stop);
        if (back.Ok || back.Refused!.Code == "charge_kept") return this.SeeOther($"{Here}?Number={Uri.EscapeDataString(Number ?? "")}");
        return back.Refused.Code is "confirm_required" or "already_cancelled" or "not_charged" ? await No(back.Refused, new NextStep("チャージの記録に戻る", Here)) : this.Refuse(nameof(Reason), back.Refused);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await take.Find(Work, Number, stop);
        if (found.Refused is { } no) return no;
        Charge = found.Value;
        return null;
    }
}

/// <summary>A charge of the office's own points.</summary>
public sealed class OfficeChargePage(TakeChargeBack take, TimeProvider clock) : StaffChargePage(take, clock)
{
    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public override string Here => "/office/street-cards";
}

/// <summary>Any charge, for operators; the one-time password is asked again.</summary>
public sealed class OperatorChargePage(TakeChargeBack take, TimeProvider clock) : StaffChargePage(take, clock)
{
    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public override string Here => "/operator/street-cards/charges";
}
