using Microsoft.AspNetCore.Mvc;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <summary>What the codes will become, before and after; the codes that can't be exchanged, with why. The form carries its id, so that sending it twice exchanges once.</summary>
public sealed class ConfirmPage(JudgeCoupons judge, ExchangeCoupons exchange, Balances balances) : CitizenPage
{
    private static readonly NextStep Form = new("コードを入れる画面へ", "/my/exchange");

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Town { get; set; }

    /// <summary>The good ones.</summary>
    [BindProperty]
    public List<string> Codes { get; set; } = [];

    public Destination Destination { get; private set; } = null!;

    public IReadOnlyList<ExchangeLine> Good { get; private set; } = [];

    public IReadOnlyList<ExchangeLine> Bad { get; private set; } = [];

    public Points Worth => new(Good.Sum(l => l.Worth!.Value.Value));

    public Points Before { get; private set; }

    public Points After => Before + Worth;

    public DateOnly ExpiresOn => Good[0].ExpiresOn!.Value;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (Draft.Find(this) is not { } draft) return this.SeeOther("/my/exchange");
        var judged = await judge.Run(Citizen.Id, new ExchangeOrder(draft.Id, draft.Town, draft.Known), stop);
        if (judged.Refused is { } no) return await this.Refuse(no, Form);
        (Destination, var lines) = judged.Value;
        var unknown = draft.Unknown.Select(place => ExchangeLine.No(place, "", Refusal.Of("coupon_unknown")));
        (Good, Bad) = (lines.FindAll(l => l.Refused is null), [.. lines.FindAll(l => l.Refused is not null).Concat(unknown).OrderBy(l => l.Place)]);
        // Sent already, from another tab or by going back.
        if (Good.Count > 0 && Good.All(l => l.Done)) return this.SeeOther($"/my/exchange/done/{draft.Id}");
        if (Good.Count == 0) return await this.Refuse(Bad[0].Refused!, Form);
        (Id, Town, Codes) = (draft.Id, draft.Town, [.. Good.Select(l => draft.Codes[l.Place - 1])]);
        Before = await balances.Of(Citizen.Id, Destination);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var done = await exchange.Run(Citizen, new ExchangeOrder(Id, Town, Codes), stop);
        if (done.Refused is { } no) return await this.Refuse(no, Form);
        Draft.Drop(this);
        var left = done.Value.Lines.Where(l => l.Refused is not null).ToList();
        foreach (var line in left) HttpContext.Note(line.Refused!);
        return this.SeeOther($"/my/exchange/done/{Id}{(left.Count > 0 ? $"?left={left.Count}" : "")}");
    }
}
