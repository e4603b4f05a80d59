using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.Kernel.OperationLog;

/// <summary>
/// Puts new rows of log_operation into the chain of stream <c>operations</c>, at least every second; it never changes them. Any process
/// may seal at any time: they take turns by the head row, and (height) is the guard that must never fire.
/// </summary>
public sealed class SealOperations(Database database, TimeProvider clock) : IJob
{
    /// <summary>Rows of one block at most.</summary>
    public const int BlockRows = 500;

    private const int RowsPerInsert = 100;

    private const string Begin = "insert into log_head(bucket, height, hash, epoch) values (0, 0, @Hash, 1) on conflict do nothing";

    // An update that changes nothing takes the row's lock on both engines.
    private const string Lock = "update log_head set epoch = epoch where bucket = 0";

    private const string Head = "select height, hash, epoch from log_head where bucket = 0";

    private const string Waiting = """
        select o.bucket, o.id, o.time_ms, o.civil_day, o.action, o.actor_kind, o.actor, o.subject, o.citizen, o.terminal, o.before, o.after, o.reason
        from log_pending p
        join log_operation o on o.bucket = p.bucket and o.id = p.id
        left join log_seal s on s.bucket = p.bucket and s.id = p.id
        where s.id is null
        order by o.id, o.bucket limit @Limit
        """;

    private const string Done = """
        delete from log_pending
        where exists (select 1 from log_seal s where s.bucket = log_pending.bucket and s.id = log_pending.id)
        """;

    private const string InsertBlock = """
        insert into log_block(height, previous_hash, count, entries_root, time_ms, writer, epoch, sums, hash)
        values (@Height, @PreviousHash, @Count, @EntriesRoot, @TimeMs, @Writer, @Epoch, @Sums, @Hash)
        """;

    private const string MoveHead = "update log_head set height = @Height, hash = @Hash where bucket = 0 and height = @Height - 1 and epoch = @Epoch";

    public string Name => "seal-operations";

    public TimeSpan Every => TimeSpan.FromMilliseconds(500);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var count = await Seal(run.Owner, stop);
        return new JobResult($"sealed {count}", More: count == BlockRows);
    }

    /// <summary>Seals one block of what is waiting, if anything is.</summary>
    /// <param name="writer">The process, noted in the block.</param>
    /// <returns>The number of rows sealed.</returns>
    public async Task<int> Seal(Guid writer, CancellationToken stop = default)
    {
        await using (var connection = await database.Open(stop))
            if (await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from log_pending limit 1) p") == 0) return 0;
        return await database.Write(tx => SealIn(tx, writer), stop);
    }

    private async Task<int> SealIn(Transaction tx, Guid writer)
    {
        if (await tx.Connection.ExecuteAsync(Lock, transaction: tx.Handle) == 0)
        {
            await tx.Connection.ExecuteAsync(Begin, new { Hash = BlockHeader.NoBlock }, tx.Handle);
            await tx.Connection.ExecuteAsync(Lock, transaction: tx.Handle);
        }
        var head = await tx.Connection.QuerySingleAsync<HeadRow>(Head, transaction: tx.Handle);
        var rows = (await tx.Connection.QueryAsync<OperationRecord>(Waiting, new { Limit = BlockRows }, tx.Handle)).AsList();
        if (rows.Count > 0) await Append(tx, head, writer, SealOf(rows));
        await tx.Connection.ExecuteAsync(Done, transaction: tx.Handle);
        return rows.Count;
    }

    private async Task Append(Transaction tx, HeadRow head, Guid writer, List<Sealed> seals)
    {
        var header = new BlockHeader(HistoryStream.Operations, 0, head.Height + 1, head.Hash, seals.Count, RootOf(seals.ConvertAll(s => s.Commitment)), clock.NowMs(), writer, head.Epoch, []);
        var hash = header.Hash();
        await tx.Connection.ExecuteAsync(InsertBlock, new
        {
            header.Height, header.PreviousHash, header.Count, header.EntriesRoot, header.TimeMs, header.Writer, header.Epoch,
            Sums = BlockHeader.SumBytes(header.Sums), Hash = hash,
        }, tx.Handle);
        foreach (var chunk in seals.Chunk(RowsPerInsert)) await Insert(tx, header.Height, chunk);
        var moved = await tx.Connection.ExecuteAsync(MoveHead, new { header.Height, Hash = hash, header.Epoch }, tx.Handle);
        Must.Hold(moved == 1, "the head that was locked is the one that moves");
    }

    /// <summary>Root over the entries <c>[1, 1, commitment]</c>.</summary>
    internal static byte[] RootOf(IReadOnlyList<byte[]> commitments)
    {
        var leaves = new byte[32 * commitments.Count];
        var entry = new byte[Entry.Length];
        for (var i = 0; i < commitments.Count; i++)
        {
            Entry.Write(OperationRecord.EntryKind, commitments[i], entry);
            Merkle.Leaf(entry, leaves.AsSpan(32 * i, 32));
        }
        return Merkle.Root(leaves);
    }

    private static List<Sealed> SealOf(List<OperationRecord> rows)
    {
        var salts = RandomNumberGenerator.GetBytes(32 * rows.Count);
        return [.. rows.Select((row, pos) =>
        {
            var salt = salts[(32 * pos)..(32 * pos + 32)];
            var bytes = row.Bytes();
            return new Sealed(row.Bucket, row.Id, pos, Entry.Commit(salt, bytes), salt, bytes);
        })];
    }

    private static Task Insert(Transaction tx, long height, Sealed[] seals)
    {
        var sql = new StringBuilder("insert into log_seal(bucket, id, height, pos, commitment, salt, record) values ");
        var values = new DynamicParameters(new { Height = height });
        for (var i = 0; i < seals.Length; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}(@B{i}, @I{i}, @Height, @P{i}, @C{i}, @S{i}, @R{i})");
            values.Add($"B{i}", seals[i].Bucket);
            values.Add($"I{i}", seals[i].Id);
            values.Add($"P{i}", seals[i].Pos);
            values.Add($"C{i}", seals[i].Commitment);
            values.Add($"S{i}", seals[i].Salt);
            values.Add($"R{i}", seals[i].Record);
        }
        return tx.Connection.ExecuteAsync(sql.ToString(), values, tx.Handle);
    }

    private sealed record Sealed(int Bucket, Guid Id, int Pos, byte[] Commitment, byte[] Salt, byte[] Record);

    private sealed record HeadRow
    {
        public long Height { get; init; }
        public byte[] Hash { get; init; } = [];
        public int Epoch { get; init; }
    }
}
