using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Grants;

/// <summary>What became of a grant, and where another officer decides about it.</summary>
public sealed class GrantedPage(FindGrants find, ProgrammeList programmes, GrantReceipts receipts, DecideGrant decide) : StaffPage
{
    public Grant Grant { get; private set; } = null!;

    public string Programme { get; private set; } = "";

    public ReceiptNumber? Receipt { get; private set; }

    public bool MayApprove => Grant.State == GrantState.Waiting && Grant.Maker != Work.Actor && Work.Require(Role.Approver).Ok;

    public bool MayWithdraw => Grant.State == GrantState.Waiting && (Grant.Maker == Work.Actor || MayApprove);

    public bool MayGrant => Work.Require(Role.Officer).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await find.One(new TransferId(id), stop) is not { } grant || grant.Municipality != Work.Office.Code) return await this.Refuse(Refusal.Of("not_found"));
        (Grant, Programme, Receipt) = (grant, (await programmes.Find(grant.Programme, stop))?.Name ?? "", await receipts.Of(grant));
        return Page();
    }

    public async Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop)
    {
        var approved = await decide.Approve(Work, new TransferId(id), stop);
        return approved.Refused is { } no ? await No(no, Back(id)) : this.SeeOther($"/office/grants/{id}");
    }

    public async Task<IActionResult> OnPostWithdraw(Guid id, CancellationToken stop)
    {
        var withdrawn = await decide.Withdraw(Work, new TransferId(id), stop);
        return withdrawn.Refused is { } no ? await No(no, Back(id)) : this.SeeOther($"/office/grants/{id}");
    }

    private static NextStep Back(Guid id) => new("付与に戻る", $"/office/grants/{id}");
}
