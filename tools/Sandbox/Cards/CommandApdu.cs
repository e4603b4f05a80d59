namespace MyKey.Sandbox.Cards;

/// <summary>A short command of ISO 7816-4. <paramref name="Le"/>: bytes wanted, 256 for a zero byte, null where none are.</summary>
public sealed record CommandApdu(byte Cla, byte Ins, byte P1, byte P2, byte[] Data, int? Le)
{
    /// <summary>P1 and P2 as one number.</summary>
    public int P => P1 << 8 | P2;

    public static CommandApdu? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4) return null;
        var (cla, ins, p1, p2) = (bytes[0], bytes[1], bytes[2], bytes[3]);
        var body = bytes[4..];
        if (body.IsEmpty) return new(cla, ins, p1, p2, [], null);
        if (body.Length == 1) return new(cla, ins, p1, p2, [], Expected(body[0]));
        int length = body[0];
        if (length == 0 || body.Length < 1 + length || body.Length > 2 + length) return null;
        return new(cla, ins, p1, p2, body.Slice(1, length).ToArray(), body.Length == 2 + length ? Expected(body[^1]) : null);
    }

    private static int Expected(byte le) => le == 0 ? 256 : le;
}
