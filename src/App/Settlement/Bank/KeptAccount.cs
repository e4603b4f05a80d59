using MyKey.App.Registry;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

public enum AccountState { Waiting, Active, Replaced, Withdrawn }

/// <summary>Whose account it is with a municipality: its own, or that of somebody it pays.</summary>
public readonly record struct AccountHolder(int Kind, Guid Creditor)
{
    public static AccountHolder Own { get; } = new(0, Guid.Empty);

    public AccountKind? CreditorKind => Kind == 0 ? null : (AccountKind)Kind;

    public static AccountHolder Of(MonthClaim claim) => new((int)claim.CreditorKind, claim.Creditor);
}

/// <summary>What is wrapped of an account.</summary>
/// <param name="Payer">Of a municipality's own: what its bank gave it and how it wants files.</param>
public sealed record AccountContent(BankAccount Account, PayerTerms? Payer = null)
{
    public ZenginPayer Paying() => Payer is { } terms ? new ZenginPayer(terms.Code, terms.Name, Account, terms.LineEnds, terms.EndMark) : throw new BrokenProperty("a municipality's own account says how it pays", nameof(AccountContent), 0);
}

/// <param name="Code">委託者コード, 10 digits; <paramref name="Name"/> as in the file.</param>
/// <param name="ResultAt">Position in a data record at which the bank's result file says 0 for what it has done, 114 to 120; null: this bank gives no such file.</param>
public sealed record PayerTerms(string Code, string Name, bool LineEnds, bool EndMark, int? ResultAt);

/// <summary>An account as a municipality keeps it; all but the last digits of its number is wrapped.</summary>
public sealed record KeptAccount(Guid Id, MunicipalityCode Municipality, AccountHolder Holder, byte[] Wrapped, string Tail, AccountState State, StaffId Maker, long MadeMs)
{
    /// <summary>What it is wrapped for (<see cref="Kek.Wrap"/>).</summary>
    public static string OwnerOf(Guid id) => $"bank-account:{id:N}";
}

internal sealed class KeptAccountRow
{
    public const string All = "select id, municipality, creditor_kind, creditor, account, tail, state, maker, made_ms from stl_account";

    public Guid Id { get; init; }
    public string Municipality { get; init; } = "";
    public int CreditorKind { get; init; }
    public Guid Creditor { get; init; }
    public byte[] Account { get; init; } = [];
    public string Tail { get; init; } = "";
    public string State { get; init; } = "";
    public StaffId Maker { get; init; }
    public long MadeMs { get; init; }

    public KeptAccount Read() => new(Id, MunicipalityCode.Trusted(Municipality), new AccountHolder(CreditorKind, Creditor), Account, Tail, Words<AccountState>.Stored(State), Maker, MadeMs);
}

/// <summary>The columns of settlement that hold wrapped values.</summary>
public static class WrappedInSettlement
{
    public static IReadOnlyList<WrappedPlace> Columns { get; } =
    [
        new WrappedColumn("stl_account.account", new(
            "select case when substr(account, 1, 8) = @Mark then substr(account, 9, 8) end as key, count(*) as rows from stl_account group by 1",
            "select id, account as wrapped from stl_account where substr(account, 1, 16) <> @Head limit @Most",
            "update stl_account set account = @Anew where id = @Id and account = @Wrapped"),
            row => KeptAccount.OwnerOf(row.Id)),
        new WrappedColumn("stl_run.file", new(
            "select case when substr(file, 1, 8) = @Mark then substr(file, 9, 8) end as key, count(*) as rows from stl_run group by 1",
            "select id, file as wrapped from stl_run where substr(file, 1, 16) <> @Head limit @Most",
            "update stl_run set file = @Anew where id = @Id and file = @Wrapped"),
            row => PaymentRun.OwnerOf(row.Id)),
    ];
}
