using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MyKey.Sandbox.Mail;

/// <summary>As much of RFC 5321 as one sender needs: HELO, EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT. On this machine only, so without TLS.</summary>
public sealed class SmtpServer : IHostedService, IAsyncDisposable
{
    private const int LongestLine = 4_096, LongestMail = 256 * 1024;

    private readonly TcpListener listener;
    private readonly Mailboxes boxes;
    private readonly CancellationTokenSource ends = new();
    private Task loop = Task.CompletedTask;

    /// <param name="port">0: any free one.</param>
    public SmtpServer(int port, Mailboxes boxes) => (listener, this.boxes) = (new TcpListener(IPAddress.Loopback, port), boxes);

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listener.Start();
        loop = Listen();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await ends.CancelAsync();
        listener.Stop();
        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        listener.Dispose();
        ends.Dispose();
    }

    private async Task Listen()
    {
        var talks = new List<Task>();
        try
        {
            while (true) talks.Add(Talk(await listener.AcceptTcpClientAsync(ends.Token)));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task Talk(TcpClient client)
    {
        using var _ = client;
        try
        {
            // Bytes as they come: a body in 8 bits is put together by whoever reads it.
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 mail.localhost");
            var (from, to) = ("", "");
            while (await reader.ReadLineAsync(ends.Token) is { } line && line.Length <= LongestLine)
            {
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                if (verb == "MAIL") (from, to) = (Between(line), "");
                if (verb == "RSET") (from, to) = ("", "");
                var answer = verb switch
                {
                    "EHLO" or "HELO" or "MAIL" or "RSET" or "NOOP" => "250 ok",
                    "RCPT" => Mailboxes.Judge(Between(line)),
                    "DATA" => to.Length > 0 ? "354 go on" : "503 to whom",
                    "QUIT" => "221 bye",
                    _ => "502 not here",
                };
                if (verb == "RCPT" && answer[0] == '2') to = Between(line);
                await writer.WriteLineAsync(answer);
                if (verb == "QUIT") return;
                if (verb != "DATA" || answer[0] != '3') continue;
                var data = await Data(reader);
                if (data is null) return;
                boxes.Add(from, to, data);
                await writer.WriteLineAsync("250 taken");
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
        {
            // Hung up, or the server ends.
        }
    }

    private async Task<string?> Data(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(ends.Token) is { } line)
        {
            if (line == ".") return data.ToString();
            if (data.Length > LongestMail) return null;
            data.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append("\r\n");
        }
        return null;
    }

    private static string Between(string line) => line.IndexOf('<', StringComparison.Ordinal) is >= 0 and var a && line.IndexOf('>', StringComparison.Ordinal) is var b && b > a ? line[(a + 1)..b].Replace("\"", "", StringComparison.Ordinal) : "";
}
