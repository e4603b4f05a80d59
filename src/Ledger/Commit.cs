using System.Data.Common;
using System.Diagnostics;
using MyKey.Kernel.Chain;

namespace MyKey.Ledger;

/// <summary>One batch: one database transaction, one block in every bucket that it touches. No answer before the commit is durable.</summary>
internal sealed class Commit(LedgerSql sql, Commit.Place place, LedgerOptions options)
{
    /// <summary>Whose batches they are.</summary>
    public sealed record Place(TimeProvider Clock, Buckets Buckets, Guid Writer);

    private const int Attempts = 4;

    public async Task Run(List<Pending> batch)
    {
        try
        {
            await Post(batch);
        }
        catch (Exception failure) when (failure is DbException or BrokenProperty or IOException or TimeoutException)
        {
            await sql.Abandon();
            await Retry(batch, failure);
        }
        catch (Exception failure)
        {
            await sql.Abandon();
            foreach (var pending in batch) pending.Fail(failure);
        }
    }

    /// <summary>
    /// The database refused the batch: try again smaller, bounded. If the commit had gone through and only its answer was lost, the transfers
    /// are found by their ids and answered as repeated.
    /// </summary>
    private async Task Retry(List<Pending> batch, Exception failure)
    {
        var again = batch.Where(p => ++p.Attempts < Attempts).ToList();
        foreach (var spent in batch.Except(again)) spent.Fail(failure);
        if (again.Count == 0) return;
        var half = (again.Count + 1) / 2;
        await Run(again[..half]);
        if (half < again.Count) await Run(again[half..]);
    }

    private async Task Post(List<Pending> batch)
    {
        using var attempt = LedgerMeter.Attempt(batch.Count);
        var need = NeedOf(batch);
        for (; ; )
        {
            var since = Stopwatch.GetTimestamp();
            var loaded = await sql.Load(need);
            since = LedgerMeter.Phase("load", since);
            var state = new BatchState(loaded, place.Clock, options.Seal);
            foreach (var pending in batch) pending.Outcome = pending.Dropped is { } no ? new Outcome(no) : state.Apply(pending.Transfer, pending.Bucket);
            if (await Drop(batch, state)) continue;
            var (blocks, lots) = (Blocks(state, loaded), state.ChangedLots());
            since = LedgerMeter.Phase("apply", since);
            await sql.Write(blocks, lots, state.ChangedHolders());
            LedgerMeter.Phase("write", since);
            LedgerMeter.Batch(batch.Count);
            return;
        }
    }

    /// <summary>
    /// Runs the companions of what was accepted, then takes from budgets what its premiums need. A companion that finds another number of rows drops its transfer, a budget that is too small the
    /// last of its premiums, and the batch is done again.
    /// </summary>
    private async Task<bool> Drop(List<Pending> batch, BatchState state)
    {
        var all = batch.Where(p => p.Outcome is { Row: not null, Repeated: false }).SelectMany(p => p.Transfer.Companions.Select(c => (Pending: p, Companion: c))).ToList();
        // In one order, so that two writers never wait for each other.
        var budgets = state.FromBudgets.Where(b => b.Value != 0).OrderBy(b => b.Key.Value).ToList();
        if (all.Count + budgets.Count == 0) return false;
        var wrong = await sql.Run([.. all.Select(x => x.Companion), .. budgets.Select(b => PremiumBudget.Take(BucketOf(b.Key), b.Key, b.Value))]);
        if (wrong < 0) return false;
        if (wrong < all.Count) all[wrong].Pending.Dropped = all[wrong].Companion.Otherwise;
        else PremiumBudget.DropBeyond(batch, budgets[wrong - all.Count].Key, await sql.RestOf(BucketOf(budgets[wrong - all.Count].Key), LimitId.Budget(budgets[wrong - all.Count].Key)));
        return true;
    }

    private int BucketOf(ProgrammeId round) => place.Buckets.Of(round.Value);

    private List<BlockToWrite> Blocks(BatchState state, Loaded loaded)
    {
        var blocks = new List<BlockToWrite>(state.Entries.Count);
        foreach (var (bucket, entries) in state.Entries)
        {
            var head = loaded.Heads[bucket];
            var sums = SumsOf(entries);
            var header = new BlockHeader(HistoryStream.Points, bucket, head.Height + 1, head.Hash, entries.Count, Root(entries), state.NowMs, place.Writer, head.Epoch, sums);
            blocks.Add(new BlockToWrite(header, BlockHeader.SumBytes(sums), header.Hash(), entries));
        }
        return blocks;
    }

    private byte[] Root(List<EntryToWrite> entries)
    {
        if (!options.Seal) return BlockHeader.NoBlock;
        var leaves = new byte[32 * entries.Count];
        Span<byte> bytes = stackalloc byte[Entry.Length];
        for (var i = 0; i < entries.Count; i++)
        {
            Entry.Write((int)entries[i].Record.Kind, entries[i].Commit, bytes);
            Merkle.Leaf(bytes, leaves.AsSpan(32 * i, 32));
        }
        return Merkle.Root(leaves);
    }

    /// <summary>Totals per issuer and account kind, so that conservation of points can be verified without seeing persons.</summary>
    internal static IReadOnlyList<BlockSum> SumsOf(IReadOnlyList<EntryToWrite> entries) => SumsOf(entries.SelectMany(e => e.Record.Legs));

    internal static IReadOnlyList<BlockSum> SumsOf(IEnumerable<Leg> legs)
    {
        var sums = new SortedDictionary<(MunicipalityCode Issuer, int Kind), (long Debit, long Credit)>();
        foreach (var leg in legs)
        {
            var key = (leg.Account.Issuer, (int)leg.Account.Kind);
            sums.TryGetValue(key, out var sum);
            sums[key] = leg.Amount < 0 ? (sum.Debit - leg.Amount, sum.Credit) : (sum.Debit, sum.Credit + leg.Amount);
        }
        return [.. sums.Select(s => new BlockSum(s.Key.Issuer.Value, s.Key.Kind, s.Value.Debit, s.Value.Credit))];
    }

    private static Need NeedOf(List<Pending> batch)
    {
        var buckets = new SortedSet<int>();
        var citizens = new HashSet<(int, CitizenId)>(batch.Count);
        var ids = new HashSet<(int, TransferId)>(batch.Count);
        var cancelled = new HashSet<(int, TransferId)>();
        var (holders, premiums) = (new HashSet<(int, CitizenId)>(), new HashSet<(int, TransferId)>());
        foreach (var pending in batch)
        {
            buckets.Add(pending.Bucket);
            ids.Add((pending.Bucket, pending.Transfer.Id));
            if (pending.Transfer.Citizen is { } citizen) (pending.Transfer.Kind == TransferKind.Premium ? holders : citizens).Add((pending.Bucket, citizen));
            if (pending.Transfer.Pledged is { } pledge) ids.Add((pending.Bucket, pledge));
            if (pending.Transfer.Cancels is not { } original) continue;
            cancelled.Add((pending.Bucket, original));
            if (pending.Transfer.Undoes == TransferKind.Premium) premiums.Add((pending.Bucket, original));
            ids.Add((pending.Bucket, original));
        }
        return new Need([.. buckets], [.. citizens], [.. ids], [.. cancelled]) { Holders = [.. holders], Premiums = [.. premiums] };
    }
}
