using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Cases;

/// <summary>What a line did to the points it tells of: they came, went, or changed inside a ticket or a pledge that holds them.</summary>
public enum CaseWay { In, Out, Inside }

/// <summary>A line of one of the three histories that somebody does not recognise, as its row says it (S0-5011, S0-5013).</summary>
/// <param name="History">A purse (<c>132985</c>, <c>132985.</c> and the event's id) or <c>reserved</c>.</param>
/// <param name="Points">As the points are called.</param>
/// <param name="Desk">The municipality whose office looks after it; null: the operators.</param>
public sealed record CaseLine(string History, HistoryRow Row, string Points, TransferId Transfer, TransferKind Kind, MunicipalityCode? Desk)
{
    public const string Reserved = "reserved";

    public AcceptorId? Acceptor { get; init; }

    public CaseWay Way => Row.In is not null ? CaseWay.In : Row.Out is not null ? CaseWay.Out : CaseWay.Inside;

    public Points Amount => Row.In ?? Row.Out ?? Held;

    /// <summary>How much of a ticket or pledge, where nothing else changes.</summary>
    public Points Held { get; init; }

    /// <summary>Where a line of a history is told of.</summary>
    public static string PathOf(string history, ReceiptNumber receipt) => $"/my/cases/new?history={history}&receipt={receipt}";

    public static string PathOf(Purse purse, ReceiptNumber receipt) => PathOf(purse.ToString(), receipt);
}
