using System.Data;
using System.Data.Common;
using System.Formats.Cbor;
using Dapper;
using Microsoft.Data.Sqlite;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.OperationLog;

/// <summary>What the audit of the operation log came to.</summary>
/// <param name="Waiting">Rows written but not sealed yet, at most a second old in a running system.</param>
/// <param name="Broken">The first broken row and what is wrong with it, or null.</param>
public sealed record OperationAuditReport(long Blocks, long Rows, long Waiting, string? Broken)
{
    public bool Holds => Broken is null;
}

/// <summary>
/// Recomputes the chain of stream <c>operations</c>, its roots and commitments, compares log_operation with the records column by column,
/// and finds rows that are missing, extra or never sealed. A tail cut off together with its head row is found by the signer and the
/// witnesses only.
/// </summary>
public sealed class AuditOperations(Database database)
{
    public async Task<OperationAuditReport> Run(CancellationToken stop = default) => (await Since(null, stop)).Report;

    /// <param name="since">Where the chain ended at an earlier audit: blocks after it, and rows from its time on; null: everything.</param>
    /// <returns>And where the chain ends now; null where it does not hold.</returns>
    public async Task<(OperationAuditReport Report, ChainEnd? End)> Since(ChainEnd? since, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        // One state throughout, without holding up any writer.
        await using var snapshot = connection is SqliteConnection lite
            ? lite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        var walk = new OperationChainWalk(connection, since);
        try
        {
            return (await walk.Run(stop), walk.End);
        }
        catch (BrokenRow broken)
        {
            return (new OperationAuditReport(walk.Blocks, walk.Rows, 0, broken.Message), null);
        }
    }
}

/// <summary>The first broken thing, named.</summary>
internal sealed class BrokenRow(string what) : Exception(what)
{
    public static void Unless(bool holds, FormattableString what)
    {
        if (!holds) throw new BrokenRow(FormattableString.Invariant(what));
    }
}

internal sealed class OperationChainWalk(DbConnection connection, ChainEnd? since)
{
    /// <summary>Lines may be older than the block that seals them.</summary>
    private const long MarginMs = 3_600_000;

    private const int BlocksAtOnce = 50;

    private const string BlockRows = "select height, previous_hash, count, entries_root, time_ms, writer, epoch, sums, hash from log_block where height between @From and @To order by height";

    private const string Seals = """
        select s.height, s.pos, s.commitment, s.salt, s.record, s.bucket, s.id, case when o.id is null then 0 else 1 end as there,
          o.time_ms, o.civil_day, o.action, o.actor_kind, o.actor, o.subject, o.citizen, o.terminal, o.before, o.after, o.reason
        from log_seal s left join log_operation o on o.bucket = s.bucket and o.id = s.id
        where s.height between @From and @To order by s.height, s.pos
        """;

    private const string Stray = """
        select s.bucket, s.id from log_seal s left join log_block b on b.height = s.height where b.height is null order by s.bucket, s.id limit 1
        """;

    private const string Unsealed = """
        select o.bucket, o.id from log_operation o left join log_seal s on s.bucket = o.bucket and s.id = o.id
        left join log_pending p on p.bucket = o.bucket and p.id = o.id
        where o.time_ms >= @FromMs and s.id is null and p.id is null order by o.bucket, o.id limit 1
        """;

    private const string Gone = """
        select p.bucket, p.id from log_pending p left join log_operation o on o.bucket = p.bucket and o.id = p.id
        where o.id is null order by p.bucket, p.id limit 1
        """;

    public long Blocks { get; private set; }

    public long Rows { get; private set; }

    public ChainEnd? End { get; private set; }

    private long Height => (since?.Height ?? 0) + Blocks;

    public async Task<OperationAuditReport> Run(CancellationToken stop)
    {
        var (previous, fromMs) = since is null || since.Height == 0 ? (BlockHeader.NoBlock, 0) : await Seen(since);
        for (var from = Height + 1; ; from += BlocksAtOnce)
        {
            stop.ThrowIfCancellationRequested();
            var range = new { From = from, To = from + BlocksAtOnce - 1 };
            var blocks = (await connection.QueryAsync<BlockRow>(BlockRows, range)).AsList();
            var seals = (await connection.QueryAsync<SealRow>(Seals, range)).ToLookup(s => s.Height);
            if (blocks.Count == 0) break;
            foreach (var block in blocks) previous = Check(block, [.. seals[block.Height]], previous);
        }
        await CheckEnd(previous, fromMs);
        End = new ChainEnd(Height, previous);
        var waiting = await connection.ExecuteScalarAsync<long>("select count(*) from log_pending");
        return new OperationAuditReport(Blocks, Rows, waiting, null);
    }

