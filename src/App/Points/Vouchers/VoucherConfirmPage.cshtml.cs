using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>
/// Screen 3 of an exchange: what it takes and what comes out, turned to the citizen, and the numbers of the sheets to take from the book. The form carries the
/// exchange's id, so a double click hands out once.
/// </summary>
public sealed class VoucherConfirmPage(CitizenTokens tokens, LedgerReading reading, Spending spending, HandOutVouchers vouchers, FindVouchers find, CardAtTerminal cards, TimeProvider clock) : TerminalPage
{
    private static readonly NextStep Start = new("はじめの画面へ", "/terminal");

    [BindProperty(SupportsGet = true)]
    public Guid Product { get; set; }

    [BindProperty(SupportsGet = true, Name = "points")]
    public long Amount { get; set; }

    [BindProperty, Display(Name = "渡す券の番号")]
    public string? Numbers { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    public VoucherExchange Exchange { get; private set; } = null!;

    public string PointName { get; private set; } = "";

    public Kernel.Points Before { get; private set; }

    public Kernel.Points After => Before - Exchange.Amount.Points;

    /// <summary>The next sheets of the desk's stock.</summary>
    public string Next { get; private set; } = "";

    /// <summary>The agent's page for the PIN takes the place of this one's answer (K-02); null where the form is enough.</summary>
    public string? PinPage { get; private set; }

    private NextStep Back => new("券と枚数に戻る", $"/terminal/vouchers/exchange?product={Product}&points={Amount}");

    /// <param name="pin">The PIN is asked for whatever the amount.</param>
    public async Task<IActionResult> OnGet(bool pin, CancellationToken stop)
    {
        if (await Show(stop) is { } no) return no;
        (Id, Numbers) = (Ids.NewV7(clock), Next);
        var (shown, points) = ((await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop)).Value, Exchange.Amount.Points);
        if (!pin && !await spending.NeedsPin(Terminal, shown, Exchange.Product.Municipality, points)) return Page();
        if (!cards.AgentIsHere(HttpContext)) return await this.Refuse(Refusal.Of("step_up_required"), Back);
        var use = new SignedUse(new TransferId(Id), new Purse(Exchange.Product.Municipality), points, shown.Citizen.Id, Product: Product);
        PinPage = await cards.AskPin(HttpContext, Terminal, new PinPayment(use, $"{Exchange.Product.Name} {Exchange.Amount.Count}枚（{Shop.Name}）", PointName, Before));
        Response.Headers["Refresh"] = $"0; url={PinPage}";
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var handed = await vouchers.Run(Terminal, new WantedVouchers(new TransferId(Id), ShellCookie.Shown.Read(HttpContext) ?? "", Product, Amount, Numbers), stop);
        if (handed.Ok) return this.SeeOther($"/terminal/vouchers/{handed.Value.Order.Key}");
        var no = handed.Refused!;
        if (PasswordSum.AsksForCard(no) && cards.AgentIsHere(HttpContext))
            return await this.Refuse(no, new NextStep("カードと暗証番号で替える", $"/terminal/vouchers/confirm?product={Product}&points={Amount}&pin=true"));
        if (no.Code is not ("voucher_number_format" or "voucher_number_twice" or "voucher_count" or "voucher_number_taken" or "my_number_refused" or "pan_refused")) return await this.Refuse(no, Back);
        return await Show(stop) ?? this.Refuse(nameof(Numbers), no);
    }

    /// <returns>Null; or why there is nothing to show.</returns>
    private async Task<IActionResult?> Show(CancellationToken stop)
    {
        var shown = await tokens.Find(ShellCookie.Shown.Read(HttpContext), Terminal, null, stop);
        if (shown.Refused is { } nobody) return await this.Refuse(nobody, Start);
        var judged = await vouchers.Judge(Terminal, Product, Amount, stop);
        if (judged.Refused is { } no) return await this.Refuse(no, Back);
        Exchange = judged.Value;
        var issuer = Exchange.Product.Municipality;
        Before = await reading.Usable(shown.Value.Citizen.Id, issuer, clock.Today());
        if (Exchange.Amount.Points > Before) return await this.Refuse(Refusal.Of("insufficient_points", ("rest", Before)), Back);
        var next = await find.InStock(Product, Exchange.Desk.Id, Exchange.Amount.Count, stop);
        var stock = next.Sum(r => r.Count);
        if (stock < Exchange.Amount.Count) return await this.Refuse(Refusal.Of("stock_empty", ("rest", stock)), Back);
        (PointName, Next) = (Registry.NameOfPoints(issuer), VoucherRun.Words(next));
        return null;
    }
}
