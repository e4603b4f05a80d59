using System.Globalization;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>Handed: the paper is out. Cancelled: it came back, and so did the points.</summary>
public enum VoucherOrderState { Handed, Cancelled }

/// <summary>Vouchers that a desk handed out for points at one time (S4-08c).</summary>
/// <param name="Id">Of the transfer.</param>
/// <param name="Count">Sheets.</param>
/// <param name="Points">The citizen's.</param>
/// <param name="Premium">What the municipality added (S2-P8h).</param>
/// <param name="Runs">The numbers that were handed out.</param>
public sealed record VoucherOrder(TransferId Id, int Bucket, CitizenId Citizen, Guid Product, string ProductName, MunicipalityCode Municipality, AcceptorId Desk, long Count, Kernel.Points Denomination,
    Kernel.Points Points, Kernel.Points Premium, ProgrammeId? Programme, DateOnly Day, long MadeMs, VoucherOrderState State, TransferId? EndedBy, long? EndedMs)
{
    public IReadOnlyList<VoucherRun> Runs { get; init; } = [];

    /// <summary>Its name in addresses: the bucket in 2 digits and the id.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Bucket:00}{Id.Value:N}");

    /// <returns>Bucket and id; or <c>transfer_unknown</c>.</returns>
    public static Result<(int Bucket, TransferId Id)> ReadKey(string? key) =>
        key is { Length: 34 } && int.TryParse(key.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) && Guid.TryParseExact(key.AsSpan(2), "N", out var id)
            ? (bucket, new TransferId(id)) : Refusal.Of("transfer_unknown");
}

internal sealed record StoredOrder
{
    public const string Columns = """
        o.id, o.bucket, o.citizen, o.product, p.name, o.municipality, o.desk, o.count, o.denomination, o.points, o.premium, o.programme, o.civil_day, o.made_ms, o.state, o.ended_by, o.ended_ms
        """;

    public TransferId Id { get; init; }
    public int Bucket { get; init; }
    public CitizenId Citizen { get; init; }
    public Guid Product { get; init; }
    public string Name { get; init; } = "";
    public MunicipalityCode Municipality { get; init; }
    public AcceptorId Desk { get; init; }
    public int Count { get; init; }
    public long Denomination { get; init; }
    public long Points { get; init; }
    public long Premium { get; init; }
    public ProgrammeId? Programme { get; init; }
    public DateOnly CivilDay { get; init; }
    public long MadeMs { get; init; }
    public string State { get; init; } = "";
    public TransferId? EndedBy { get; init; }
    public long? EndedMs { get; init; }

    public VoucherOrder Read(IEnumerable<StoredNumber> numbers) => new(Id, Bucket, Citizen, Product, Name, Municipality, Desk, Count, new Kernel.Points(Denomination), new Kernel.Points(Points),
        new Kernel.Points(Premium), Programme, CivilDay, MadeMs, Words<VoucherOrderState>.Stored(State), EndedBy, EndedMs)
    { Runs = VoucherRun.Join(numbers.Select(n => n.Read())).Value };
}

/// <summary>One sheet.</summary>
internal sealed record StoredNumber
{
    public int Bucket { get; init; }
    public TransferId Transfer { get; init; }
    public string Prefix { get; init; } = "";
    public long Serial { get; init; }
    public int Width { get; init; }

    public VoucherRun Read() => new(Prefix, Width, Serial, Serial);
}
