using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MyKey.Load.Http;

/// <summary>
/// One connection that pays over HTTP/1.1, one request at a time. It writes to the socket itself: the generator shares the processor with what
/// it measures, and a whole HTTP client would cost as much as the App's own part.
/// </summary>
internal sealed class Till(int port) : IDisposable
{
    private readonly Wire wire = new(port);
    private readonly byte[] request = new byte[2_048];

    public ValueTask Connect(CancellationToken stop) => wire.Connect(stop);

    /// <returns>Null, or the code of the refusal.</returns>
    public ValueTask<string?> Pay(Payment payment, Shown shown) => wire.Ask(request.AsMemory(0, Write(payment, shown)));

    public void Dispose() => wire.Dispose();

    private int Write(Payment payment, Shown shown)
    {
        var body = string.Create(CultureInfo.InvariantCulture,
            $$"""{"id":"{{payment.Id.Value}}","citizenToken":"{{shown.Token}}","issuer":"{{payment.Issuer.Value}}","amount":{{payment.Amount.Value}}}""");
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST /api/v1/uses HTTP/1.1\r\nHost: {wire.Host}\r\nCookie: mykey-terminal={shown.Device.Cookie}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), request);
    }
}

/// <summary>A connection that asks and waits for the answer.</summary>
internal sealed class Wire : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] answer;
    private readonly IPEndPoint there;
    private int answered;

    /// <param name="longest">What an answer takes at most.</param>
    public Wire(int port, int longest = 16_384) => (there, Host, answer) = (new IPEndPoint(IPAddress.Loopback, port), Run.Text($"127.0.0.1:{port}"), new byte[longest]);

    public string Host { get; }

    public async ValueTask Connect(CancellationToken stop) => await socket.ConnectAsync(there, stop);

    /// <returns>Null, or the code of the refusal.</returns>
    public async ValueTask<string?> Ask(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        for (answered = 0; answered == 0 || !IsWhole(answer.AsSpan(0, answered));)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(answered));
            Must.Hold(read > 0, "the App keeps the connection");
            answered += read;
        }
        return Judge(answer.AsSpan(0, answered));
    }

    /// <summary>A field of the last answer, which may have come in chunks, that is a text.</summary>
    public string Field(string name)
    {
        var text = answer.AsSpan(0, answered);
        var from = text[(text.IndexOf(Encoding.ASCII.GetBytes($"\"{name}\":\"")) + name.Length + 3)..];
        return Must.Have(JsonSerializer.Deserialize<string>(from[..(from[1..].IndexOf((byte)'"') + 2)]), "the answer has it");
    }

    public void Dispose() => socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> text)
    {
        var head = text.IndexOf(EndOfHead);
        if (head < 0) return false;
        var at = text[..head].IndexOf("\r\nContent-Length: "u8);
        if (at < 0) return text.EndsWith("0\r\n\r\n"u8);   // in chunks
        var digits = text[(at + 18)..(head + 2)];
        return text.Length == head + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    /// <summary>Yes is 200 or 201; anything else is told by the <c>code</c> of its problem.</summary>
    private static string? Judge(ReadOnlySpan<byte> text)
    {
        if (text[9..11].SequenceEqual("20"u8)) return null;
        var at = text.IndexOf("\"code\":\""u8);
        if (at < 0) return Encoding.ASCII.GetString(text[9..12]);
        var code = text[(at + 8)..];
        return Encoding.ASCII.GetString(code[..code.IndexOf((byte)'"')]);
    }
}
