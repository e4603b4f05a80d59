using System.Data.Common;
using System.Formats.Cbor;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What an audit found.</summary>
/// <param name="Broken">The first broken row and what is wrong with it, or null.</param>
public sealed record AuditReport(long Blocks, long Transfers, long Lots, long Limits, string? Broken)
{
    public bool Holds => Broken is null;
}

/// <summary>
/// Recomputes every block and every invariant of docs/invariants.md from the records and compares the projection with them, column by column;
/// then the limits. Reads one bucket after the other and the limits of all together, each in a transaction that sees one state and holds up no writer.
/// </summary>
public sealed class Audit(Database database, Buckets buckets)
{
    public async Task<AuditReport> Run(CancellationToken stop = default)
    {
        await using (var first = await database.Open(stop))
            if (await first.ExecuteScalarAsync<long>("select count(*) from ledger_genesis") == 0) return new AuditReport(0, 0, 0, 0, null);
        var sum = new AuditReport(0, 0, 0, 0, null);
        for (var bucket = 0; bucket < buckets.Count && sum.Holds; bucket++)
        {
            var one = (await Bucket(bucket, null, stop)).Report;
            sum = new AuditReport(sum.Blocks + one.Blocks, sum.Transfers + one.Transfers, sum.Lots + one.Lots, 0, one.Broken);
        }
        if (!sum.Holds) return sum;
        var limits = await Limits(stop);
        return sum with { Limits = limits.Limits, Broken = limits.Broken };
    }

    /// <summary>One bucket. Since an earlier audit: its blocks, their records and rows; what follows from all of them (lots, and what stands in no block) needs the whole.</summary>
    /// <param name="since">Where the chain ended then; null: from the first block on.</param>
    /// <returns>And where the chain ends now; null where it does not hold.</returns>
    public async Task<(AuditReport Report, ChainEnd? End)> Bucket(int bucket, ChainEnd? since, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        await using var snapshot = await Snapshot(connection, stop);
        if (await connection.ExecuteScalarAsync<long>("select count(*) from ledger_genesis") == 0) return (new AuditReport(0, 0, 0, 0, null), null);
        var one = new BucketAudit(bucket, connection, since);
        string? broken = null;
        try
        {
            await one.Run(stop);
        }
        catch (Found found)
        {
            broken = found.Message;
        }
        catch (Exception unreadable) when (unreadable is CborContentException or InvalidOperationException or FormatException)
        {
            broken = $"bucket {bucket}, block {one.Height + 1}: unreadable ({unreadable.Message})";
        }
        return (new AuditReport(one.Blocks, one.Transfers, one.Lots, 0, broken), broken is null ? one.End : null);
    }

    /// <summary>The limits of all together, after their buckets.</summary>
    public async Task<AuditReport> Limits(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        await using var snapshot = await Snapshot(connection, stop);
        try
        {
            return new AuditReport(0, 0, 0, await new LimitAudit(connection, buckets).Run(), null);
        }
        catch (Found found)
        {
            return new AuditReport(0, 0, 0, 0, found.Message);
        }
    }

    private static async Task<DbTransaction> Snapshot(DbConnection connection, CancellationToken stop) => connection is SqliteConnection lite
        ? lite.BeginTransaction(deferred: true)
        : await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
}

/// <summary>The first broken thing, named.</summary>
internal sealed class Found(string what) : Exception(what)
{
    public static void Unless(bool holds, FormattableString what)
    {
        if (!holds) throw new Found(FormattableString.Invariant(what));
    }
}

/// <summary>One bucket's chain, to its head.</summary>
/// <param name="since">Begins after this block; null: with the first.</param>
internal sealed class BucketAudit(int bucket, DbConnection connection, ChainEnd? since)
{
    private const int BlocksAtOnce = 200;

    // What follows from all records together: only where all are read.
    private readonly LotReplay? replay = since is null ? new(bucket) : null;

