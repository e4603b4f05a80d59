using System.Text;
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

/// <summary>Screens 2 to 4: what the file says row by row, the approval, how far it is. It can be left and found again at any time.</summary>
public sealed class FilePage(FindBatches find, CommitBatch commit, ProgrammeList programmes, OfficeProgrammes office, GrantConditions conditions) : StaffPage
{
    private const int RowsShown = 25;

    private const int MostSaved = StoreBatch.MostLines;

    [BindProperty(SupportsGet = true, Name = "show")]
    public string? Show { get; set; }

    [BindProperty(SupportsGet = true, Name = "after")]
    public int After { get; set; }

    public GrantBatch Batch { get; private set; } = null!;

    public Programme Programme { get; private set; } = null!;

    public LimitState Budget { get; private set; } = null!;

    public BatchProgress Progress { get; private set; } = null!;

    public IReadOnlyList<GrantBatchRow> Rows { get; private set; } = [];

    public IReadOnlyList<GrantBatchRow> Faults { get; private set; } = [];

    public long Alone { get; private set; }

    public bool OnlyBad => Show == "bad";

    public int? Next => Rows.Count == RowsShown ? Rows[^1].Line : null;

    public int Step => Batch.Stage switch { BatchStage.Stored => 2, BatchStage.Waiting => 3, _ => 4 };

    public bool MayCommit => Batch.Stage == BatchStage.Stored && Batch.Good > 0 && Work.Require(Role.Officer).Ok;

    public bool MayApprove => Batch.Stage == BatchStage.Waiting && Work.Require(Role.Approver).Ok && Batch.Maker != Work.Member.Id && Batch.AskedBy != Work.Member.Id;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public static string Word(BatchStage stage) => stage switch
    {
        BatchStage.Stored => "まだ付与していません", BatchStage.Waiting => "承認を待っています", BatchStage.Running => "付与しています", _ => "終わりました",
    };

    /// <summary>What is wrong with a row and how to mend it.</summary>
    public static string Fault(GrantBatchRow row)
    {
        var (what, _, next) = Refusal.Of(row.Code).Sentences();
        return row.SameLine > 0 ? $"{row.SameLine}行目と同じ人です。1回の活動に付与できるのは1人1回です。この行を消してください" : $"{what}。{next}";
    }

    public async Task<IActionResult> OnGet(string hash, CancellationToken stop)
    {
        if (await find.One(Work.Office.Code, hash, stop) is not { } batch) return await this.Refuse(Refusal.Of("not_found"));
        (Batch, Programme, Budget) = (batch, (await programmes.Find(batch.Programme, stop))!, await office.Budget(batch.Programme));
        (Progress, Alone) = (await find.ProgressOf(batch.Id, stop), await conditions.Alone(batch.Municipality, batch.Programme));
        Rows = await find.Rows(batch.Id, After, RowsShown, OnlyBad, stop);
        Faults = await find.Rows(batch.Id, 0, 5, bad: true, stop);
        return Page();
    }

    /// <summary>The rows that are not granted, as a CSV to mend.</summary>
    public async Task<IActionResult> OnGetFaults(string hash, CancellationToken stop)
    {
        if (await find.One(Work.Office.Code, hash, stop) is not { } batch) return await this.Refuse(Refusal.Of("not_found"));
        var text = new StringBuilder("行,マイキーID,ポイント,行事,理由\r\n");
        foreach (var row in await find.Rows(batch.Id, 0, MostSaved, bad: true, stop))
            text.Append($"{row.Line},{Cell(row.ShownId)},{Cell(row.ShownPoints)},{Cell(row.Occasion)},{Cell(Fault(row))}\r\n");
        return File(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray(), "text/csv; charset=utf-8", "faults.csv");
    }

    public async Task<IActionResult> OnPostCommit(string hash, CancellationToken stop)
    {
        if (Work.Require(Role.Officer).Refused is { } forbidden) return await this.Refuse(forbidden);
        var done = await commit.Commit(new Granter(Work.Actor, Work.Office), hash, stop);
        return done.Refused is { } no ? await No(no, Back(hash)) : this.SeeOther($"/office/grants/files/{hash}");
    }

    public async Task<IActionResult> OnPostApprove(string hash, CancellationToken stop)
    {
        var done = await commit.Approve(Work, hash, stop);
        return done.Refused is { } no ? await No(no, Back(hash)) : this.SeeOther($"/office/grants/files/{hash}");
    }

    // A spreadsheet takes what begins with these signs for a formula.
    private static string Cell(string text) =>
        $"\"{(text.Length > 0 && "=+-@".Contains(text[0], StringComparison.Ordinal) ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static NextStep Back(string hash) => new("内容に戻る", $"/office/grants/files/{hash}");
}
