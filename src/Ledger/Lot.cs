namespace MyKey.Ledger;

/// <summary>
/// Points acquired at once, as the writer holds them while it works on a batch. Each lot carries the number, commitment and transfer of the
/// last entry that touched it: the citizen's last entry is the one with the highest number, so no holding row is needed to know it.
/// </summary>
internal sealed class Lot
{
    public required int Bucket { get; init; }

    public required LotId Id { get; init; }

    public required CitizenId Citizen { get; init; }

    public required Account Account { get; init; }

    public required DateOnly AcquiredOn { get; init; }

    public required DateOnly ExpiresOn { get; init; }

    public required long Amount { get; init; }

    public required LotSource Source { get; init; }

    public ProgrammeId? Programme { get; init; }

    /// <summary>The lot in whose place this one was made: a lapsed one by a cancel, the one that its points came from by a move or a ticket.</summary>
    public LotId? Parent { get; init; }

    public long Remaining { get; set; }

    public long EntryNo { get; set; }

    public byte[] Commit { get; set; } = [];

    public TransferId LastTransfer { get; set; }

    /// <summary>Empty, and another lot of the citizen carries a higher entry number: no longer loaded by payments.</summary>
    public bool Closed { get; set; }

    public LotChange Change { get; set; }

    /// <summary>A lot past its date is unusable even when the job that expires it is late.</summary>
    public bool UsableOn(DateOnly day) => Remaining > 0 && (day <= ExpiresOn || !Account.Lapses);

    public static int ByGrantDate(Lot a, Lot b) =>
        a.AcquiredOn != b.AcquiredOn ? a.AcquiredOn.CompareTo(b.AcquiredOn)
        : a.ExpiresOn != b.ExpiresOn ? a.ExpiresOn.CompareTo(b.ExpiresOn)
        : CompareIds(a, b);

    public static int ByExpiry(Lot a, Lot b) =>
        a.ExpiresOn != b.ExpiresOn ? a.ExpiresOn.CompareTo(b.ExpiresOn)
        : a.AcquiredOn != b.AcquiredOn ? a.AcquiredOn.CompareTo(b.AcquiredOn)
        : CompareIds(a, b);

    private static int CompareIds(Lot a, Lot b)
    {
        Span<byte> x = stackalloc byte[16], y = stackalloc byte[16];
        a.Id.Value.TryWriteBytes(x, bigEndian: true, out _);
        b.Id.Value.TryWriteBytes(y, bigEndian: true, out _);
        return x.SequenceCompareTo(y);
    }
}

internal enum LotChange { None, Updated, Inserted }