    public long Blocks { get; private set; }

    public long Height => (since?.Height ?? 0) + Blocks;

    public ChainEnd? End { get; private set; }

    public long Transfers { get; private set; }

    public long Lots { get; private set; }

    public async Task Run(CancellationToken stop)
    {
        var head = await connection.QuerySingleOrDefaultAsync<HeadRow>("select height, hash from ledger_head where bucket = @bucket", new { bucket });
        Found.Unless(head is not null, $"ledger_head bucket {bucket}: missing");
        var previous = since is null || since.Height == 0 ? BlockHeader.NoBlock : await Seen(since);
        for (var from = Height + 1; ; from += BlocksAtOnce)
        {
            stop.ThrowIfCancellationRequested();
            var range = new { bucket, from, to = from + BlocksAtOnce - 1 };
            var blocks = (await connection.QueryAsync<BlockRow>("select * from ledger_block where bucket = @bucket and height between @from and @to order by height", range)).AsList();
            if (blocks.Count == 0) break;
            var entries = (await connection.QueryAsync<EntryRow>(
                "select height, pos, kind, commitment, salt, record from ledger_entry where bucket = @bucket and height between @from and @to order by height, pos", range)).ToLookup(e => e.Height);
            foreach (var block in blocks)
            {
                previous = await Check(block, [.. entries[block.Height]], previous);
                Blocks++;
            }
        }
        Found.Unless(head!.Height == Height && head.Hash.AsSpan().SequenceEqual(previous), $"ledger_head bucket {bucket}: height {head.Height}, the chain ends at {Height}");
        End = new ChainEnd(Height, previous);
        if (replay is null) return;
        await NothingElse();
        Lots = await replay.CompareLots(connection);
        await replay.ComparePremiums(connection);
    }

    /// <summary>The block that an earlier audit has seen: a chain whose end was cut off, or that was written anew, has another or none.</summary>
    private async Task<byte[]> Seen(ChainEnd last)
    {
        var hash = await connection.QuerySingleOrDefaultAsync<byte[]?>("select hash from ledger_block where bucket = @bucket and height = @Height", new { bucket, last.Height });
        Found.Unless(hash is not null && hash.AsSpan().SequenceEqual(last.Hash), $"ledger_block bucket {bucket} height {last.Height}: {(hash is null ? "missing" : "another one")}, an earlier audit has seen it");
        return last.Hash;
    }

    private async Task<byte[]> Check(BlockRow row, List<EntryRow> entries, byte[] previous)
    {
        var place = $"ledger_block bucket {bucket} height {row.Height}";
        Found.Unless(row.Height == Height + 1, $"{place}: block {Height + 1} is missing before it");
        Found.Unless(row.PreviousHash.AsSpan().SequenceEqual(previous), $"{place}: previous_hash is not the hash of the block before");
        Found.Unless(entries.Count == row.Count && entries.Select(e => e.Pos).SequenceEqual(Enumerable.Range(0, row.Count)), $"{place}: {entries.Count} entries, not {row.Count}");
        var records = entries.ConvertAll(e => (e.Pos, Record: Open(e)));
        var leaves = new byte[32 * entries.Count];
        var bytes = new byte[Entry.Length];
        for (var i = 0; i < entries.Count; i++)
        {
            Entry.Write(entries[i].Kind, entries[i].Commitment, bytes);
            Merkle.Leaf(bytes, leaves.AsSpan(32 * i, 32));
        }
        Found.Unless(Merkle.Root(leaves).AsSpan().SequenceEqual(row.EntriesRoot), $"{place}: entries_root is not the root of its entries");
        var header = new BlockHeader(HistoryStream.Points, bucket, row.Height, row.PreviousHash, row.Count, row.EntriesRoot, row.TimeMs, row.Writer, row.Epoch, BlockHeader.ReadSums(row.Sums));
        var hash = header.Hash();
        Found.Unless(hash.AsSpan().SequenceEqual(row.Hash), $"{place}: hash is not the hash of its header");
        Found.Unless(header.Sums.SequenceEqual(Commit.SumsOf(records.SelectMany(r => r.Record.Legs))), $"{place}: sums are not the sums of its postings");
        var rows = (await connection.QueryAsync<TransferAuditRow>(TransferAuditRow.Select(connection), TransferAuditRow.Parameters(connection, bucket, records.Select(r => r.Record.Id)))).ToDictionary(r => r.Id);
        foreach (var (pos, record) in records) Check(record, rows.GetValueOrDefault(record.Id), row.Height, pos);
        Transfers += records.Count;
        return hash;
    }

