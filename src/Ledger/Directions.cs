using System.Collections.Frozen;

namespace MyKey.Ledger;

/// <summary>Kinds of transfer. The numbers stand in records and entries and never change.</summary>
public enum TransferKind
{
    Grant = 1, Use = 2, Cancel = 3, Expire = 4, Exchange = 5, Move = 6, TicketIssue = 7, TicketUse = 8, TicketReturn = 9, Voucher = 10, Charge = 11,
    Pledge = 12, Capture = 13, Release = 14, Donate = 15, Void = 16, Refund = 17, Recall = 18, Payout = 19,
    Premium = 20,
}

/// <summary>
/// The ways that points may go, and no others: <c>directions.csv</c>. Always inside one issuer (S0-4030), which is the State where it pays by itself (<c>state</c>) and nowhere else,
/// but for reserved points, which leave the pool for one (<c>from_pool</c>, S0-1010b); never to another person (S0-1013), never to money (S0-1017), never bought (S0-4042).
/// </summary>
public static class Directions
{
    private const string FromPool = "from_pool", State = "state";

    private static readonly FrozenDictionary<(TransferKind, AccountKind, AccountKind), string> Ways = Load().ToFrozenDictionary(w => w.Way, w => w.Issuers);

    public static IEnumerable<(TransferKind Kind, AccountKind From, AccountKind To)> All => Ways.Keys.Order();

    /// <summary>The refusal <c>direction_forbidden</c> or <c>transfer_forbidden</c>, or null when the way is allowed.</summary>
    public static Refusal? Check(TransferKind kind, Account from, Account to, CitizenId? citizen)
    {
        if (from.Kind == AccountKind.Holding && to.Kind == AccountKind.Holding && from.Owner != to.Owner) return Refusal.Of("transfer_forbidden");
        if (!Ways.TryGetValue((kind, from.Kind, to.Kind), out var issuers)) return Refusal.Of("direction_forbidden");
        if (!from.HasRightIssuer || !to.HasRightIssuer || (issuers != FromPool && from.Issuer != to.Issuer)) return Refusal.Of("direction_forbidden");
        if ((issuers == State) != (from.Issuer == MunicipalityCode.State)) return Refusal.Of("direction_forbidden");
        return BelongsTo(from, citizen) && BelongsTo(to, citizen) ? null : Refusal.Of("transfer_forbidden");
    }

    /// <summary>Whether every posting of a transfer went an allowed way.</summary>
    internal static bool Allow(TransferKind kind, IReadOnlyList<Leg> legs, CitizenId? citizen) =>
        legs.All(from => from.Amount >= 0 || legs.All(to => to.Amount <= 0 || Check(kind, from.Account, to.Account, citizen) is null));

    private static bool BelongsTo(Account account, CitizenId? citizen) =>
        account.Kind is not (AccountKind.Holding or AccountKind.Reserved) || account.Owner == citizen?.Value;

    private static IEnumerable<((TransferKind, AccountKind, AccountKind) Way, string Issuers)> Load()
    {
        foreach (var cells in Embedded.Rows(typeof(Directions), "directions.csv", 5))
        {
            Must.Hold(cells[3] is "same" or FromPool or State, "a way stays with one issuer, which may be the State, or leaves the pool");
            yield return ((Enum.Parse<TransferKind>(cells[0], true), Enum.Parse<AccountKind>(cells[1], true), Enum.Parse<AccountKind>(cells[2], true)), cells[3]);
        }
    }
}
