using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MyKey.Tests.CardAgent.Sip;

/// <summary>
/// A library's system as 3M SIP 2.00 describes one, written from the standard and from nothing of ours: it makes messages with sequence number and check sum, and believes no answer
/// whose sum, number, fixed part or required field is wrong.
/// </summary>
public sealed class SipClient : IDisposable
{
    private readonly TcpClient line = new();
    private int sequence;

    private SipClient()
    {
    }

    /// <summary>What ends a message.</summary>
    public string End { get; set; } = "\r";

    public static async Task<SipClient> Dial(int port)
    {
        var client = new SipClient();
        await client.line.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Field of an answer; null where it has none.</summary>
    public static string? Field(string answer, int fixedLength, string name) =>
        answer[(2 + fixedLength)..].Split('|').Where(f => f.StartsWith(name, StringComparison.Ordinal)).Select(f => f[2..]).SingleOrDefault();

    public static string PatronStatus(string patron, string more = "") => $"23001{Time}AOA1|AA{patron}|AC|AD|{more}";

    public static string PatronInformation(string patron, string more = "") => $"63001{Time}{new string(' ', 10)}AOA1|AA{patron}|AC|AD|{more}";

    public static string Status => "9900402.00";

    public static string Login(string user, string password) => $"9300CN{user}|CO{password}|CPcounter|";

    private static string Time => "20171215    093000";

    /// <summary>With error detection; the answer's text without its trail.</summary>
    public async Task<string> Ask(string message)
    {
        sequence = (sequence + 1) % 10;
        var answer = await Send(Sealed($"{message}AY{sequence}AZ"));
        var trail = $"AY{sequence}AZ";
        Assert.Equal(trail, answer[^9..^4]);
        Assert.Equal(Sum(answer[..^4]), answer[^4..]);
        return answer[..^9];
    }

    /// <summary>As it is, and the answer as it is, without its end.</summary>
    public async Task<string> Send(string message)
    {
        await Write(Encoding.UTF8.GetBytes(message + End));
        return await Read() ?? throw new IOException("the line ended");
    }

    public async Task Write(byte[] bytes) => await line.GetStream().WriteAsync(bytes);

    /// <returns>null when the other side has ended the line.</returns>
    public async Task<string?> Read()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var bytes = new List<byte>();
        var one = new byte[1];
        try
        {
            while (await line.GetStream().ReadAsync(one, patience.Token) == 1)
            {
                if (one[0] == '\r') return Encoding.UTF8.GetString([.. bytes]);
                bytes.Add(one[0]);
            }
        }
        catch (IOException)
        {
            // Reset: ended, too.
        }
        Assert.Empty(bytes);
        return null;
    }

    public static string Sealed(string upToAz) => upToAz + Sum(upToAz);

    public void Dispose() => line.Dispose();

    /// <summary>Add the bytes as 16-bit numbers, take the two's complement, write four hexadecimal digits.</summary>
    private static string Sum(string text)
    {
        ushort total = 0;
        foreach (var b in Encoding.UTF8.GetBytes(text)) total = unchecked((ushort)(total + b));
        return unchecked((ushort)(~total + 1)).ToString("X4", CultureInfo.InvariantCulture);
    }
}
