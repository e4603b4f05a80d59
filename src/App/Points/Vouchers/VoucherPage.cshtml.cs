using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>Screen 2 of an exchange: which paper, and how many sheets. Only numbers that work can be chosen. Nothing moves here, so it is a GET throughout.</summary>
public sealed class VoucherPage(HandOutVouchers vouchers, ShowCitizen show, Ledger.Limits limits) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    /// <summary>Municipality code of the points; null: of what was chosen.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Issuer { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Product { get; set; }

    [BindProperty(SupportsGet = true, Name = "points"), Display(Name = "枚数")]
    public string? Chosen { get; set; }

    public HeldRow Held { get; private set; } = null!;

    /// <summary>What this desk has of these points' paper.</summary>
    public IReadOnlyList<VoucherStock> Products { get; private set; } = [];

    public VoucherStock? One { get; private set; }

    public IReadOnlyList<SelectListItem> Counts { get; private set; } = [];

    /// <summary>Why there is nothing to choose.</summary>
    public Refusal? Nothing { get; private set; }

    public async Task<IActionResult> OnGet(string? next, CancellationToken stop)
    {
        var all = await vouchers.AtDesk(Terminal, stop);
        if (all.Refused is { } no) return await this.Refuse(no, Start);
        var held = await show.Holdings(Terminal, ShellCookie.Shown.Read(HttpContext), stop);
        if (held.Refused is { } nobody) return await this.Refuse(nobody, Start);
        Issuer ??= all.Value.FirstOrDefault(s => s.Product.Id == Product)?.Product.Municipality.Value;
        Products = [.. all.Value.Where(s => s.Product.Municipality.Value == Issuer)];
        if (held.Value.FirstOrDefault(h => h.Voucher && h.Purse.Issuer.Value == Issuer) is not { } row) return await this.Refuse(Refusal.Of("voucher_unknown"), new NextStep("ポイントに戻る", "/terminal/points"));
        (Held, One) = (row, Products.Count == 1 ? Products[0] : Products.FirstOrDefault(s => s.Product.Id == Product));
        if (One is not { } one) return Page();
        (Counts, Nothing) = Choices(one, await Most(one));
        if (next is null) return Page();
        return Counts.Any(c => c.Value == Chosen)
            ? this.SeeOther($"/terminal/vouchers/confirm?product={one.Product.Id}&points={Chosen}")
            : this.Refuse(nameof(Chosen), Nothing ?? Refusal.Of("amount_unit", ("unit", one.Product.Unit)));
    }

    /// <summary>Points that can be exchanged: what the citizen has, as far as sheets and budget go.</summary>
    private async Task<(long Held, long Sheets, long Budget)> Most(VoucherStock one)
    {
        var product = one.Product;
        var sheets = Math.Min(one.Count, HandOutVouchers.MostAtOnce) * product.Denomination.Value * 100 / (100 + product.PremiumPercent);
        if (product.Programme is not { } payer) return (Held.Usable.Value, sheets, long.MaxValue);
        var rest = (await limits.Read(LimitId.Budget(payer)))?.Rest.Value ?? 0;
        return (Held.Usable.Value, sheets, rest * 100 / product.PremiumPercent);
    }

    private static (IReadOnlyList<SelectListItem> Counts, Refusal? Nothing) Choices(VoucherStock one, (long Held, long Sheets, long Budget) most)
    {
        var (product, unit) = (one.Product, one.Product.Unit);
        var last = Math.Min(most.Held, Math.Min(most.Sheets, most.Budget)) / unit;
        if (last == 0)
            return ([], most.Held < unit ? Refusal.Of("insufficient_points", ("rest", new Kernel.Points(most.Held))) : most.Sheets < unit ? Refusal.Of("stock_empty", ("rest", one.Count))
                : Refusal.Of("budget_exhausted", ("rest", new Kernel.Points(most.Budget * product.PremiumPercent / 100))));
        return ([.. Enumerable.Range(1, (int)last).Select(i => product.For(new Kernel.Points(i * unit)).Value).Select(a => new SelectListItem(InWords(a), a.Points.Value.ToString(CultureInfo.InvariantCulture)))], null);
    }

    private static string InWords(VoucherAmount a) =>
        $"{a.Count}枚（{Words.Digits(a.Points.Value)}ポイント{(a.Premium > Kernel.Points.Zero ? $"＋上乗せ{Words.Digits(a.Premium.Value)}" : "")}）";
}
