namespace MyKey.Tests.Fuzz;

/// <summary>Bytes that somebody could send in place of good ones: good ones with a few things changed, or pieces of two put together.</summary>
public sealed class Mutations(int seed, IReadOnlyList<byte[]> samples)
{
    private static readonly byte[] Edges = [0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF, 0x30, 0x1B, 0x5B, 0x9B, 0xBF, 0xFB];
    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var bytes = new List<byte>(Any());
        for (var changes = random.Next(1, 6); changes > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    private byte[] Any() => samples[random.Next(samples.Count)];

    private void Change(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = Edges[random.Next(Edges.Length)]; break;
            case 2 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 3: bytes.Insert(at, Edges[random.Next(Edges.Length)]); break;
            case 4: bytes.RemoveRange(at, Math.Min(random.Next(1, 16), bytes.Count - at)); break;
            case 5: bytes.InsertRange(at, Piece(bytes.ToArray())); break;
            case 6: bytes.InsertRange(at, Piece(Any())); break;
            default: bytes.RemoveRange(at, bytes.Count - at); break;
        }
    }

    private byte[] Piece(byte[] of)
    {
        if (of.Length == 0) return [];
        var from = random.Next(of.Length);
        return of[from..Math.Min(of.Length, from + random.Next(1, 64))];
    }
}
