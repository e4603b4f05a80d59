using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Recalls;

/// <summary>What became of a recall, and where another officer decides about it.</summary>
public sealed class RecalledPage(FindRecalls find, RecallGrant recalls, ProgrammeList programmes) : StaffPage
{
    public Recall Recall { get; private set; } = null!;

    public string Programme { get; private set; } = "";

    public bool MayApprove => Recall.State == RecallState.Waiting && Recall.Maker != Work.Member.Id && Work.Require(Role.Approver).Ok;

    public bool MayWithdraw => Recall.State == RecallState.Waiting && (Recall.Maker == Work.Member.Id || MayApprove);

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await find.One(new TransferId(id), stop) is not { } recall || recall.Municipality != Work.Office.Code) return await this.Refuse(Refusal.Of("not_found"));
        (Recall, Programme) = (recall, (await programmes.Find(recall.Programme, stop))?.Name ?? "");
        return Page();
    }

    public async Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) => await Done(id, (await recalls.Approve(Work, new TransferId(id), stop)).Refused);

    public async Task<IActionResult> OnPostWithdraw(Guid id, CancellationToken stop) => await Done(id, (await recalls.Withdraw(Work, new TransferId(id), stop)).Refused);

    private async Task<IActionResult> Done(Guid id, Refusal? no) =>
        no is null ? this.SeeOther($"/office/recalls/{id}") : await No(no, new NextStep("取り戻しに戻る", $"/office/recalls/{id}"));
}
