using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Claims;

/// <summary>Orders that do not come to their end by themselves, with two buttons for each.</summary>
public sealed class StuckClaimsPage(ClaimRows claims, FindPaymentServices services, ResolveClaim resolve) : StaffPage
{
    public const string Here = "/operator/claims";

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<(Claim Claim, string Service)> Stuck { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop)
    {
        var all = await services.All(stop);
        Stuck = [.. (await claims.Stuck(stop)).Select(c => (c, all.FirstOrDefault(s => s.Id == c.To?.Service)?.Name ?? ""))];
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var asked = await resolve.Ask(Work, new TransferId(Id), stop);
        return asked.Refused is { } no ? await this.Refuse(no, new NextStep("一覧へ", Here)) : this.SeeOther($"{Here}?done={Words<ClaimState>.Of(asked.Value.State)}");
    }

    public static string Keeps(Claim claim) => claim switch
    {
        { State: ClaimState.Stuck, Reason: "amount_differs" } => $"決済サービスの答えは{Shared.Components.Words.Digits(claim.Answered ?? 0)}ポイントで、申しこみとちがいます",
        { State: ClaimState.Stuck, Reason: "forgotten" } => "受け付けたはずの申しこみを、決済サービスが知らないと答えました",
        { State: ClaimState.Stuck } => $"未受取に戻せません（{claim.Reason}）",
        { State: ClaimState.Accepted } => "受け付けたまま、14日たっています",
        _ => $"決済サービスの答えがありません（{claim.Asks}回たずねました）",
    };
}

/// <summary>Ends a claim with a reason, unclaimed again or not; the one-time password is asked again.</summary>
public sealed class EndClaimPage(ClaimRows claims, ResolveClaim resolve, FindPaymentServices services) : StaffPage
{
    private static readonly NextStep Back = new("一覧へ", StuckClaimsPage.Here);

    [BindProperty, Display(Name = "ポイント")]
    public string? How { get; set; }

    [BindProperty, Display(Name = "わけ")]
    public string? Reason { get; set; }

    public Claim Claim { get; private set; } = null!;

    public string Name { get; private set; } = "";

    public IReadOnlyList<SelectListItem> Hows { get; } = [new("未受取に戻す（サービスではついていない）", "back"), new("戻さない（サービスでついている）", "keep")];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Show(id, stop) ?? Page();

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Show(id, stop) is { } gone) return gone;
        if (How is not ("back" or "keep")) return this.Refuse(nameof(How), Refusal.Of("field_required", ("field", nameof(How))));
        var ended = await resolve.End(Work, Claim.Id, (Reason, How == "back"), stop);
        if (ended.Ok) return this.SeeOther($"{StuckClaimsPage.Here}?done={Words<ClaimState>.Of(ended.Value.State)}");
        return ended.Refused!.Code is "confirm_required" or "not_found" ? await No(ended.Refused, Back) : this.Refuse(nameof(Reason), ended.Refused);
    }

    private async Task<IActionResult?> Show(Guid id, CancellationToken stop)
    {
        if (await claims.Stuck(new TransferId(id), stop) is not { To: { } to } claim) return await this.Refuse(Refusal.Of("not_found"), Back);
        (Claim, Name) = (claim, (await services.Find(to.Service, stop))?.Name ?? "");
        return null;
    }
}
