using System.Net;
using System.Net.Sockets;

namespace MyKey.Sandbox.Cards;

/// <summary>
/// A reader with a place for one software card. Whoever drives readers connects to it over TCP: vpcd under pcscd, or the
/// agent of the sandbox. vpcd insists on a second place on the next port; that one stays empty.
/// </summary>
public sealed class CardReader : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly TcpListener[] listeners;
    private readonly List<Task> work = [];
    private readonly Lock turn = new();
    private SoftwareCard? card;
    private CancellationTokenSource lines = new();

    private CardReader(TcpListener[] listeners) => this.listeners = listeners;

    public int Port => ((IPEndPoint)listeners[0].LocalEndpoint).Port;

    public SoftwareCard? Card
    {
        get { lock (turn) return card; }
    }

    /// <param name="port">This port and the next of 127.0.0.1; 0 for any two free neighbours.</param>
    public static CardReader Start(int port)
    {
        var reader = new CardReader(Listen(port));
        reader.work.Add(reader.Accept(reader.listeners[0], () => reader.Line()));
        reader.work.Add(reader.Accept(reader.listeners[1], () => (null, CancellationToken.None)));
        return reader;
    }

    /// <summary>Puts a card on, or with null takes it off. Every line is cut, so that no reader misses the change.</summary>
    public void Put(SoftwareCard? next)
    {
        CancellationTokenSource old;
        lock (turn)
        {
            card?.PowerOff();
            (card, old, lines) = (next, lines, new CancellationTokenSource());
        }
        old.Cancel();
        old.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        foreach (var listener in listeners) listener.Dispose();
        await Task.WhenAll(work);
        end.Dispose();
        lines.Dispose();
    }

    private (SoftwareCard?, CancellationToken) Line()
    {
        lock (turn) return (card, lines.Token);
    }

    private async Task Accept(TcpListener listener, Func<(SoftwareCard? Card, CancellationToken Cut)> line)
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                served.RemoveAll(t => t.IsCompleted);
                served.Add(Serve(client, line()));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task Serve(TcpClient client, (SoftwareCard? Card, CancellationToken Cut) line)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token, line.Cut);
        try
        {
            client.NoDelay = true;
            await VpcdCard.Serve(client.GetStream(), line.Card, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The reader hung up, or the card was taken off: both are how a line ends.
        }
        finally
        {
            client.Dispose();
        }
    }

    private static TcpListener[] Listen(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            var first = new TcpListener(IPAddress.Loopback, port);
            first.Start();
            var second = new TcpListener(IPAddress.Loopback, ((IPEndPoint)first.LocalEndpoint).Port + 1);
            try
            {
                second.Start();
                return [first, second];
            }
            catch (SocketException) when (port == 0 && attempt < 50)
            {
                first.Dispose();
            }
        }
    }
}
