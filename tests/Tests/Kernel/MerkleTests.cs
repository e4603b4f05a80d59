using System.Security.Cryptography;
using MyKey.Kernel.Chain;

namespace MyKey.Tests.Kernel;

/// <summary>Goal: hashing is that of RFC 6962, by the known vectors of its reference implementation and by its recursive definition.</summary>
public class MerkleTests
{
    private static readonly byte[][] Inputs =
    [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Known_roots(int count, string root) => Assert.Equal(root, Convert.ToHexStringLower(Merkle.Root(Leaves(Inputs[..count]))));

    [Fact]
    public void Any_number_of_leaves_agrees_with_the_definition()
    {
        for (var count = 1; count <= 70; count++)
        {
            var entries = Enumerable.Range(0, count).Select(i => new[] { (byte)i, (byte)7 }).ToArray();
            Assert.Equal(Convert.ToHexString(Defined(entries)), Convert.ToHexString(Merkle.Root(Leaves(entries))));
        }
    }

    private static byte[] Leaves(byte[][] entries)
    {
        var leaves = new byte[32 * entries.Length];
        for (var i = 0; i < entries.Length; i++) Merkle.Leaf(entries[i], leaves.AsSpan(32 * i, 32));
        return leaves;
    }

    /// <summary>RFC 6962, 2.1, word for word.</summary>
    private static byte[] Defined(byte[][] d)
    {
        if (d.Length == 1) return SHA256.HashData([0, .. d[0]]);
        var k = 1;
        while (k * 2 < d.Length) k *= 2;
        return SHA256.HashData([1, .. Defined(d[..k]), .. Defined(d[k..])]);
    }
}
