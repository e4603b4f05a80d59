using System.Numerics;
using System.Security.Cryptography;

namespace MyKey.Kernel.Chain;

/// <summary>Hashing of RFC 6962: leaf SHA-256(0x00 ‖ entry), node SHA-256(0x01 ‖ left ‖ right).</summary>
public static class Merkle
{
    public static readonly byte[] EmptyRoot = SHA256.HashData([]);

    public static void Leaf(ReadOnlySpan<byte> entry, Span<byte> hash)
    {
        Span<byte> small = stackalloc byte[256];
        var bytes = entry.Length < small.Length ? small[..(entry.Length + 1)] : new byte[entry.Length + 1];
        bytes[0] = 0;
        entry.CopyTo(bytes[1..]);
        SHA256.HashData(bytes, hash);
    }

    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[65];
        bytes[0] = 1;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[33..]);
        SHA256.HashData(bytes, hash);
    }

    /// <summary>Root over leaf hashes that lie one after the other, 32 bytes each. The span serves as working space and is overwritten.</summary>
    public static byte[] Root(Span<byte> leafHashes)
    {
        Must.Hold(leafHashes.Length % 32 == 0, "leaf hashes are 32 bytes each");
        if (leafHashes.IsEmpty) return EmptyRoot.ToArray();
        Fold(leafHashes);
        return leafHashes[..32].ToArray();
    }

    private static void Fold(Span<byte> hashes)
    {
        var count = hashes.Length / 32;
        if (count == 1) return;
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        Fold(hashes[..(left * 32)]);
        Fold(hashes[(left * 32)..]);
        Node(hashes[..32], hashes.Slice(left * 32, 32), hashes[..32]);
    }
}
