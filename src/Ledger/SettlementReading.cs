using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>
/// What settlement reads: entries of a chain between two heights, out of their records, in pieces of a bounded number. It locks nothing and keeps payments waiting for nothing; other modules never read
/// the ledger's tables.
/// </summary>
public sealed class SettlementReading(Database database, Buckets buckets)
{
    private const string Entries = """
        select height, pos, record from ledger_entry where bucket = @Bucket and (height, pos) > (@Height, @Position) and height <= @Last order by height, pos limit @most
        """;

    private const string First = "select height from ledger_block where bucket = @bucket and height > @after and time_ms >= @fromMs order by height limit 1";

    private const string SourcesAtOnce = """
        select l.id, l.source_kind, l.partner, l.programme from unnest(@citizens, @lots) k(citizen, id)
        cross join lateral (select * from ledger_lot o where o.bucket = @bucket and o.citizen = k.citizen and o.id = k.id offset 0) l
        """;

    private const string HeightsAtOnce = """
        select t.id, t.height, t.pos from unnest(@ids) k(id) cross join lateral (select * from ledger_transfer o where o.bucket = @bucket and o.id = k.id offset 0) t
        """;

    /// <summary>When the first block of all was written; null while there is none.</summary>
    public async Task<long?> Began(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        long? began = null;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
            if (await connection.ExecuteScalarAsync<long?>("select time_ms from ledger_block where bucket = @bucket and height = 1", new { bucket }) is { } first && !(began <= first)) began = first;
        return began;
    }

    public async Task<long> Head(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select height from ledger_head where bucket = @bucket", new { bucket });
    }

    /// <summary>The first block after another whose time is an instant or later; null while there is none.</summary>
    public async Task<long?> FirstFrom(int bucket, long after, long fromMs, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long?>(First, new { bucket, after, fromMs });
    }

    /// <summary>Adds up at most so many entries.</summary>
    /// <returns>Where it came to; null at the end of the part.</returns>
    public async Task<ChainPlace?> Sum(ChainPart part, SettledSums into, int most, CancellationToken stop = default)
    {
        var read = await Read(part, most, stop);
        foreach (var (record, _) in read.Records) read.Sort(record, (group, count, amount) => into.Add(group, count, amount));
        into.Transfers += read.Records.Count;
        return read.Next;
    }

    /// <summary>Adds up a whole part, so many entries at a time.</summary>
    public async Task SumAll(ChainPart part, SettledSums into, int atOnce, CancellationToken stop = default)
    {
        for (ChainPlace? next = part.After; next is { } place;) next = await Sum(part with { After = place }, into, atOnce, stop);
    }

    /// <summary>Looks through at most so many entries for postings of some groups.</summary>
    /// <returns>Those, and where it came to; null at the end of the part.</returns>
    public async Task<(IReadOnlyList<SettledPosting> Found, ChainPlace? Next)> Postings(ChainPart part, Func<SettledAs, bool> which, int most, CancellationToken stop = default)
    {
        var read = await Read(part, most, stop);
        var found = new List<SettledPosting>();
        foreach (var (record, place) in read.Records)
            read.Sort(record, (group, _, amount) =>
            {
                if (which(group)) found.Add(new SettledPosting(new ReceiptNumber(part.Bucket, place.Height, place.Position), record.Id, record.TimeMs, group, amount, read.Undone(record)));
            });
        return (found, read.Next);
    }

    private async Task<SettledEntries> Read(ChainPart part, int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var rows = (await connection.QueryAsync<(long Height, int Position, byte[]? Record)>(Entries, new { part.Bucket, part.After.Height, part.After.Position, part.Last, most })).AsList();
        var records = rows.ConvertAll(r => (TransferRecord.Read(Must.Have(r.Record, "what is settled was not erased")), new ChainPlace(r.Height, r.Position)));
        var read = new SettledEntries(part, records, rows.Count < most ? null : records[^1].Item2);
        await Sources(connection, part.Bucket, read);
        await Heights(connection, part.Bucket, read);
        return read;
    }

    private static async Task Sources(DbConnection connection, int bucket, SettledEntries read)
    {
        var (citizens, lots) = read.UnknownLots();
        if (lots.Length == 0) return;
        if (connection is SqliteConnection lite)
        {
            using var find = new SqliteStatement(lite, "select source_kind, partner, programme from ledger_lot where bucket = ? and citizen = ? and id = ?");
            for (var i = 0; i < lots.Length; i++)
                for (var r = find.Add(bucket).Add(citizens[i]).Add(lots[i]); r.Next();) read.Know(lots[i], (SourceKind)r.Int(0), r.IdOrNull(1), r.IdOrNull(2));
        }
        else
            foreach (var (id, kind, partner, programme) in await connection.QueryAsync<(Guid, int, Guid?, Guid?)>(SourcesAtOnce, new { bucket, citizens, lots })) read.Know(id, (SourceKind)kind, partner, programme);
    }

    private static async Task Heights(DbConnection connection, int bucket, SettledEntries read)
    {
        var ids = read.UndoneIds();
        if (ids.Length == 0) return;
        if (connection is SqliteConnection lite)
        {
            using var find = new SqliteStatement(lite, "select height, pos from ledger_transfer where bucket = ? and id = ?");
            foreach (var id in ids)
                for (var r = find.Add(bucket).Add(id); r.Next();) read.KnowPlace(id, new ChainPlace(r.Long(0), r.Int(1)));
        }
        else
            foreach (var (id, height, position) in await connection.QueryAsync<(Guid, long, int)>(HeightsAtOnce, new { bucket, ids })) read.KnowPlace(id, new ChainPlace(height, position));
    }
}
