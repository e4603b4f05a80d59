using Microsoft.AspNetCore.Mvc;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>The three steps of a citizen and what has come of them, apart from everything of municipalities (S1-01, S3-01).</summary>
public sealed class MyMynapointPage(MyRounds rounds, RoundNotices notices, TimeProvider clock) : CitizenPage
{
    /// <summary>How the way to the card ended.</summary>
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public DateOnly Today { get; } = clock.Today();

    public IReadOnlyList<MyRound> Mine { get; private set; } = [];

    public Dictionary<ProgrammeId, IReadOnlyList<(PaymentAccount Account, PaymentService Service)>> Choices { get; } = [];

    public string Scam { get; private set; } = "";

    public Refusal? CardRefused => CardReturn.RefusalOf(Card);

    public async Task OnGet(CancellationToken stop)
    {
        (Mine, Scam) = (await rounds.Of(Citizen.Id, stop), await notices.On(RoundNotice.Scam, Today, stop));
        foreach (var open in Mine.Where(m => m.Choice is null)) Choices[open.Round.Id] = await rounds.Accounts(Citizen.Id, open.Round, stop);
    }

    public static string Word(PremiumEvent one) => one.Kind switch
    {
        PremiumKind.Charge => one.State == PremiumState.Back ? "チャージ（取り消しずみ）" : "チャージ",
        PremiumKind.Purchase => one.State == PremiumState.Back ? "買い物（取り消しずみ）" : "買い物",
        _ => "取り消し",
    };

    public static string Points(PremiumEvent one) => one.State == PremiumState.Open ? "処理しています" : $"{Words.Digits(one.Given)}ポイント{(one.Code == "cap_reached" ? "（上限まで）" : one.Code == "budget_exhausted" ? "（予算の終わり）" : "")}";
}

/// <summary>Before the card: one service for good. Then the agent names it again and asks for the PIN.</summary>
public sealed class ChooseServicePage(ApplyForRound apply, FindRounds rounds, CardOptions cards, TimeProvider clock) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    public Round Round { get; private set; } = null!;

    public JudgedWish? Judged { get; private set; }

    /// <summary>Why it can't be chosen now.</summary>
    public Refusal? No { get; private set; }

    public Refusal? CardRefused => CardReturn.RefusalOf(Card);

    /// <summary>The agent; a browser that never came back from it goes there once before. Null where no card can be read.</summary>
    public string? Next { get; private set; }

    public async Task<IActionResult> OnGet(Guid round, Guid account, CancellationToken stop)
    {
        var id = new ProgrammeId(round);
        if (await rounds.Find(id, stop) is not { } found) return await this.Refuse(Refusal.Of("not_found"), new NextStep("マイナポイントのページへ", ApplyForRoundByCard.Path));
        Round = found;
        var judged = await apply.Check(Citizen.Id, (id, account), atCounter: false, stop);
        (Judged, No) = (judged.Ok ? judged.Value : null, judged.Refused);
        var page = ApplyForRoundByCard.PageOf(id, account);
        Next = !cards.On ? null : ShellCookie.Prepared.Read(HttpContext) is null ? CardEndpoints.AskPath(Kernel.Cards.Purpose.StepUp, page) : $"{page}/card?id={Ids.NewV7(clock)}";
        return Page();
    }
}
