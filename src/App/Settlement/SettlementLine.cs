using System.Buffers.Binary;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>One line of a closed month: statements, claims and reports are sums of these and of nothing else.</summary>
/// <param name="Kind">Of the transfers, or of those that these undo.</param>
/// <param name="Undone">They give back: the amount is below nothing.</param>
/// <param name="Account">Who is paid; of <see cref="AccountKind.Partner"/> and <see cref="AccountKind.Budget"/> who pays.</param>
/// <param name="Partner">Whose exchange the points come from; empty where none.</param>
/// <param name="Programme">Which budget they come from; empty where none.</param>
/// <param name="OfMonth">To which month that belongs which is given back; else the line's own.</param>
/// <param name="Count">Transfers; those with several sources count at one of them.</param>
public sealed record SettlementLine(SettlementMonth Month, TransferKind Kind, bool Undone, Account Account, FundedBy Source, Guid Partner, Guid Programme, SettlementMonth OfMonth, long Count, long Amount)
{
    /// <summary>Follows from all but the sums.</summary>
    public Guid Id
    {
        get
        {
            Span<byte> name = stackalloc byte[4 * 7 + 3 * 16];
            ReadOnlySpan<int> numbers = [Month.Number, (int)Kind, Undone ? 1 : 0, (int)Account.Kind, int.Parse(Account.Issuer.Value, System.Globalization.CultureInfo.InvariantCulture), (int)Source, OfMonth.Number];
            for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(name[(4 * i)..], numbers[i]);
            ReadOnlySpan<Guid> ids = [Account.Owner, Partner, Programme];
            for (var i = 0; i < ids.Length; i++) Must.Hold(ids[i].TryWriteBytes(name[(28 + 16 * i)..], bigEndian: true, out _), "an id has 16 bytes");
            return Ids.Named<TransferId>(name).Value;
        }
    }

    /// <param name="months">Closed before, by period.</param>
    internal static SettlementLine Of(SettlementMonth month, IReadOnlyList<SettlementMonth> months, SettledAs group, (long Count, long Amount) sum) =>
        new(month, group.Kind, group.Undone, group.Account, group.Source, group.Partner, group.Programme, group.Period < months.Count ? months[group.Period] : month, sum.Count, sum.Amount);
}

internal sealed class SettlementLineRow
{
    public const string Columns = "month, kind, undone, account_kind, issuer, owner, source, partner, programme, of_month, count, amount";

    public int Month { get; init; }
    public int Kind { get; init; }
    public int Undone { get; init; }
    public int AccountKind { get; init; }
    public string Issuer { get; init; } = "";
    public Guid Owner { get; init; }
    public int Source { get; init; }
    public Guid Partner { get; init; }
    public Guid Programme { get; init; }
    public int OfMonth { get; init; }
    public long Count { get; init; }
    public long Amount { get; init; }

    public SettlementLine Read() => new(new SettlementMonth(Month), (TransferKind)Kind, Undone == 1, new Account((AccountKind)AccountKind, MunicipalityCode.Trusted(Issuer), Owner), (FundedBy)Source, Partner, Programme,
        new SettlementMonth(OfMonth), Count, Amount);
}
