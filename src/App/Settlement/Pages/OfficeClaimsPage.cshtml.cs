using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>The claims of a closed month: approved, many at once; objections answered; approvals that wait for another officer.</summary>
public sealed class OfficeClaimsPage(FindMonths months, FindClaims claims, ApproveClaims approve, CreditorNames names, TimeProvider clock) : StaffPage
{
    private const int MostInFile = 100_000;

    [BindProperty]
    public Guid Change { get; set; }

    [BindProperty, Display(Name = "答え")]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public SettlementMonth Month { get; private set; }

    public IReadOnlyList<MonthClaim> All { get; private set; } = [];

    public IReadOnlyList<ClaimApproval> Waiting { get; private set; } = [];

    public Func<AccountKind, Guid, string> NameOf { get; private set; } = (_, _) => "";

    public bool MayAsk => Work.Require(Role.Officer).Ok;

    public string Path => $"{OfficeMonthsPage.Here}/{Month}/claims";

    public bool MayApprove(ClaimApproval approval) => approval.Maker != Work.Member.Id.Value && Work.Require(Role.Approver).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(string month, Guid? after, CancellationToken stop)
    {
        Change = Ids.NewV7(clock);
        return await Load(month, after, stop) is { } no ? await this.Refuse(no, new NextStep("精算の月へ", OfficeMonthsPage.Here)) : Page();
    }

    public async Task<IActionResult> OnGetCsv(string month, CancellationToken stop)
    {
        if (await Load(month, Guid.Empty, stop) is { } no) return await this.Refuse(no);
        var all = All.ToList();
        for (var last = All; last.Count == FindClaims.AtOnce && all.Count < MostInFile; all.AddRange(last)) last = await claims.Of(Work.Office.Code, Month, all[^1].Id, stop);
        return SettlementFiles.Claims(all, NameOf, $"claims-{Month}");
    }

    public async Task<IActionResult> OnPost(string month, Guid[] ids, CancellationToken stop)
    {
        if (await Load(month, null, stop) is { } gone) return await this.Refuse(gone);
        var made = await approve.Run(Work, new WantedApproval(Change, ids), stop);
        return made.Refused is { } no ? await No(no, new NextStep("請求に戻る", Path)) : this.SeeOther($"{Path}?saved={(made.Value.Waits ? "waits" : "approved")}");
    }

    public Task<IActionResult> OnPostApprove(string month, Guid approval, CancellationToken stop) => Done(month, "approved", () => approve.Approve(Work, approval, stop), stop);

    public Task<IActionResult> OnPostWithdraw(string month, Guid approval, CancellationToken stop) => Done(month, "withdrawn", () => approve.Withdraw(Work, approval, stop), stop);

    public async Task<IActionResult> OnPostAnswer(string month, Guid claim, CancellationToken stop)
    {
        if (await Load(month, null, stop) is { } gone) return await this.Refuse(gone);
        var answered = await approve.Answer(Work, claim, Reason, stop);
        if (answered.Ok) return this.SeeOther($"{Path}?saved=answered");
        return answered.Refused!.Code is "role_forbidden" or "not_found" ? await No(answered.Refused, new NextStep("請求に戻る", Path)) : this.Refuse(nameof(Reason), answered.Refused);
    }

    private async Task<IActionResult> Done(string month, string saved, Func<Task<Result<bool>>> what, CancellationToken stop)
    {
        if (await Load(month, null, stop) is { } gone) return await this.Refuse(gone);
        var done = await what();
        return done.Refused is { } no ? await No(no, new NextStep("請求に戻る", Path)) : this.SeeOther($"{Path}?saved={saved}");
    }

    private async Task<Refusal?> Load(string month, Guid? after, CancellationToken stop)
    {
        var closed = await months.Closed(month, stop);
        if (closed.Refused is { } no) return no;
        (Month, NameOf) = (closed.Value.Month, await names.Now(stop));
        (All, Waiting) = (await claims.Of(Work.Office.Code, Month, after ?? Guid.Empty, stop), await claims.Waiting(Work.Office.Code, stop));
        return null;
    }
}
