using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Eligible;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Unpaid;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Budgets;

/// <summary>One programme: its budget, changes that wait for a second person, its end.</summary>
public sealed class ProgrammePage(OfficeProgrammes programmes, SetBudget budgets, FindEligible eligible, UnpaidLines unpaid, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "新しい予算")]
    public string? Total { get; set; }

    [BindProperty]
    public Guid Change { get; set; }

    public Programme Programme { get; private set; } = null!;

    public LimitState Budget { get; private set; } = null!;

    public IReadOnlyList<BudgetChange> Waiting { get; private set; } = [];

    /// <summary>How many are on its list of those who may get something.</summary>
    public int Persons { get; private set; }

    /// <summary>How many lines of its recipient lists are not paid yet.</summary>
    public long Unpaid { get; private set; }

    public bool MayChange => Work.Require(Role.Officer).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public bool MayApprove(BudgetChange change) => change.Maker != Work.Member.Id && Work.Require(Role.Approver).Ok;

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } no) return await this.Refuse(no);
        Change = Ids.NewV7(clock);
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        if (!long.TryParse(Typed.HalfWidth(Total).Replace(",", "", StringComparison.Ordinal), out var total)) return this.Refuse(nameof(Total), Refusal.Of("amount_format"));
        var set = await budgets.Propose(Work, Change, Programme.Id, total, stop);
        return set.Refused is { } no ? this.Refuse(nameof(Total), no) : Again(id);
    }

    public async Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) =>
        (await budgets.Approve(Work, Change, stop)).Refused is { } no ? await No(no, Back(id)) : Again(id);

    public async Task<IActionResult> OnPostWithdraw(Guid id, CancellationToken stop) =>
        (await budgets.Withdraw(Work, Change, stop)).Refused is { } no ? await No(no, Back(id)) : Again(id);

    public async Task<IActionResult> OnPostClose(Guid id, CancellationToken stop) =>
        (await programmes.Close(Work, new ProgrammeId(id), null, stop)).Refused is { } no ? await No(no, Back(id)) : Again(id);

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var found = await programmes.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return no;
        (Programme, Budget) = (found.Value, await programmes.Budget(found.Value.Id));
        Waiting = [.. (await budgets.Waiting(Work.Office.Code, stop)).Where(c => c.Programme == Programme.Id)];
        Persons = Programme.Rules.Eligibility == Eligibility.List ? await eligible.Count(Programme.Id, stop) : 0;
        Unpaid = await unpaid.Count(Work.Office.Code, Programme.Id, stop);
        return null;
    }

    private IActionResult Again(Guid id) => this.SeeOther($"/office/programmes/{id}");

    private static NextStep Back(Guid id) => new("施策に戻る", $"/office/programmes/{id}");
}