    private TransferRecord Open(EntryRow entry)
    {
        var place = $"ledger_entry bucket {bucket} height {entry.Height} pos {entry.Pos}";
        Found.Unless(entry.Record is not null && entry.Salt is not null, $"{place}: record or salt is gone without an erasure");
        var commit = Entry.Commit(entry.Salt, entry.Record);
        Found.Unless(CryptographicOperations.FixedTimeEquals(commit, entry.Commitment), $"{place}: commitment is not that of its record");
        var record = TransferRecord.Read(entry.Record!);
        Found.Unless(record.Bucket == bucket && (int)record.Kind == entry.Kind, $"{place}: record belongs to another place");
        replay?.Remember(record.Id, commit);
        return record;
    }

    private void Check(TransferRecord record, TransferAuditRow? row, long height, int pos)
    {
        var place = $"ledger_transfer bucket {bucket} id {record.Id.Value}";
        Found.Unless(record.Legs.Sum(l => l.Amount) == 0, $"{place}: its postings do not sum to zero");
        Found.Unless(Directions.Allow(record.Kind, record.Legs, record.Citizen), $"{place}: its postings go a way that is not allowed");
        var before = replay?.Apply(record, place);
        Found.Unless(row is not null, $"{place}: missing, its record stands in block {height}");
        row!.Compare(record, replay is null ? row.Previous : before, height, pos, place);
    }

    private async Task NothingElse()
    {
        var transfers = await connection.ExecuteScalarAsync<long>("select count(*) from ledger_transfer where bucket = @bucket", new { bucket });
        if (transfers != Transfers)
        {
            var extra = await connection.QueryFirstOrDefaultAsync<TransferId>("""
                select t.id from ledger_transfer t where t.bucket = @bucket and not exists(select 1 from ledger_entry e
                  where e.bucket = t.bucket and e.height = t.height and e.pos = t.pos) order by t.id limit 1
                """, new { bucket });
            Found.Unless(false, $"ledger_transfer bucket {bucket} id {extra.Value}: stands in no block ({transfers} rows, {Transfers} records)");
        }
        var entries = await connection.ExecuteScalarAsync<long>("select count(*) from ledger_entry where bucket = @bucket", new { bucket });
        Found.Unless(entries == Transfers, $"ledger_entry bucket {bucket}: {entries} rows, the blocks count {Transfers}");
    }

    private sealed class HeadRow { public long Height { get; set; } public byte[] Hash { get; set; } = []; }

    private sealed class BlockRow
    {
        public long Height { get; set; }
        public byte[] PreviousHash { get; set; } = [];
        public int Count { get; set; }
        public byte[] EntriesRoot { get; set; } = [];
        public long TimeMs { get; set; }
        public Guid Writer { get; set; }
        public int Epoch { get; set; }
        public byte[] Sums { get; set; } = [];
        public byte[] Hash { get; set; } = [];
    }

    private sealed class EntryRow
    {
        public long Height { get; set; }
        public int Pos { get; set; }
        public int Kind { get; set; }
        public byte[] Commitment { get; set; } = [];
        public byte[]? Salt { get; set; }
        public byte[]? Record { get; set; }
    }
}
