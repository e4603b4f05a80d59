using System.Buffers.Binary;

namespace MyKey.Sandbox.Cards;

/// <summary>
/// The card's side of the vpcd protocol: frames of a 2-byte big-endian length and that many bytes; one byte alone is a control
/// (0 power off, 1 power on, 2 reset, 4 give the ATR), anything longer a command.
/// </summary>
public static class VpcdCard
{
    public const byte PowerOff = 0, PowerOn = 1, Reset = 2, GiveAtr = 4;

    /// <summary>Serves one reader until it hangs up. Null = no card there: the ATR is empty, the line is closed.</summary>
    public static async Task Serve(Stream from, Stream to, SoftwareCard? card, CancellationToken stop)
    {
        try
        {
            while (await Receive(from, stop) is { } frame)
            {
                if (card is null)
                {
                    await Send(to, ReadOnlyMemory<byte>.Empty, stop);
                    return;
                }
                if (frame is [var control])
                {
                    if (control == GiveAtr) await Send(to, SoftwareCard.Atr, stop);
                    else card.PowerOff();
                }
                else await Send(to, card.Transmit(frame), stop);
            }
        }
        finally
        {
            card?.PowerOff();
        }
    }

    public static async Task<byte[]?> Receive(Stream stream, CancellationToken stop)
    {
        var head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, stop) < 2) return null;
        var frame = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        return await stream.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, stop) < frame.Length ? null : frame;
    }

    public static async Task Send(Stream stream, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        var frame = new byte[2 + bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)bytes.Length);
        bytes.CopyTo(frame.AsMemory(2));
        await stream.WriteAsync(frame, stop);
        await stream.FlushAsync(stop);
    }
}
