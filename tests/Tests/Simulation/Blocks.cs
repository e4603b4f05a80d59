using System.Security.Cryptography;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Tests.Simulation;

/// <summary>Reads every chain from its first block on, from blocks and entries alone, and checks what holds them together.</summary>
internal static class Blocks
{
    public static async Task<List<Record>> Read(Database database)
    {
        await using var connection = await database.Open();
        var blocks = (await connection.QueryAsync<Block>("select * from ledger_block order by bucket, height")).ToList();
        var entries = (await connection.QueryAsync<Entry>("select * from ledger_entry order by bucket, height, pos")).ToLookup(e => (e.Bucket, e.Height));
        var (records, heads) = (new List<Record>(), new Dictionary<int, (long Height, byte[] Hash)>());
        foreach (var block in blocks)
        {
            var (height, hash) = heads.GetValueOrDefault(block.Bucket, (0, new byte[32]));
            var here = entries[(block.Bucket, block.Height)].ToList();
            Wrong.Unless(block.Height == height + 1 && block.PreviousHash.SequenceEqual(hash), $"block {block.Bucket}/{block.Height} does not follow {height}");
            Wrong.Unless(here.Count == block.Count && here.Select(e => e.Pos).SequenceEqual(Enumerable.Range(0, here.Count)), $"block {block.Bucket}/{block.Height} has {here.Count} entries");
            Wrong.Unless(Root([.. here.Select(e => Leaf(Cbor.Write((object[])[1, e.Kind, e.Commitment])))]).SequenceEqual(block.EntriesRoot), $"root of block {block.Bucket}/{block.Height}");
            var read = here.ConvertAll(Open);
            Wrong.Unless(Cbor.Write(Sums(read)).SequenceEqual(block.Sums), $"sums of block {block.Bucket}/{block.Height}");
            Wrong.Unless(block.Header().SequenceEqual(block.Hash), $"hash of block {block.Bucket}/{block.Height}");
            heads[block.Bucket] = (block.Height, block.Hash);
            records.AddRange(read);
        }
        Wrong.Unless(entries.Sum(e => e.Count()) == records.Count, $"entries stand in no block");
        return records;
    }

    private static Record Open(Entry entry)
    {
        Wrong.Unless(HMACSHA256.HashData(entry.Salt, entry.Record).SequenceEqual(entry.Commitment), $"commitment of {entry.Bucket}/{entry.Height}/{entry.Pos}");
        var record = Record.Read(entry.Record, entry.Commitment, (entry.Bucket, entry.Height, entry.Pos));
        Wrong.Unless(record.Kind == entry.Kind, $"kind of {entry.Bucket}/{entry.Height}/{entry.Pos}");
        return record;
    }

    private static object?[] Sums(IEnumerable<Record> records) =>
        [.. from p in records.SelectMany(r => r.Postings)
            group p.Amount by (p.Issuer, p.Kind) into g
            orderby g.Key.Issuer, g.Key.Kind
            select (object?[])[g.Key.Issuer, g.Key.Kind, g.Where(a => a < 0).Sum(a => -a), g.Where(a => a > 0).Sum()]];

    private static byte[] Leaf(byte[] bytes) => SHA256.HashData([0, .. bytes]);

    /// <summary>RFC 6962, as it is written there.</summary>
    private static byte[] Root(byte[][] leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var k = 1;
        while (2 * k < leaves.Length) k *= 2;
        return SHA256.HashData([1, .. Root(leaves[..k]), .. Root(leaves[k..])]);
    }

    private sealed class Block
    {
        public int Bucket { get; init; }
        public long Height { get; init; }
        public byte[] PreviousHash { get; init; } = [];
        public int Count { get; init; }
        public byte[] EntriesRoot { get; init; } = [];
        public long TimeMs { get; init; }
        public Guid Writer { get; init; }
        public int Epoch { get; init; }
        public byte[] Sums { get; init; } = [];
        public byte[] Hash { get; init; } = [];

        public byte[] Header() => Leaf(Cbor.Write((object?[])[1, 0, 0, Bucket, Height, PreviousHash, Count, EntriesRoot, TimeMs, Writer.ToByteArray(bigEndian: true), Epoch, Cbor.Read(Sums)]));
    }

    private sealed class Entry
    {
        public int Bucket { get; init; }
        public long Height { get; init; }
        public int Pos { get; init; }
        public int Kind { get; init; }
        public byte[] Commitment { get; init; } = [];
        public byte[] Salt { get; init; } = [];
        public byte[] Record { get; init; } = [];
    }
}

/// <summary>What the auditor found.</summary>
internal sealed class Wrong(string what) : Exception(what)
{
    public static void Unless(bool holds, FormattableString what)
    {
        if (!holds) throw new Wrong(FormattableString.Invariant(what));
    }
}
