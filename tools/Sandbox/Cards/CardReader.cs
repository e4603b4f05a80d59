using System.Net;
using System.Net.Sockets;

namespace MyKey.Sandbox.Cards;

/// <summary>One connection to whoever drives the reader; disposing it hangs up.</summary>
public sealed record ReaderLine(Stream From, Stream To, IDisposable Connection) : IDisposable
{
    public static async Task<ReaderLine> Dial(int port, CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, stop);
            return new ReaderLine(client.GetStream(), client.GetStream(), client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Dispose() => Connection.Dispose();
}

/// <summary>
/// A reader with a place for one software card. The sandbox's own agent connects to it over TCP. To vpcd under pcscd it connects itself
/// while a card is on, as cards do there: Debian's vpcd can be made to connect out, too, but then it can't see a card go.
/// </summary>
public sealed class CardReader : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly TcpListener listener;
    private readonly List<Task> work = [];
    private readonly Lock turn = new();
    private readonly Func<CancellationToken, Task<ReaderLine>>? vpcd;
    private SoftwareCard? card;
    private CancellationTokenSource lines = new();

    private CardReader(TcpListener listener, Func<CancellationToken, Task<ReaderLine>>? vpcd) => (this.listener, this.vpcd) = (listener, vpcd);

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <param name="port">Of 127.0.0.1; 0 for any free one.</param>
    /// <param name="vpcd">Makes a line to a vpcd; null where there is none.</param>
    public static CardReader Start(int port, Func<CancellationToken, Task<ReaderLine>>? vpcd = null)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var reader = new CardReader(listener, vpcd);
        reader.work.Add(reader.Accept());
        return reader;
    }

    /// <summary>Puts a card on, or with null takes it off. Every line is cut, so that no reader misses the change.</summary>
    public void Put(SoftwareCard? next)
    {
        lock (turn)
        {
            card?.PowerOff();
            card = next;
            lines.Cancel();
            lines.Dispose();
            lines = new CancellationTokenSource();
            if (card is null || vpcd is null || end.IsCancellationRequested) return;
            work.RemoveAll(t => t.IsCompleted);
            work.Add(ServeVpcd(vpcd, card, lines.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (end.IsCancellationRequested) return;
        await end.CancelAsync();
        listener.Dispose();
        Task[] all;
        lock (turn) all = [.. work];
        await Task.WhenAll(all);
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                client.NoDelay = true;
                lock (turn)
                {
                    work.RemoveAll(t => t.IsCompleted);
                    work.Add(Serve(new ReaderLine(client.GetStream(), client.GetStream(), client), card, lines.Token));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed: no more lines.
        }
    }

    private async Task ServeVpcd(Func<CancellationToken, Task<ReaderLine>> dial, SoftwareCard card, CancellationToken cut)
    {
        try
        {
            // pcscd looks at its reader every 400 ms, and a disconnect that finds the card gone marks the reader empty without its poll having
            // seen it. A card put on before that poll counts as the old one and is never announced. So the poll is shown an empty reader first.
            await Serve(await dial(cut), null, cut);
            cut.ThrowIfCancellationRequested();
            await Serve(await dial(cut), card, cut);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // No vpcd there: the card still serves whoever connects to the reader.
        }
    }

    private async Task Serve(ReaderLine line, SoftwareCard? card, CancellationToken cut)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cut);
        // Not every stream can be left while it waits for bytes; hanging up ends the wait.
        using var hangUp = stop.Token.Register(line.Dispose);
        try
        {
            await VpcdCard.Serve(line.From, line.To, card, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The reader hung up, or the card was taken off: both are how a line ends.
        }
        finally
        {
            line.Dispose();
        }
    }
}
