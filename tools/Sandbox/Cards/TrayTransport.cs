using System.Globalization;
using System.Net.Sockets;
using MyKey.CardAgent.Cards;

namespace MyKey.Sandbox.Cards;

/// <summary>
/// The way to a software card without pcscd: plays the reader's side of the vpcd protocol against a <see cref="CardReader"/>.
/// Where pcscd runs, <c>PcscTransport</c> reaches the same card.
/// </summary>
public sealed class TrayTransport(int port) : ICardTransport, IDisposable
{
    private const int PollMs = 100;
    private readonly Lock turn = new();
    private TcpClient? watch;
    private int insertions;

    /// <summary>A watching line is held open; the reader cuts it when the card goes, so no change is missed.</summary>
    public Presence Look()
    {
        lock (turn)
        {
            try
            {
                if (watch is not null && HasCard(watch)) return Presence.Card(insertions.ToString(CultureInfo.InvariantCulture));
                watch?.Dispose();
                watch = null;
                var line = Connect();
                if (!HasCard(line))
                {
                    line.Dispose();
                    return Presence.Empty;
                }
                watch = line;
                return Presence.Card((++insertions).ToString(CultureInfo.InvariantCulture));
            }
            catch (SocketException)
            {
                return Presence.NoReader;
            }
        }
    }

    public Presence Wait(Presence seen, int timeoutMs, CancellationToken stop)
    {
        for (var left = timeoutMs; ; left -= PollMs)
        {
            var now = Look();
            if (now != seen || left <= 0 || stop.WaitHandle.WaitOne(Math.Min(PollMs, left))) return now;
        }
    }

    public ICardLine Open()
    {
        try
        {
            var client = Connect();
            if (!HasCard(client)) throw new CardUnreadable("the card is gone");
            Control(client, VpcdCard.PowerOn);
            return new TrayLine(client);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new CardUnreadable("the tray does not answer", e);
        }
    }

    public void Dispose() => watch?.Dispose();

    private TcpClient Connect()
    {
        var client = new TcpClient { NoDelay = true };
        client.Connect("127.0.0.1", port);
        return client;
    }

    private static bool HasCard(TcpClient line)
    {
        try
        {
            Control(line, VpcdCard.GiveAtr);
            return VpcdCard.Receive(line.GetStream(), CancellationToken.None).GetAwaiter().GetResult() is { Length: > 0 };
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void Control(TcpClient line, byte control) =>
        VpcdCard.Send(line.GetStream(), new[] { control }, CancellationToken.None).GetAwaiter().GetResult();

    private sealed class TrayLine(TcpClient client) : ICardLine
    {
        public byte[] Transmit(ReadOnlySpan<byte> command)
        {
            try
            {
                VpcdCard.Send(client.GetStream(), command.ToArray(), CancellationToken.None).GetAwaiter().GetResult();
                return VpcdCard.Receive(client.GetStream(), CancellationToken.None).GetAwaiter().GetResult()
                    ?? throw new CardUnreadable("the card was taken off");
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                throw new CardUnreadable("the card was taken off", e);
            }
        }

        public void Dispose()
        {
            try
            {
                Control(client, VpcdCard.PowerOff);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // Taken off: it has no power any more.
            }
            client.Dispose();
        }
    }
}