    private byte[] Check(BlockRow row, List<SealRow> seals, byte[] previous)
    {
        var place = $"log_block height {row.Height}";
        BrokenRow.Unless(row.Height == Height + 1, $"{place}: block {Height + 1} is missing before it");
        BrokenRow.Unless(row.PreviousHash.AsSpan().SequenceEqual(previous), $"{place}: previous_hash is not the hash of the block before");
        var header = row.Header();
        BrokenRow.Unless(header is not null && header.Hash().AsSpan().SequenceEqual(row.Hash), $"{place}: hash is not the hash of its header");
        foreach (var seal in seals) Check(seal);
        BrokenRow.Unless(seals.Select(s => s.Pos).SequenceEqual(Enumerable.Range(0, row.Count)), $"{place}: {seals.Count} rows of log_seal at positions other than 0 to {row.Count - 1}");
        BrokenRow.Unless(SealOperations.RootOf(seals.ConvertAll(s => s.Commitment)).AsSpan().SequenceEqual(row.EntriesRoot), $"{place}: entries_root is not the root of its entries");
        Blocks++;
        Rows += seals.Count;
        return row.Hash;
    }

    private static void Check(SealRow seal)
    {
        BrokenRow.Unless(seal.Commitment.Length == 32 && Entry.Commit(seal.Salt, seal.Record).AsSpan().SequenceEqual(seal.Commitment), $"log_seal {seal.Place}: record is not what its commitment commits to");
        OperationRecord record;
        try
        {
            record = OperationRecord.Read(seal.Record);
        }
        catch (CborContentException unreadable)
        {
            throw new BrokenRow($"log_seal {seal.Place}: unreadable record ({unreadable.Message})");
        }
        BrokenRow.Unless(record.Bucket == seal.Bucket && record.Id == seal.Id, $"log_seal {seal.Place}: record is that of {record.Bucket}/{record.Id}");
        BrokenRow.Unless(seal.There == 1, $"log_operation {seal.Place}: missing, sealed in block {seal.Height}");
        var column = seal.Operation().FirstDifference(record);
        BrokenRow.Unless(column is null, $"log_operation {seal.Place}: {column} is not what its record says");
    }

    /// <summary>The block that an earlier audit has seen: a chain whose end was cut off, or that was written anew, has another or none.</summary>
    private async Task<(byte[] Hash, long FromMs)> Seen(ChainEnd last)
    {
        var block = await connection.QuerySingleOrDefaultAsync<BlockRow>("select hash, time_ms from log_block where height = @Height", new { last.Height });
        BrokenRow.Unless(block is not null && block.Hash.AsSpan().SequenceEqual(last.Hash), $"log_block height {last.Height}: {(block is null ? "missing" : "another one")}, an earlier audit has seen it");
        return (last.Hash, block!.TimeMs - MarginMs);
    }

    private async Task CheckEnd(byte[] last, long fromMs)
    {
        var head = await connection.QuerySingleOrDefaultAsync<BlockRow>("select height, hash from log_head where bucket = 0");
        BrokenRow.Unless((head?.Height ?? 0) == Height && (head is null || head.Hash.AsSpan().SequenceEqual(last)), $"log_head: height {head?.Height}, the chain ends at {Height}");
        if (since is null) await None(Stray, new { }, "log_seal", "its block is missing");
        await None(Unsealed, new { FromMs = fromMs }, "log_operation", "extra, neither sealed nor waiting to be");
        await None(Gone, new { }, "log_operation", "missing, taken away before it was sealed");
    }

    private async Task None(string sql, object values, string table, string what)
    {
        var found = await connection.QueryFirstOrDefaultAsync<SealRow>(sql, values);
        BrokenRow.Unless(found is null, $"{table} {found?.Place}: {what}");
    }

    private sealed record BlockRow
    {
        public long Height { get; init; }
        public byte[] PreviousHash { get; init; } = [];
        public int Count { get; init; }
        public byte[] EntriesRoot { get; init; } = [];
        public long TimeMs { get; init; }
        public Guid Writer { get; init; }
        public int Epoch { get; init; }
        public byte[] Sums { get; init; } = [];
        public byte[] Hash { get; init; } = [];

        public BlockHeader? Header() => Sums.AsSpan().SequenceEqual(BlockHeader.SumBytes([]))
            ? new BlockHeader(HistoryStream.Operations, 0, Height, PreviousHash, Count, EntriesRoot, TimeMs, Writer, Epoch, [])
            : null;
    }

    private sealed record SealRow
    {
        public long Height { get; init; }
        public int Pos { get; init; }
        public byte[] Commitment { get; init; } = [];
        public byte[] Salt { get; init; } = [];
        public byte[] Record { get; init; } = [];
        public int Bucket { get; init; }
        public Guid Id { get; init; }
        public int There { get; init; }
        public long TimeMs { get; init; }
        public int CivilDay { get; init; }
        public string? Action { get; init; }
        public int ActorKind { get; init; }
        public Guid Actor { get; init; }
        public Guid? Subject { get; init; }
        public Guid? Citizen { get; init; }
        public Guid? Terminal { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
        public string? Reason { get; init; }

        public string Place => $"{Bucket}/{Id}";

        public OperationRecord Operation() => new()
        {
            Bucket = Bucket, Id = Id, TimeMs = TimeMs, CivilDay = CivilDay, Action = Action ?? "", ActorKind = ActorKind, Actor = Actor,
            Subject = Subject, Citizen = Citizen, Terminal = Terminal, Before = Before, After = After, Reason = Reason,
        };
    }
}
