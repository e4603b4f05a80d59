using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyKey.CardAgent.Device;
using MyKey.Kernel;

namespace MyKey.CardAgent.Sip;

/// <summary>
/// What is said with one library's system. The patron is the card on the reader and nobody else: the answer says by which number the library knows its holder. It knows no
/// loans and no names.
/// </summary>
public sealed class SipTalk(AgentOptions options, Func<CancellationToken, Task<NumberAnswer>> ask, TimeProvider clock)
{
    private const int MostFaults = 3, LongestInstitution = 40;

    /// <summary>Of the 16 kinds of message: patron status, SC status, resend, login, patron information.</summary>
    private const string Supported = "YNNNYYYYNNNNNNNN";

    private const string NothingKnown = "              ", NoService = "YYYY          ", NoCounts = "                        ";

    private byte[]? last;
    private bool entered = options.SipUser.Length == 0;
    private int faults;

    /// <summary>The line is closed after the answer.</summary>
    public bool Over { get; private set; }

    /// <param name="line">A message without its end.</param>
    /// <returns>The answer, CR at its end.</returns>
    public async Task<byte[]> Answer(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        var request = SipRequest.Read(line.Span);
        if (request is null || (request.Command == "97" && last is null)) return Again();
        faults = 0;
        // The same bytes once more, with the sequence number that they had.
        if (request.Command == "97") return last!;
        var text = request.Command switch
        {
            "93" => Login(request),
            "99" => Status(),
            _ when !entered => Shut(),
            _ => await Patron(request, stop),
        };
        return last = text.Length == 0 ? [] : Bytes(text, request.Checked, request.Sequence);
    }

    /// <summary>Says "send that again"; after some in a row the other side is no SIP system, and the line ends.</summary>
    private byte[] Again()
    {
        Over = ++faults >= MostFaults;
        return Bytes("96", withSum: true, null);
    }

    private string Login(SipRequest request)
    {
        entered = options.SipUser.Length == 0 || (Same(request.User, options.SipUser) & Same(request.Password, options.SipPassword));
        Over = !entered;
        return entered ? "941" : "940";
    }

    private string Shut()
    {
        Over = true;
        return "";
    }

    /// <summary>98: on line, nothing of checking in and out, answers within 30 s, three tries.</summary>
    private string Status() => $"98YNNNNN300003{Now()}2.00AO|BX{Supported}|";

    private async Task<string> Patron(SipRequest request, CancellationToken stop)
    {
        var (number, no) = await ask(stop);
        if (number is not null && request.Patron.Trim() is { Length: > 0 } asked && !asked.Equals(number, StringComparison.OrdinalIgnoreCase))
            (number, no) = (null, Sentences.Of(Refusal.Of("number_not_of_card")));
        var language = request.Fixed[..3].All(char.IsAsciiDigit) ? request.Fixed[..3] : "000";
        var kind = request.Command == "23" ? "24" : "64";
        var counts = request.Command == "23" ? "" : NoCounts;
        var message = no is null ? "" : $"AF{Clean(options.SipUtf8 ? $"{no.What}。{no.Next}" : no.Code.Replace('_', ' ').ToUpperInvariant())}|";
        return $"{kind}{(number is null ? NoService : NothingKnown)}{language}{Now()}{counts}AO{Clean(Institution(request))}|AA{Clean(number ?? "")}|AE|BL{(number is null ? 'N' : 'Y')}|{message}";
    }

    /// <summary>Comes back as it was said: the other side tells its answers by it.</summary>
    private static string Institution(SipRequest request) => request.Institution.Length <= LongestInstitution ? request.Institution : "";

    /// <summary>No character ends a field or a message, or is other than the line takes.</summary>
    private string Clean(string value) => string.Concat(value.Where(c => c != '|' && !char.IsControl(c) && (options.SipUtf8 || char.IsAscii(c))));

    /// <summary>Local time: YYYYMMDD, four blanks, HHMMSS.</summary>
    private string Now() => Jst.At(clock.NowMs()).ToString("yyyyMMdd    HHmmss", CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text, bool withSum, char? sequence)
    {
        if (sequence is { } number) text += $"AY{number}";
        var bytes = Encoding.UTF8.GetBytes(withSum ? text + "AZ" : text);
        return [.. bytes, .. withSum ? Encoding.ASCII.GetBytes(SipChecksum.Of(bytes)) : [], (byte)'\r'];
    }

    private static bool Same(string shown, string wanted) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), SHA256.HashData(Encoding.UTF8.GetBytes(wanted)));
}
