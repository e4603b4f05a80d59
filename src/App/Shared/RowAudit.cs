using MyKey.Kernel;

namespace MyKey.App.Shared;

/// <summary>A comparison of a slice's own rows with the ledger.</summary>
/// <param name="Name">Such as <c>vouchers</c>.</param>
/// <param name="Nightly">It is bounded by itself; else it is for a whole audit.</param>
public sealed record RowAuditPart(string Name, bool Nightly, Func<CancellationToken, Task<RowAudit>> Run);

/// <summary>What came of comparing a slice's own rows with the ledger.</summary>
/// <param name="Broken">The first broken row and what is wrong with it, or null.</param>
public sealed record RowAudit(long Rows, string? Broken)
{
    /// <summary>Rows and ledger are read one after the other: what moves in between agrees when it is read again.</summary>
    private const int Reads = 3;

    public bool Holds => Broken is null;

    /// <param name="one">How many rows a bucket has, and the first that is wrong.</param>
    public static async Task<RowAudit> EachBucket(Buckets buckets, Func<int, Task<(long Rows, string? Broken)>> one)
    {
        long rows = 0;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            var read = await Settled(() => one(bucket));
            rows += read.Rows;
            if (read.Broken is not null) return new RowAudit(rows, read.Broken);
        }
        return new RowAudit(rows, null);
    }

    /// <summary>What a look says that finds nothing wrong, or the last of several.</summary>
    public static async Task<(long Rows, string? Broken)> Settled(Func<Task<(long Rows, string? Broken)>> look)
    {
        var read = await look();
        for (var tried = 1; tried < Reads && read.Broken is not null; tried++) read = await look();
        return read;
    }
}
