using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.National;

/// <summary>The rounds for those who run the platform, with their totals.</summary>
public sealed class RoundsPage(FindRounds rounds, TimeProvider clock) : StaffPage
{
    public const string Here = "/operator/mynapoint";

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<RoundTotals> All { get; private set; } = [];

    public Guid NewId { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (All, NewId) = (await rounds.Totals(stop), Ids.NewV7(clock));
}

/// <summary>One round: made, or changed. Its services can be chosen on its days of application; other days are set over the API.</summary>
public sealed class RoundPage(FindRounds rounds, FindPaymentServices services, SaveRound save, Ledger.Limits limits) : StaffPage
{
    [BindProperty, Display(Name = "名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "申しこみのはじめの日")]
    public string? ApplyFrom { get; set; }

    [BindProperty, Display(Name = "申しこみの終わりの日")]
    public string? ApplyUntil { get; set; }

    [BindProperty, Display(Name = "チャージや買い物のはじめの日")]
    public string? BuyFrom { get; set; }

    [BindProperty, Display(Name = "チャージや買い物の終わりの日")]
    public string? BuyUntil { get; set; }

    [BindProperty, Display(Name = "割合（％）")]
    public string? Rate { get; set; }

    [BindProperty, Display(Name = "1人の上限")]
    public string? Cap { get; set; }

    [BindProperty, Display(Name = "ポイントがつくもの")]
    public string? Kinds { get; set; }

    [BindProperty, Display(Name = "予算")]
    public string? Budget { get; set; }

    [BindProperty]
    public Guid[] Services { get; set; } = [];

    public Round? Known { get; private set; }

    public IReadOnlyList<PaymentService> All { get; private set; } = [];

    public IReadOnlyList<SelectListItem> AllKinds { get; } = [.. Enum.GetValues<RoundKinds>().Select(k => new SelectListItem(Round.Word(k), Words<RoundKinds>.Of(k)))];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task OnGet(Guid id, CancellationToken stop)
    {
        await Show(id, stop);
        Kinds = "both";
        if (Known is not { } k) return;
        (Name, ApplyFrom, ApplyUntil, BuyFrom, BuyUntil) = (k.Name, TypedDay.Of(k.Apply.From), TypedDay.Of(k.Apply.Until), TypedDay.Of(k.Buy.From), TypedDay.Of(k.Buy.Until));
        (Rate, Cap, Kinds, Budget) = (k.Rate.ToString(CultureInfo.InvariantCulture), k.Cap.ToString(), Words<RoundKinds>.Of(k.Kinds), (await limits.Read(LimitId.Budget(k.Id)))?.Total.ToString());
        Services = [.. (await rounds.ServicesOf(k.Id, stop)).Select(s => s.Service.Value)];
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        await Show(id, stop);
        var (apply, buy) = (new Days(this.Day(nameof(ApplyFrom), ApplyFrom), this.Day(nameof(ApplyUntil), ApplyUntil)), new Days(this.Day(nameof(BuyFrom), BuyFrom), this.Day(nameof(BuyUntil), BuyUntil)));
        if (!ModelState.IsValid) return this.Again();
        var before = (await rounds.ServicesOf(new ProgrammeId(id), stop)).ToDictionary(s => s.Service.Value);
        var chosen = Services.Select(s => before.TryGetValue(s, out var known) ? new WantedRegistration(s, known.From, known.Until) : new WantedRegistration(s, apply.From, null)).ToList();
        var saved = await save.Run(Work, new WantedRound(id, Name, apply, buy, (int)Number(Rate), Number(Cap), Words<RoundKinds>.Find(Kinds ?? ""), Number(Budget), chosen), stop);
        if (saved.Ok) return this.SeeOther(saved.Value.Back(RoundsPage.Here));
        var no = saved.Refused!;
        if (no.Code is "confirm_required" or "not_found" or "proposal_waits") return await No(no);
        return this.Refuse(no.Code switch
        {
            "round_overlaps" or "period_format" => nameof(BuyUntil),
            "round_fixed" => nameof(Rate),
            "budget_exhausted" => nameof(Budget),
            _ => no.Fact<string>("field") switch { "rate" => nameof(Rate), "cap" => nameof(Cap), "kinds" => nameof(Kinds), "budget" => nameof(Budget), _ => nameof(Name) },
        }, no);
    }

    private async Task Show(Guid id, CancellationToken stop) => (Known, All) = (await rounds.Find(new ProgrammeId(id), stop), await services.All(stop));

    private static long Number(string? typed) => Points.Read(typed) is { Ok: true } number ? Math.Min(number.Value.Value, Points.Max) : 0;
}

/// <summary>Monthly claims of the services, and what differs.</summary>
public sealed class PremiumClaimsPage(FindPremiumClaims find, ClaimPremiums claims, FindPaymentServices services) : StaffPage
{
    public const int Shown = 100;

    [BindProperty]
    public Guid Service { get; set; }

    [BindProperty]
    public string? Month { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<(PremiumClaim Claim, string Service)> All { get; private set; } = [];

    public Dictionary<(PaymentServiceId, ClaimMonth), IReadOnlyList<ClaimDifference>> Differences { get; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop)
    {
        var names = (await services.All(stop)).ToDictionary(s => s.Id, s => s.Name);
        All = [.. (await find.All(stop)).Select(c => (c, names.GetValueOrDefault(c.Service, "")))];
        foreach (var (claim, _) in All.Where(c => c.Claim.Differences > 0)) Differences[(claim.Service, claim.Month)] = [.. (await find.Differences(claim.Service, claim.Month, "", stop)).Take(Shown)];
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (ClaimMonth.Read(Month) is not { } month) return await No(Refusal.Of("not_found"));
        var closed = await claims.CloseShort(Work, new PaymentServiceId(Service), month, stop);
        return closed.Refused is { } no ? await No(no, new Shared.Refusals.NextStep("請求の一覧へ", $"{RoundsPage.Here}/claims")) : this.SeeOther($"{RoundsPage.Here}/claims?done=1");
    }
}

/// <summary>Totals for offices (K-16).</summary>
public sealed class OfficeRoundsPage(FindRounds rounds) : StaffPage
{
    public const string Here = "/office/mynapoint";

    public IReadOnlyList<RoundTotals> All { get; private set; } = [];

    public async Task OnGet(CancellationToken stop) => All = await rounds.Totals(stop);
}
