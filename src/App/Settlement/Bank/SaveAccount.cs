using System.Text.Json;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <param name="CreditorKind">As a claim says it; null with <paramref name="Creditor"/>: the municipality's own account.</param>
/// <param name="PayerCode">Of its own account: 委託者コード. <paramref name="PayerName"/>, <paramref name="LineEnds"/>, <paramref name="EndMark"/> and <paramref name="ResultAt"/> as in <see cref="PayerTerms"/>.</param>
public sealed record WantedAccount(Guid Id, string? CreditorKind, Guid? Creditor, BankAccountEntry Account, string? PayerCode = null, string? PayerName = null, bool LineEnds = false, bool EndMark = false, int? ResultAt = null);

/// <summary>Where a municipality's money goes and comes from: typed by one officer, read again and approved by another, before which nothing is paid there.</summary>
public sealed class SaveAccount(Database database, FindAccounts find, Kek kek, OperationLog log, TimeProvider clock)
{
    public const int FirstResult = 114, LastResult = 120;

    private const string Put = """
        insert into stl_account(id, municipality, creditor_kind, creditor, account, tail, state, maker, made_ms) values (@Id, @Municipality, @Kind, @Creditor, @Wrapped, @Tail, 'waiting', @Maker, @MadeMs) on conflict do nothing
        """;

    private const string Retire = """
        update stl_account set state = 'replaced' where state = 'active' and municipality = @Municipality and creditor_kind = @Kind and creditor = @Creditor
        """;

    // Another person in this very statement, too.
    private const string Take = "update stl_account set state = 'active', decided_by = @By, decided_ms = @Now where id = @Id and state = 'waiting' and maker <> @By";

    private const string Drop = "update stl_account set state = 'withdrawn', decided_by = @By, decided_ms = @Now where id = @Id and state = 'waiting'";

    /// <returns>
    /// It, waiting for another officer; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> for a creditor whom this municipality owes nothing, <c>bank_format</c> and <c>field_required</c> (field),
    /// <c>account_waiting</c> while another one waits, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<KeptAccount>> Make(StaffAtWork work, WantedAccount wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Officer).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await Holder(work, wanted, stop) is not { } holder) return Refusal.Of("not_found");
        var content = Content(wanted, holder);
        if (content.Refused is { } no) return no;
        var (_, wrapped) = await kek.Wrap(JsonSerializer.SerializeToUtf8Bytes(content.Value), KeptAccount.OwnerOf(wanted.Id), stop);
        var made = new KeptAccount(wanted.Id, work.Office.Code, holder, wrapped, content.Value.Account.Tail, AccountState.Waiting, work.Member.Id, clock.NowMs());
        return await database.WriteOrRefuse<KeptAccount>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Put, Row(made), tx.Handle) == 0)
                return await find.Find(work.Office.Code, wanted.Id, stop) is { } there ? (there.Maker == made.Maker && there.Holder == holder && there.Tail == made.Tail ? there : Refusal.Of("id_reused")) : Refusal.Of("account_waiting");
            await log.Write(tx, new Operation("settlement.account_made", work.Actor, made.Id, After: Told(made)));
            return made;
        }, stop);
    }

    /// <returns>It, from now on in force; <c>role_forbidden</c>, <c>confirm_required</c>, <c>four_eyes</c> for its maker, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<KeptAccount>> Approve(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if ((work.Require(Role.Approver).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await find.Find(work.Office.Code, id, stop) is not { State: AccountState.Waiting } kept) return Refusal.Of("not_found");
        if (kept.Maker == work.Member.Id) return Refusal.Of("four_eyes");
        return await database.WriteOrRefuse<KeptAccount>(async tx =>
        {
            var replaced = await tx.Connection.ExecuteAsync(Retire, Row(kept), tx.Handle);
            if (await tx.Connection.ExecuteAsync(Take, new { kept.Id, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("settlement.account_approved", work.Actor, id, Before: replaced == 0 ? null : "another account", After: Told(kept)));
            return kept with { State = AccountState.Active };
        }, stop);
    }

    /// <returns><c>role_forbidden</c>, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<bool>> Withdraw(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (await find.Find(work.Office.Code, id, stop) is not { State: AccountState.Waiting }) return Refusal.Of("not_found");
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Drop, new { Id = id, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("settlement.account_withdrawn", work.Actor, id, Before: "waiting"));
            return true;
        }, stop);
    }

    private async Task<AccountHolder?> Holder(StaffAtWork work, WantedAccount wanted, CancellationToken stop)
    {
        if (wanted.CreditorKind is null && wanted.Creditor is null) return AccountHolder.Own;
        if (Words<AccountKind>.Find(wanted.CreditorKind ?? "") is not { } kind || wanted.Creditor is not { } creditor) return null;
        var holder = new AccountHolder((int)kind, creditor);
        return await find.Owes(work.Office.Code, holder, stop) ? holder : null;
    }

    private static Result<AccountContent> Content(WantedAccount wanted, AccountHolder holder)
    {
        var account = BankAccount.Read(wanted.Account);
        if (account.Refused is { } no) return no;
        if (holder != AccountHolder.Own) return new AccountContent(account.Value);
        // A municipality pays from an ordinary or a current account, or another one; nobody pays from savings.
        if (account.Value.Kind == DepositKind.Savings) return Refusal.Of("bank_format", ("field", "kind"));
        var (code, name) = (BankAccount.Digits("payerCode", wanted.PayerCode, ZenginPayer.CodeDigits, fill: true), ZenginText.Read("payerName", wanted.PayerName, ZenginPayer.NameBytes));
        if ((code.Refused ?? name.Refused) is { } wrong) return wrong;
        if (wanted.ResultAt is < FirstResult or > LastResult) return Refusal.Of("bank_format", ("field", "resultAt"));
        return new AccountContent(account.Value, new PayerTerms(code.Value, name.Value, wanted.LineEnds, wanted.EndMark, wanted.ResultAt));
    }

    private static string Told(KeptAccount a) => a.Holder == AccountHolder.Own ? $"own *{a.Tail}" : $"{Words<AccountKind>.Of((AccountKind)a.Holder.Kind)} {a.Holder.Creditor} *{a.Tail}";

    private static object Row(KeptAccount a) => new { a.Id, a.Municipality, a.Holder.Kind, a.Holder.Creditor, a.Wrapped, a.Tail, a.Maker, a.MadeMs };
}
