using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MyKey.Sandbox.Mail;

/// <summary>A mail that arrived.</summary>
public sealed record ArrivedMail(DateTimeOffset At, string From, string To, string MessageId, string Subject, string Body);

/// <summary>The mailboxes of everybody; they keep the last 500 mails. One whose name begins with <c>full</c> takes none, with <c>busy</c> none now.</summary>
public sealed partial class Mailboxes(TimeProvider clock)
{
    private const int Most = 500;

    private readonly ConcurrentQueue<ArrivedMail> mails = new();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ArrivedMail> All => [.. mails.Reverse()];

    public IReadOnlyList<ArrivedMail> Of(string to) => [.. All.Where(m => m.To.Equals(to, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The answer to RCPT TO.</summary>
    public static string Judge(string to) => to.StartsWith("full", StringComparison.OrdinalIgnoreCase) ? "550 no such mailbox" : to.StartsWith("busy", StringComparison.OrdinalIgnoreCase) ? "451 later" : "250 ok";

    /// <summary>Takes the bytes of a mail apart (RFC 5322, 2045, 2047) as far as a mail of ours needs it.</summary>
    public void Add(string from, string to, string data)
    {
        var cut = data.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = Unfold().Replace(data[..cut], " ").Split("\r\n").Select(l => l.Split(':', 2)).Where(p => p.Length == 2)
            .GroupBy(p => p[0].ToLowerInvariant()).ToDictionary(g => g.Key, g => g.First()[1].Trim());
        var body = data[(cut + 4)..];
        var text = headers.GetValueOrDefault("content-transfer-encoding")?.ToLowerInvariant() switch
        {
            "base64" => Encoding.UTF8.GetString(Convert.FromBase64String(body)),
            "quoted-printable" => Quoted(body.Replace("=\r\n", "", StringComparison.Ordinal)),
            _ => body,
        };
        mails.Enqueue(new ArrivedMail(clock.GetUtcNow(), from, to, headers.GetValueOrDefault("message-id", ""), Words(headers.GetValueOrDefault("subject", "")), text.Replace("\r\n", "\n", StringComparison.Ordinal)));
        while (mails.Count > Most) mails.TryDequeue(out _);
    }

    private static string Words(string header) => EncodedWord().Replace(BetweenWords().Replace(header, "?==?"), m =>
        m.Groups[1].Value is "B" or "b" ? Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[2].Value)) : Quoted(m.Groups[2].Value.Replace('_', ' ')));

    private static string Quoted(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            var coded = text[i] == '=' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out _);
            bytes.Add(coded ? byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (byte)text[i]);
            if (coded) i += 2;
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    [GeneratedRegex("\r\n[ \t]+")]
    private static partial Regex Unfold();

    [GeneratedRegex("\\?=\\s+=\\?")]
    private static partial Regex BetweenWords();

    [GeneratedRegex(@"=\?utf-8\?([BbQq])\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();
}
