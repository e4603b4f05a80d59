using System.Buffers.Binary;
using System.Data.Common;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>The entries of a revocation list in the database: sorted by serial, in runs that are found by their first and searched within.</summary>
internal static class RevokedRuns
{
    public const int SerialBytes = 20;

    /// <summary>The serial and its reason.</summary>
    private const int Width = SerialBytes + 1, PerRun = 90, RunsPerTransaction = 1_000;

    private const string OfSerial = """
        select (select r.entries from idn_revoked_run r where r.crl = c.id and r.first_serial <= @key order by r.first_serial desc limit 1) from idn_crl c
        where c.state = 1 and c.authority = @authority
        """;

    private const string OfAuthority = "select r.entries from idn_crl c join idn_revoked_run r on r.crl = c.id where c.state = 1 and c.authority = @authority";

    /// <summary>As the runs have it; null for what is no serial number.</summary>
    /// <param name="serial">Lower-case hex, as in <see cref="AuthCertificate"/>.</param>
    public static byte[]? Key(string serial)
    {
        if (serial.Length is 0 or > 2 * SerialBytes) return null;
        return Convert.FromHexString(serial.PadLeft(2 * SerialBytes, '0'));
    }

    /// <summary>Whether a list in force names the serial.</summary>
    public static async Task<bool> Name(DbConnection connection, DbTransaction? handle, string authority, string serial)
    {
        if (Key(serial) is not { } key) return false;
        foreach (var run in await connection.QueryAsync<byte[]?>(OfSerial, new { authority, key }, handle))
            if (Find(run, key) is not null) return true;
        return false;
    }

    /// <returns>Those of the serials that lists in force name.</returns>
    public static async Task<IReadOnlyList<string>> Named(DbConnection connection, string authority, IReadOnlyCollection<string> serials)
    {
        var asked = serials.Select(s => (Serial: s, Key: Key(s))).Where(s => s.Key is not null).ToLookup(s => Entry.Of(s.Key!, 0, 0).Order, s => s.Serial);
        var named = new List<string>();
        foreach (var run in await connection.QueryAsync<byte[]>(OfAuthority, new { authority }))
            for (var at = 0; at < run.Length; at += Width)
                named.AddRange(asked[Entry.Of(run.AsSpan(at, SerialBytes), 0, 0).Order]);
        return named;
    }

    /// <summary>Binary search within a run.</summary>
    /// <returns>Why it was revoked; null: the run does not name it.</returns>
    public static RevocationReason? Find(byte[]? run, ReadOnlySpan<byte> key)
    {
        if (run is null) return null;
        var (low, high) = (0, run.Length / Width - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (run.AsSpan(middle * Width, SerialBytes).SequenceCompareTo(key))
            {
                case 0: return (RevocationReason)run[middle * Width + SerialBytes];
                case < 0: low = middle + 1; break;
                default: high = middle - 1; break;
            }
        }
        return null;
    }

    /// <summary>Writes all entries, in short transactions; a serial that is named twice is revoked by the first.</summary>
    /// <returns>How many there are.</returns>
    public static async Task<int> Write(Database database, Guid crl, IEnumerable<RevokedSerial> revoked, CancellationToken stop)
    {
        var sorted = new List<Entry>();
        foreach (var one in revoked) sorted.Add(Entry.Of(Key(one.Serial)!, (byte)one.Reason, sorted.Count));
        sorted.Sort();
        var entries = sorted.Where((e, i) => i == 0 || e.Order != sorted[i - 1].Order).ToList();
        foreach (var some in entries.Chunk(PerRun).Chunk(RunsPerTransaction)) await database.Write(tx => Insert(tx, crl, [.. some.Select(Run)]), stop);
        return entries.Count;
    }

    /// <summary>Some runs of a list that is in force no longer; by ranges of the key, so that each short transaction touches its own rows only.</summary>
    public static async Task<int> DeleteSome(Transaction tx, Guid crl)
    {
        var until = await tx.Connection.QuerySingleOrDefaultAsync<byte[]>(
            "select first_serial from idn_revoked_run where crl = @crl order by first_serial limit 1 offset @RunsPerTransaction", new { crl, RunsPerTransaction }, tx.Handle);
        return until is null
            ? await tx.Connection.ExecuteAsync("delete from idn_revoked_run where crl = @crl", new { crl }, tx.Handle)
            : await tx.Connection.ExecuteAsync("delete from idn_revoked_run where crl = @crl and first_serial < @until", new { crl, until }, tx.Handle);
    }

    private static byte[] Run(Entry[] entries)
    {
        var run = new byte[entries.Length * Width];
        for (var i = 0; i < entries.Length; i++) entries[i].Write(run.AsSpan(i * Width, Width));
        return run;
    }

    private static Task Insert(Transaction tx, Guid crl, byte[][] runs) => tx.Engine == Engine.Postgres
        ? tx.Connection.ExecuteAsync("insert into idn_revoked_run(crl, first_serial, entries) select @crl, substring(run from 1 for 20), run from unnest(@runs) as r(run)", new { crl, runs }, tx.Handle)
        : tx.Connection.ExecuteAsync("insert into idn_revoked_run(crl, first_serial, entries) values (@crl, substr(@run, 1, 20), @run)", runs.Select(run => new { crl, run }), tx.Handle);

    /// <summary>A serial as numbers, so that half a million are sorted in a moment. <paramref name="Place"/> is that in the list.</summary>
    private readonly record struct Entry((ulong High, ulong Middle, uint Low) Order, byte Reason, int Place) : IComparable<Entry>
    {
        public static Entry Of(ReadOnlySpan<byte> serial, byte reason, int place) =>
            new((BinaryPrimitives.ReadUInt64BigEndian(serial), BinaryPrimitives.ReadUInt64BigEndian(serial[8..]), BinaryPrimitives.ReadUInt32BigEndian(serial[16..])), reason, place);

        public int CompareTo(Entry other) => Order.CompareTo(other.Order) is var order and not 0 ? order : Place.CompareTo(other.Place);

        public void Write(Span<byte> bytes)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, Order.High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Order.Middle);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], Order.Low);
            bytes[SerialBytes] = Reason;
        }
    }
}
