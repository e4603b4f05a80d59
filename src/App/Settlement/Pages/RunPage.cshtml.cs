using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>One file for the bank: its payments, where the three differ, the approval, the file, and what the bank did.</summary>
[RequestSizeLimit(BankEndpoint.MostBytes)]
public sealed class RunPage(FindRuns find, FindAccounts accounts, DecideRun decide, CreditorNames names, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "取り下げる理由")]
    public string? Reason { get; set; }

    [BindProperty, Display(Name = "銀行の結果ファイル")]
    public IFormFile? Csv { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public PaymentRun Run { get; private set; } = null!;

    public IReadOnlyList<RunTransfer> Transfers { get; private set; } = [];

    public IReadOnlyList<RunDifference> Differences { get; private set; } = [];

    /// <summary>The bank gives a file with what it did.</summary>
    public bool ReadsResults { get; private set; }

    public bool Began => clock.Today() >= Run.PayDay;

    public bool MayApprove => Run.State == RunState.Waiting && Run.Maker != Work.Member.Id && Work.Require(Role.Approver).Ok;

    public bool MayWithdraw => Run.State is RunState.Checking or RunState.Blocked or RunState.Waiting || (Run.State == RunState.Approved && Work.Require(Role.Approver).Ok);

    public bool MayTell => Run.State == RunState.Approved && Work.Require(Role.Officer).Ok;

    public string Path => $"{RunsPage.Here}/{Run.Id}";

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    private Func<AccountKind, Guid, string> Names { get; set; } = (_, _) => "";

    public string NameOf(AccountHolder holder) => holder.CreditorKind is { } kind ? Names(kind, holder.Creditor) : "ファイルの全体";

    public Task<IActionResult> OnGet(Guid id, CancellationToken stop) => With(id, () => Task.FromResult<IActionResult>(Page()), stop);

    public Task<IActionResult> OnPostFile(Guid id, CancellationToken stop) => With(id, async () =>
    {
        var file = await decide.File(Work, id, stop);
        return file.Refused is { } no ? await Back(no) : new FileContentResult(file.Value, "application/octet-stream") { FileDownloadName = $"furikomi-{Run.PayDay:yyyyMMdd}.txt" };
    }, stop);

    public Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) => With(id, async () => await Done("approved", (await decide.Approve(Work, id, stop)).Refused), stop);

    public Task<IActionResult> OnPostWithdraw(Guid id, CancellationToken stop) => With(id, async () =>
    {
        var done = await decide.Withdraw(Work, id, Reason, stop);
        return done.Refused is not { } no ? this.SeeOther($"{Path}?saved=withdrawn") : no.Code is "role_forbidden" or "not_found" ? await Back(no) : this.Refuse(nameof(Reason), no);
    }, stop);

    public Task<IActionResult> OnPostResult(Guid id, CancellationToken stop) => With(id, async () =>
    {
        if (Csv is null) return this.Refuse(nameof(Csv), Refusal.Of("field_required", ("field", "file")));
        var done = await decide.Read(Work, id, await Csv.Bytes(stop), stop);
        return done.Refused is { Code: "bank_file_bad" } bad ? this.Refuse(nameof(Csv), bad) : await Done("done", done.Refused);
    }, stop);

    public Task<IActionResult> OnPostTold(Guid id, long[] returned, CancellationToken stop) => With(id, async () => await Done("done", (await decide.Told(Work, id, returned, stop)).Refused), stop);

    private async Task<IActionResult> With(Guid id, Func<Task<IActionResult>> then, CancellationToken stop) => await Load(id, stop) is { } gone ? await No(gone, new NextStep("振込に戻る", RunsPage.Here)) : await then();

    private async Task<IActionResult> Done(string saved, Refusal? refused) => refused is { } no ? await Back(no) : this.SeeOther($"{Path}?saved={saved}");

    private Task<IActionResult> Back(Refusal no) => No(no, new NextStep("振込に戻る", Path));

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        if (await find.Find(Work.Office.Code, id, stop) is not { } run) return Refusal.Of("not_found");
        (Run, Names) = (run, await names.Now(stop));
        (Transfers, Differences) = (await find.Transfers(run, stop), await find.Differences(run, stop));
        ReadsResults = await accounts.Find(run.Issuer, AccountHolder.Own, stop) is { } own && (await accounts.Open(own, stop)).Payer?.ResultAt is not null;
        return null;
    }
}
