using System.Formats.Cbor;
using System.Security.Cryptography;

namespace MyKey.Kernel.Chain;

/// <summary>The two histories (S2-P10b).</summary>
public enum HistoryStream { Points = 0, Operations = 1 }

/// <summary>What moved in one block for one issuer and account kind: sums of debits and credits, in points.</summary>
public sealed record BlockSum(string Issuer, int AccountKind, long Debit, long Credit);

/// <summary>
/// Header of a block: what one commit wrote to one bucket. Bytes: <c>[1, 0, stream, bucket, height, previous_block_hash, count,
/// entries_root, time_ms, writer, epoch, sums]</c>; hash = SHA-256(0x00 ‖ bytes). The block before the first has the hash of 32 zeros.
/// </summary>
public sealed record BlockHeader(HistoryStream Stream, int Bucket, long Height, byte[] PreviousHash, int Count, byte[] EntriesRoot,
    long TimeMs, Guid Writer, int Epoch, IReadOnlyList<BlockSum> Sums)
{
    public const int FormatVersion = 1;

    public static byte[] NoBlock => new byte[32];

    public byte[] Bytes()
    {
        var w = Canonical.Writer();
        w.WriteStartArray(12);
        w.WriteInt32(FormatVersion);
        w.WriteInt32(0);
        w.WriteInt32((int)Stream);
        w.WriteInt32(Bucket);
        w.WriteInt64(Height);
        w.WriteByteString(PreviousHash);
        w.WriteInt32(Count);
        w.WriteByteString(EntriesRoot);
        w.WriteInt64(TimeMs);
        w.Id(Writer);
        w.WriteInt32(Epoch);
        WriteSums(w, Sums);
        w.WriteEndArray();
        return w.Encode();
    }

    /// <summary>SHA-256(0x00 ‖ header bytes): the header is itself a leaf of the log.</summary>
    public byte[] Hash()
    {
        var hash = new byte[32];
        Merkle.Leaf(Bytes(), hash);
        return hash;
    }

    /// <summary>The sums alone, as they are stored beside the block.</summary>
    public static byte[] SumBytes(IReadOnlyList<BlockSum> sums)
    {
        var w = Canonical.Writer();
        WriteSums(w, sums);
        return w.Encode();
    }

    /// <exception cref="CborContentException">Not the canonical form.</exception>
    public static IReadOnlyList<BlockSum> ReadSums(byte[] bytes) => Canonical.Read<IReadOnlyList<BlockSum>>(bytes, ReadSums);

    private static BlockSum[] ReadSums(CborReader r)
    {
        var sums = new BlockSum[r.ReadStartArray() ?? throw new CborContentException("indefinite length")];
        for (var i = 0; i < sums.Length; i++)
        {
            r.ReadStartArray();
            sums[i] = new BlockSum(r.ReadTextString(), r.ReadInt32(), r.ReadInt64(), r.ReadInt64());
            r.ReadEndArray();
        }
        r.End();
        return sums;
    }

    private static void WriteSums(CborWriter w, IReadOnlyList<BlockSum> sums)
    {
        w.WriteStartArray(sums.Count);
        foreach (var sum in sums)
        {
            w.WriteStartArray(4);
            w.WriteTextString(sum.Issuer);
            w.WriteInt32(sum.AccountKind);
            w.WriteInt64(sum.Debit);
            w.WriteInt64(sum.Credit);
            w.WriteEndArray();
        }
        w.WriteEndArray();
    }
}

/// <summary>An entry of a block, <c>[1, kind, commit]</c>, where commit = HMAC-SHA-256 under a fresh 32-byte salt over the record.</summary>
public static class Entry
{
    public static byte[] Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> record) => HMACSHA256.HashData(salt, record);

    /// <summary>Writes the entry's bytes (0x83 0x01 kind 0x58 0x20 commit for kinds below 24) and returns their number.</summary>
    public static int Write(int kind, ReadOnlySpan<byte> commit, Span<byte> bytes)
    {
        Must.Hold(kind is >= 1 and < 24 && commit.Length == 32, "entry kind 1..23 and a commitment of 32 bytes");
        bytes[0] = 0x83;
        bytes[1] = 0x01;
        bytes[2] = (byte)kind;
        bytes[3] = 0x58;
        bytes[4] = 0x20;
        commit.CopyTo(bytes[5..]);
        return Length;
    }

    public const int Length = 37;
}
