using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using MyKey.CardAgent.Device;

namespace MyKey.CardAgent.Sip;

/// <summary>
/// SIP 2.00 for a library's own system on this very machine (S2-P9d), where the agent is started with <c>Agent:SipPort</c>: 127.0.0.1 only, programs of the same user only
/// (Linux), one line at a time. Nothing of a message is kept or logged.
/// </summary>
public sealed partial class SipServer(IOptions<AgentOptions> options, AskNumber ask, TimeProvider clock, ILogger<SipServer> log) : BackgroundService
{
    private readonly TcpListener listener = new(IPAddress.Loopback, options.Value.SipPort);

    /// <summary>Listens before the agent says that it is there.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            listener.Start();
        }
        catch (SocketException taken)
        {
            TellTaken(options.Value.SipPort, taken);
            return Task.CompletedTask;
        }
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var talk = Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            // A bug of ours ends the service, and is not talked over.
            if (talk.IsFaulted) await talk;
            if (talk.IsCompleted && IsOwn(client)) talk = Serve(client, stoppingToken);
            else client.Dispose();
        }
        await talk;
    }

    private static bool IsOwn(TcpClient client) =>
        client.Client is { RemoteEndPoint: IPEndPoint there, LocalEndPoint: IPEndPoint here } && PeerSocket.IsOwn(there.Port, here.Port);

    private async Task Serve(TcpClient client, CancellationToken stop)
    {
        await Task.Yield();
        using var held = client;
        try
        {
            var (lines, talk) = (new SipLines(client.GetStream()), new SipTalk(options.Value, ask.Run, clock));
            while (!talk.Over && await Next(lines, stop) is { } line)
            {
                var answer = await talk.Answer(line, stop);
                if (answer.Length > 0) await Send(client.GetStream(), answer, stop);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // The other side went away, or said nothing for too long, or the program ends.
        }
    }

    /// <summary>A whole line has to come within that time, so that half a one holds nothing up.</summary>
    private async Task<byte[]?> Next(SipLines lines, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(options.Value.SipIdleMs);
        return await lines.Next(patience.Token);
    }

    private async Task Send(NetworkStream stream, byte[] answer, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(options.Value.SipIdleMs);
        await stream.WriteAsync(answer, patience.Token);
    }

    [LoggerMessage(1, LogLevel.Error, "port {Port} is not free, so nobody is answered in SIP 2.00")]
    private partial void TellTaken(int port, SocketException taken);
}
