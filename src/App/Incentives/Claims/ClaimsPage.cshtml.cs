using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Entitlements;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Claims;

/// <summary>What was granted and can be received, and what became of the rest (S1-24).</summary>
public sealed class ClaimsPage(MyEntitlements mine) : CitizenPage
{
    /// <summary>How the way to the card ended.</summary>
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    public IReadOnlyList<MyEntitlement> All { get; private set; } = [];

    public Refusal? Refused => CardReturn.RefusalOf(Card);

    public async Task OnGet(CancellationToken stop) => All = await mine.Of(Citizen.Id, stop);
}

/// <summary>One of them: where it is to go, where there is a choice, then what will happen (S1-42a). Nothing is claimed here.</summary>
public sealed class ClaimPage(FindEntitlements entitlements, ProgrammeList programmes, JudgeClaim judge, PlaceClaim place, RegistryCache registry, CardOptions cards) : CitizenPage
{
    private static readonly NextStep Back = new("受け取るポイントの一覧へ", ClaimByCard.ListPath);

    [BindProperty(SupportsGet = true, Name = "to"), Display(Name = "受け取り先")]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true, Name = "then"), Display(Name = "受け取れなかったとき")]
    public string? Then { get; set; }

    public Entitlement Granted { get; private set; } = null!;

    public string Programme { get; private set; } = "";

    public string Place { get; private set; } = "";

    public IReadOnlyList<ClaimTarget> Targets { get; private set; } = [];

    /// <summary>What is to be confirmed; null while there is a choice to make.</summary>
    public JudgedClaim? Judged { get; private set; }

    public IReadOnlyList<SelectListItem> Choices => [.. Targets.Select(t => new SelectListItem(t.Word, t.Key))];

    public IReadOnlyList<SelectListItem> Fallbacks { get; private set; } = [];

    public string Here => $"{ClaimByCard.ListPath}/{Granted.Id.Value}";

    /// <summary>The agent; a browser that never came back from it goes there once before. Null where no card can be read.</summary>
    public string? Next => !cards.On ? null : ShellCookie.Prepared.Read(HttpContext) is null ? CardEndpoints.AskPath(Purpose.StepUp, Again)
        : $"{ClaimByCard.AskPath}?entitlement={Granted.Id.Value}&to={Judged!.Target.Key}&then={Words<Fallback>.Of(Judged.Fallback)}";

    private string Again => $"{Here}?to={Judged!.Target.Key}&then={Words<Fallback>.Of(Judged.Fallback)}";

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await entitlements.One(Citizen.Id, new TransferId(id), stop) is not { } granted) return await this.Refuse(Refusal.Of("not_found"), Back);
        (Granted, Programme) = (granted, (await programmes.Find(granted.Programme, stop))?.Name ?? "");
        Place = (await registry.View()).Find(granted.Municipality)?.Name ?? granted.Municipality.Value;
        Targets = await judge.Targets(granted, stop);
        Fallbacks = [.. Offered().Select(f => new SelectListItem(Claim.Word(f), Words<Fallback>.Of(f)))];
        var then = Words<Fallback>.Find(Then ?? "") ?? Fallback.None;
        var judged = await place.Look(Citizen.Id, new WantedClaim(granted.Id, To, then), stop);
        if (judged.Ok)
        {
            Judged = judged.Value;
            return Page();
        }
        var no = judged.Refused!;
        if (no.Code is "service_not_registered" && Targets.Count == 0) return Page();
        if (no.Code != "field_required") return await this.Refuse(no, Back);
        (To, Then) = (Targets[0].Key, Words<Fallback>.Of(Fallback.None));
        return Page();
    }

    /// <summary>What can be signed for beside the first choice.</summary>
    private IEnumerable<Fallback> Offered()
    {
        var (accounts, municipal) = (Targets.Count(t => t.Account is not null), Targets.Any(t => t.Account is null));
        if (accounts == 0) yield break;
        yield return Fallback.None;
        if (accounts > 1) yield return Fallback.Accounts;
        if (municipal) yield return Fallback.Municipal;
        if (accounts > 1 && municipal) yield return Fallback.AccountsMunicipal;
    }
}

/// <summary>What has become of a claim: it may be left and found again, and looks again by itself while the service has not answered.</summary>
public sealed class ClaimDonePage(ClaimRows claims, FindPaymentServices services, ProgrammeList programmes, RegistryCache registry) : CitizenPage
{
    public Claim Claim { get; private set; } = null!;

    public PaymentService? Service { get; private set; }

    public string Programme { get; private set; } = "";

    public string Where { get; private set; } = "";

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await claims.Find(Citizen.Id, new TransferId(id), stop) is not { } claim) return await this.Refuse(Refusal.Of("not_found"), new NextStep("受け取るポイントの一覧へ", ClaimByCard.ListPath));
        (Claim, Programme) = (claim, (await programmes.Find(claim.Programme, stop))?.Name ?? "");
        Service = claim.To is { } to ? await services.Find(to.Service, stop) : null;
        Where = Service?.Name ?? (await registry.View()).NameOfPoints(claim.Municipality);
        if (claim.State is ClaimState.Ordered or ClaimState.Asking) Response.Headers["Refresh"] = "5";
        return Page();
    }
}
