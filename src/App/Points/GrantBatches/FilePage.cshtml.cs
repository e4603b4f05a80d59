using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.GrantBatches;

/// <summary>Screens 2 to 4: what the file says line by line, the approval, how far it is. It can be left and found again at any time.</summary>
public sealed class FilePage(FindBatches find, CommitBatch commit, BatchCsv csv, ProgrammeList programmes, OfficeProgrammes office, BatchFourEyes eyes) : StaffPage
{
    private const int RowsAtOnce = 25;

    private const int FaultsAtOnce = 5;

    [BindProperty(SupportsGet = true, Name = "show")]
    public string? Show { get; set; }

    [BindProperty(SupportsGet = true, Name = "after")]
    public int After { get; set; }

    /// <summary>Of the batch that the form was shown for.</summary>
    [BindProperty]
    public Guid Id { get; set; }

    public GrantBatch Batch { get; private set; } = null!;

    public Programme Programme { get; private set; } = null!;

    public LimitState Budget { get; private set; } = null!;

    public BatchProgress Progress { get; private set; } = null!;

    public IReadOnlyList<GrantBatchRow> Rows { get; private set; } = [];

    public IReadOnlyList<GrantBatchRow> Faults { get; private set; } = [];

    /// <summary>Is another officer needed, or was one?</summary>
    public bool FourEyes { get; private set; }

    public long Alone { get; private set; }

    public bool OnlyRefused => Show == "refused";

    public int? Next => Rows.Count == RowsAtOnce ? Rows[^1].Line : null;

    public string Steps => FourEyes ? "施策とファイル,内容の確認,承認,終わり" : "施策とファイル,内容の確認,終わり";

    public int Step => Batch.Stage switch { BatchStage.Stored => 2, BatchStage.Waiting => 3, _ => FourEyes ? 4 : 3 };

    public bool Open => Batch.Stage is BatchStage.Stored or BatchStage.Waiting;

    public bool MayCommit => Batch.Stage == BatchStage.Stored && Batch.Good > 0 && Work.Require(Role.Officer).Ok;

    public bool MayRecall => Work.Require(Role.Officer).Ok;

    public bool MayApprove => Batch.Stage == BatchStage.Waiting && !Batch.MadeBy(Work.Member.Id) && Work.Require(Role.Approver).Ok;

    public bool MayWithdraw => Batch.Stage == BatchStage.Waiting && (Batch.MadeBy(Work.Member.Id) || MayApprove);

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(string hash, CancellationToken stop)
    {
        if (await find.One(Work.Office.Code, hash, stop) is not { } batch) return await this.Refuse(Refusal.Of("not_found"));
        (Batch, Programme, Budget) = (batch, Must.Have(await programmes.Find(batch.Programme, stop), "a batch has a programme"), await office.Budget(batch.Programme));
        (Progress, FourEyes, Alone) = (await find.ProgressOf(batch, stop), await eyes.Needed(batch, Work.Actor, stop), (await eyes.Alone(batch)).Programme);
        Rows = await find.Rows(batch, OnlyRefused ? RowsShown.Refused : RowsShown.All, After, RowsAtOnce, stop);
        Faults = await find.Rows(batch, RowsShown.Refused, 0, FaultsAtOnce, stop);
        return Page();
    }

    /// <summary>The lines to keep: those that are not granted, or all.</summary>
    public async Task<IActionResult> OnGetCsv(string hash, CancellationToken stop)
    {
        if (await find.One(Work.Office.Code, hash, stop) is not { } batch) return await this.Refuse(Refusal.Of("not_found"));
        var file = await csv.Of(batch, OnlyRefused ? RowsShown.Refused : RowsShown.All, stop);
        return File(file, $"{MediaTypeNames.Text.Csv}; charset=utf-8", OnlyRefused ? "refused.csv" : "result.csv");
    }

    public async Task<IActionResult> OnPostCommit(string hash, CancellationToken stop) => await Done(hash, await commit.Commit(Work, hash, Id, stop));

    public async Task<IActionResult> OnPostApprove(string hash, CancellationToken stop) => await Done(hash, await commit.Approve(Work, hash, Id, stop));

    public async Task<IActionResult> OnPostWithdraw(string hash, CancellationToken stop) => await Done(hash, await commit.Withdraw(Work, hash, Id, stop));

    private async Task<IActionResult> Done(string hash, Result<GrantBatch> done) =>
        done.Refused is { } no ? await No(no, new("内容に戻る", $"/office/grants/files/{hash}")) : this.SeeOther($"/office/grants/files/{hash}");
}
