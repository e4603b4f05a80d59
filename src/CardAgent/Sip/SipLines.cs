namespace MyKey.CardAgent.Sip;

/// <summary>Lines that end with CR, LF or both, of 4 KiB at most.</summary>
public sealed class SipLines(Stream stream)
{
    public const int Longest = 4096;

    private readonly byte[] buffer = new byte[Longest];
    private int filled;

    /// <returns>The next line without its end; empty ones are passed over. null at the end, for half a line and for one that is too long.</returns>
    public async ValueTask<byte[]?> Next(CancellationToken stop)
    {
        var looked = 0;
        while (true)
        {
            var end = buffer.AsSpan(looked, filled - looked).IndexOfAny((byte)'\r', (byte)'\n');
            if (end >= 0)
            {
                var line = buffer[..(looked + end)];
                filled -= line.Length + 1;
                Buffer.BlockCopy(buffer, line.Length + 1, buffer, 0, filled);
                looked = 0;
                if (line.Length > 0) return line;
                continue;
            }
            looked = filled;
            if (filled == Longest) return null;
            var read = await stream.ReadAsync(buffer.AsMemory(filled), stop);
            if (read == 0) return null;
            filled += read;
        }
    }
}
