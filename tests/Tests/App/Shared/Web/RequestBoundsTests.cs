using System.Net;
using System.Net.Sockets;
using System.Text;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: what is too large or too slow ends with a stable code, for machines and for people, and disturbs nobody else (issue 2, step 7).</summary>
public class RequestBoundsTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_body_of_10_MB_is_a_problem_with_too_large(bool saysItsLength)
    {
        await using var app = await TestApp.Start();
        var length = saysItsLength ? $"Content-Length: {TenMegabytes}" : "Transfer-Encoding: chunked";

        var answer = await Ask(app, $"POST /api/v1/uses HTTP/1.1\r\nHost: 127.0.0.1:{app.Port}\r\nContent-Type: application/json\r\n{length}\r\n\r\n", Body(chunked: !saysItsLength));

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"too_large\"", answer, StringComparison.Ordinal);
        await OthersAreServed(app);
    }

    [Theory, InlineData("application/x-www-form-urlencoded"), InlineData("multipart/form-data; boundary=x")]
    public async Task A_form_of_10_MB_is_a_page_that_says_so(string type)
    {
        await using var app = await TestApp.Start();
        var site = $"{TestApp.SiteHost}:{app.Port}";

        var answer = await Ask(app, $"POST /my/login HTTP/1.1\r\nHost: {site}\r\nOrigin: http://{site}\r\nContent-Type: {type}\r\nContent-Length: {TenMegabytes}\r\n\r\n", Body(chunked: false));

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/html", answer, StringComparison.Ordinal);
        Assert.Contains("データが大きすぎます", answer, StringComparison.Ordinal);
        Assert.Contains("too_large", answer, StringComparison.Ordinal);
        await OthersAreServed(app);
    }

    [Fact]
    public async Task A_body_within_the_bound_is_read()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client(app.Loopback);

        using var answer = await client.PostAsync("/api/v1/uses", new ByteArrayContent(new byte[900 * 1024]) { Headers = { ContentType = new("application/json") } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Headers_of_40_KB_are_refused()
    {
        await using var app = await TestApp.Start();

        var answer = await Ask(app, $"GET / HTTP/1.1\r\nHost: {TestApp.SiteHost}:{app.Port}\r\nX-Long: {new string('x', 40 * 1024)}\r\n\r\n", []);

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        await OthersAreServed(app);
    }

    [Fact]
    public async Task Headers_that_never_end_are_cut_off()
    {
        await using var app = await TestApp.Start(["MyKey:Limits:HeadersTimeoutMs=300"]);

        var answer = await Ask(app, $"GET / HTTP/1.1\r\nHost: {TestApp.SiteHost}:{app.Port}\r\nX-Slow: ", []);

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        await OthersAreServed(app);
    }

    private static async Task OthersAreServed(TestApp app)
    {
        using var client = app.Client();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
    }

    private static IEnumerable<byte[]> Body(bool chunked)
    {
        // Nothing but space: whoever reads it as JSON wants more, and can't call it malformed before it is too large.
        var piece = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
        byte[] chunk = [.. "10000\r\n"u8, .. piece, .. "\r\n"u8];
        for (var sent = 0; sent < TenMegabytes; sent += piece.Length) yield return chunked ? chunk : piece;
        if (chunked) yield return "0\r\n\r\n"u8.ToArray();
    }

    /// <summary>Writes all that is taken, reads until the other side has no more to say.</summary>
    private static async Task<string> Ask(TestApp app, string head, IEnumerable<byte[]> body)
    {
        using var stop = new CancellationTokenSource(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, app.Port, stop.Token);
        var sending = Send(socket, head, body, stop.Token);
        var (answer, buffer) = (new MemoryStream(), new byte[16 * 1024]);
        while (!Complete(answer) && await Receive(socket, buffer, stop.Token) is > 0 and var read) answer.Write(buffer, 0, read);
        socket.Close();
        await sending;
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static async Task Send(Socket socket, string head, IEnumerable<byte[]> body, CancellationToken stop)
    {
        try
        {
            foreach (var piece in body.Prepend(Encoding.ASCII.GetBytes(head)))
                for (var sent = 0; sent < piece.Length;) sent += await socket.SendAsync(piece.AsMemory(sent), stop);
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // The other side has heard enough.
        }
    }

    private static async Task<int> Receive(Socket socket, byte[] buffer, CancellationToken stop)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, stop);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static bool Complete(MemoryStream answer)
    {
        var text = Encoding.UTF8.GetString(answer.ToArray());
        return text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal) || text.EndsWith("Content-Length: 0\r\n\r\n", StringComparison.Ordinal);
    }
}
