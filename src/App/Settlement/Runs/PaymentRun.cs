using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>
/// Checking: ledger, claims and file are being compared. Blocked: they differ. Waiting: for another officer. Approved: the file may go to the bank. Done: the bank has told what it did. Withdrawn: its claims are as they were.
/// </summary>
public enum RunState { Checking, Blocked, Waiting, Approved, Done, Withdrawn }

/// <summary>Returned: the bank could not pay it, the claims can be paid again.</summary>
public enum RunTransferState { Ordered, Paid, Returned }

/// <summary>支払いの回: one file of transfers for the bank of a municipality.</summary>
public sealed record PaymentRun(Guid Id, MunicipalityCode Issuer, DateOnly PayDay, int Transfers, long Amount, RunState State, StaffId Maker, long MadeMs)
{
    /// <summary>What its file is wrapped for.</summary>
    public static string OwnerOf(Guid id) => $"payment-run:{id:N}";
}

/// <param name="Number">In the file, as 顧客コード1.</param>
/// <param name="Tail">Last digits of the account.</param>
public sealed record RunTransfer(long Number, AccountHolder To, string Tail, long Amount, int Claims, RunTransferState State);

/// <summary>Where the three do not agree (S2-Q3).</summary>
/// <param name="FoundIn"><c>ledger</c> or <c>file</c>.</param>
/// <param name="Month">Of the ledger; 0 of the file.</param>
public sealed record RunDifference(string FoundIn, SettlementMonth Month, AccountHolder To, long Claimed, long Found);

internal sealed class RunRow
{
    public const string All = "select id, issuer, pay_day, transfers, amount, state, maker, made_ms from stl_run";

    public Guid Id { get; init; }
    public string Issuer { get; init; } = "";
    public DateOnly PayDay { get; init; }
    public int Transfers { get; init; }
    public long Amount { get; init; }
    public string State { get; init; } = "";
    public StaffId Maker { get; init; }
    public long MadeMs { get; init; }

    public PaymentRun Read() => new(Id, MunicipalityCode.Trusted(Issuer), PayDay, Transfers, Amount, Words<RunState>.Stored(State), Maker, MadeMs);
}
