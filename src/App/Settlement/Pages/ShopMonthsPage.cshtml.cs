using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>What this shop is owed, by month and municipality. Others who stand at the terminal do not see it: the shop's own number opens it.</summary>
public sealed class ShopMonthsPage(FindClaims find, OpenShop open, OpenSessions sessions, TimeProvider clock) : TerminalPage
{
    public const string Here = "/terminal/settlement";

    [BindProperty, Display(Name = "お店の番号")]
    public string? ShopCode { get; set; }

    public bool Opened { get; private set; }

    public IReadOnlyList<MonthClaim> All { get; private set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (Terminal.Require(TerminalCall.DayList).Refused is { } forbidden) return await this.Refuse(forbidden);
        Opened = await NotOpen(sessions, stop) is null;
        if (Opened) All = await find.Of(Shop.Id.Value, SettlementMonth.Of(clock.Today()), stop);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var shop = await open.Open(Terminal, ShopCode, ShellCookie.Shop.Read(HttpContext), stop);
        if (shop.Refused is { } wrong) return this.Refuse(nameof(ShopCode), wrong);
        ShellCookie.Shop.Set(HttpContext, shop.Value);
        return this.SeeOther(Here);
    }
}

/// <summary>One month of the shop with its receipts: claimed with one press, or said to be wrong.</summary>
public sealed class ShopMonthPage(FindClaims find, FindLines lines, ClaimMonth claims, OpenSessions sessions) : TerminalPage
{
    private static readonly NextStep ToMonths = new("月ごとの精算へ", ShopMonthsPage.Here);

    [BindProperty, Display(Name = "どこがちがうか")]
    public string? Reason { get; set; }

    public MonthClaim Claim { get; private set; } = null!;

    public FoundPostings Postings { get; private set; } = new([], null);

    public string Path => $"{ShopMonthsPage.Here}/{Claim.Id}";

    public async Task<IActionResult> OnGet(Guid id, string? after, CancellationToken stop) => await Load(id, after, stop) is { } no ? await this.Refuse(no, ToMonths) : Page();

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, null, stop) is { } gone) return await this.Refuse(gone, ToMonths);
        var claimed = await claims.Run(Shop.Id.Value, id, Terminal.Actor, stop);
        return claimed.Refused is { } no ? await this.Refuse(no, ToMonths) : this.SeeOther(Path);
    }

    public async Task<IActionResult> OnPostObject(Guid id, CancellationToken stop)
    {
        if (await Load(id, null, stop) is { } gone) return await this.Refuse(gone, ToMonths);
        var objected = await claims.Object(Shop.Id.Value, id, Reason, Terminal.Actor, stop);
        if (objected.Ok) return this.SeeOther(Path);
        return objected.Refused!.Code is "settlement_decided" or "not_found" ? await this.Refuse(objected.Refused, ToMonths) : this.Refuse(nameof(Reason), objected.Refused);
    }

    private async Task<Refusal?> Load(Guid id, string? after, CancellationToken stop)
    {
        if (Terminal.Require(TerminalCall.DayList).Refused is { } forbidden) return forbidden;
        if (await NotOpen(sessions, stop) is { } closed) return closed;
        if (await find.Find(id, stop) is not { } claim || claim.Creditor != Shop.Id.Value) return Refusal.Of("not_found");
        var found = await lines.Postings(claim, after, stop);
        if (found.Refused is { } odd) return odd;
        (Claim, Postings) = (claim, found.Value);
        return null;
    }
}
