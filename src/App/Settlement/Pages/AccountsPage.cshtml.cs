using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>The accounts of a municipality: its own, and those of whom it pays. One officer types, another one reads it again and approves.</summary>
public sealed class AccountsPage(FindAccounts find, SaveAccount save, CreditorNames names, TimeProvider clock) : StaffPage
{
    public const string Here = $"{OfficeMonthsPage.Here}/accounts";

    private const string Separator = " ";

    [BindProperty]
    public Guid Change { get; set; }

    /// <summary>Kind and id of the creditor; empty: the municipality's own.</summary>
    [BindProperty(SupportsGet = true, Name = "of"), Display(Name = "だれの口座ですか")]
    public string? Of { get; set; }

    [BindProperty, Display(Name = "銀行の番号")]
    public string? Bank { get; set; }

    [BindProperty, Display(Name = "銀行の名前")]
    public string? BankName { get; set; }

    [BindProperty, Display(Name = "支店の番号")]
    public string? Branch { get; set; }

    [BindProperty, Display(Name = "支店の名前")]
    public string? BranchName { get; set; }

    [BindProperty, Display(Name = "預金の種類")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "口座番号")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "口座の名義")]
    public string? Holder { get; set; }

    [BindProperty, Display(Name = "委託者コード")]
    public string? PayerCode { get; set; }

    [BindProperty, Display(Name = "振込依頼人の名前")]
    public string? PayerName { get; set; }

    [BindProperty, Display(Name = "行の終わりに改行を入れる")]
    public string? LineEnds { get; set; }

    [BindProperty, Display(Name = "ファイルの終わりに印（1A）を入れる")]
    public string? EndMark { get; set; }

    [BindProperty, Display(Name = "結果の位置")]
    public string? ResultAt { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<KeptAccount> All { get; private set; } = [];

    public IReadOnlyList<AccountHolder> Without { get; private set; } = [];

    public IReadOnlyDictionary<Guid, AccountContent> Opened { get; private set; } = new Dictionary<Guid, AccountContent>();

    public bool MayMake => Work.Require(Role.Officer).Ok;

    public bool Own => string.IsNullOrEmpty(Of);

    /// <summary>The creditor that the form is for.</summary>
    public AccountHolder? Wanted => Read(Of);

    public IReadOnlyList<SelectListItem> Kinds => [.. Enum.GetValues<DepositKind>().Where(k => !Own || k != DepositKind.Savings).Select(k => new SelectListItem(SettlementWords.Of(k), Words<DepositKind>.Of(k)))];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    private Func<AccountKind, Guid, string> Names { get; set; } = (_, _) => "";

    public string NameOf(AccountHolder holder) => holder.CreditorKind is { } kind ? Names(kind, holder.Creditor) : $"{Work.Office.Name}の口座";

    public bool MayApprove(KeptAccount account) => account.Maker != Work.Member.Id && Work.Require(Role.Approver).Ok;

    public static string Key(AccountHolder holder) => holder.CreditorKind is { } kind ? $"{Words<AccountKind>.Of(kind)}{Separator}{holder.Creditor}" : "";

    public async Task OnGet(CancellationToken stop)
    {
        Change = Ids.NewV7(clock);
        await Load(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Load(stop);
        int? at = null;
        if (!string.IsNullOrWhiteSpace(ResultAt))
        {
            if (int.TryParse(Typed.HalfWidth(ResultAt), out var read)) at = read;
            else this.Note(nameof(ResultAt), Refusal.Of("number_format"));
        }
        if (!ModelState.IsValid) return this.Again();
        var holder = Wanted;
        var made = await save.Make(Work, new WantedAccount(Change, holder is { CreditorKind: { } kind } ? Words<AccountKind>.Of(kind) : Own ? null : "", holder is { CreditorKind: not null } some ? some.Creditor : null,
            new BankAccountEntry(Bank, BankName, Branch, BranchName, Kind, Number, Holder), PayerCode, PayerName, LineEnds == "1", EndMark == "1", at), stop);
        if (made.Ok) return this.SeeOther($"{Here}?saved=waiting");
        var no = made.Refused!;
        return no.Fact<string>("field") is { } field && typeof(AccountsPage).GetProperty(char.ToUpperInvariant(field[0]) + field[1..]) is { } shown ? this.Refuse(shown.Name, no) : await No(no, new NextStep("口座に戻る", Here));
    }

    public Task<IActionResult> OnPostApprove(Guid account, CancellationToken stop) => Done("approved", async () => (await save.Approve(Work, account, stop)).Refused);

    public Task<IActionResult> OnPostWithdraw(Guid account, CancellationToken stop) => Done("withdrawn", async () => (await save.Withdraw(Work, account, stop)).Refused);

    private async Task<IActionResult> Done(string saved, Func<Task<Refusal?>> what) => await what() is { } no ? await No(no, new NextStep("口座に戻る", Here)) : this.SeeOther($"{Here}?saved={saved}");

    private async Task Load(CancellationToken stop)
    {
        (All, Without, Names) = (await find.Of(Work.Office.Code, stop), await find.WithoutOne(Work.Office.Code, stop), await names.Now(stop));
        var opened = new Dictionary<Guid, AccountContent>();
        // Whoever approves reads all of it; of what is in force the last digits do.
        foreach (var waiting in All.Where(a => a.State == AccountState.Waiting)) opened[waiting.Id] = await find.Open(waiting, stop);
        Opened = opened;
    }

    private static AccountHolder? Read(string? key) =>
        key?.Split(Separator) is [var word, var id] && Words<AccountKind>.Find(word) is { } kind && Guid.TryParse(id, out var creditor) ? new AccountHolder((int)kind, creditor) : null;
}
