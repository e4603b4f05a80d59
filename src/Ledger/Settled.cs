namespace MyKey.Ledger;

/// <summary>Who pays for points in the end (S2-P8f): a partner that exchanged them, a programme's own budget, what a municipality adds to vouchers, the State.</summary>
public enum FundedBy { Partner = 1, Budget = 2, Premium = 3, State = 4 }

/// <summary>What is summed up together for settlement.</summary>
/// <param name="Kind">Of the transfer, or of the one that it undoes.</param>
/// <param name="Undone">It gives back what <paramref name="Kind"/> moved: the amount is below nothing.</param>
/// <param name="Account">
/// The counter-account that it touches. A move out of the pool touches none: there it is the partner's at the municipality that is to be paid from then on (S2-Q1).
/// </param>
/// <param name="Partner">Whose exchange the points come from; empty where none.</param>
/// <param name="Programme">Which budget they come from; empty where none.</param>
/// <param name="Period">Which of the periods that the reader was asked for holds what is undone; else the last one.</param>
public readonly record struct SettledAs(TransferKind Kind, bool Undone, Account Account, FundedBy Source, Guid Partner, Guid Programme, int Period);

/// <summary>Where a reader is in one chain: after the entry at this position.</summary>
public readonly record struct ChainPlace(long Height, int Position)
{
    /// <summary>After the whole block.</summary>
    public static ChainPlace After(long height) => new(height, int.MaxValue);
}

/// <summary>A part of one chain.</summary>
/// <param name="Last">The last block of it.</param>
/// <param name="Cuts">Last blocks of the periods before, which say when something was that is undone here.</param>
public sealed record ChainPart(int Bucket, ChainPlace After, long Last, IReadOnlyList<long> Cuts)
{
    /// <summary>The period of a block.</summary>
    public int PeriodOf(long height)
    {
        var period = 0;
        while (period < Cuts.Count && Cuts[period] < height) period++;
        return period;
    }
}

/// <summary>Sums by <see cref="SettledAs"/>, as they grow.</summary>
public sealed class SettledSums
{
    private readonly Dictionary<SettledAs, (long Count, long Amount)> sums = [];

    public IReadOnlyDictionary<SettledAs, (long Count, long Amount)> All => sums;

    public int Groups => sums.Count;

    public long Transfers { get; internal set; }

    public void Add(SettledAs group, long count, long amount)
    {
        var (before, sum) = sums.GetValueOrDefault(group);
        sums[group] = (before + count, checked(sum + amount));
    }
}

/// <summary>One posting of a transfer, as settlement counts it.</summary>
/// <param name="Undoes">Receipt of what it gives back.</param>
public sealed record SettledPosting(ReceiptNumber Receipt, TransferId Transfer, long TimeMs, SettledAs As, long Amount, ReceiptNumber? Undoes);
