using System.Globalization;
using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>
/// 発券番号, 13 digits (S2-P7h): issuer 4, serial 8, check 1. The serial is drawn at random among those that tell the ticket's bucket
/// (<c>serial mod buckets</c>), so one number says nothing about the next.
/// </summary>
public readonly record struct TicketNumber(int Issuer, int Serial)
{
    private const int Serials = 100_000_000;
    private const int Length = 13;
    private static readonly char[] Between = ['\n', '\r', ',', '、', '，'];

    public static TicketNumber Draw(int issuer, int bucket, Buckets buckets)
    {
        Must.Hold(issuer is >= 1 and <= 9999 && bucket >= 0 && bucket < buckets.Count, "a ticket's number has room for its issuer and its bucket");
        return new TicketNumber(issuer, RandomNumberGenerator.GetInt32(Serials / buckets.Count) * buckets.Count + bucket);
    }

    public int BucketOf(Buckets buckets) => Serial % buckets.Count;

    /// <summary>Reads what was typed, full-width and with gaps if need be, or what a scanner makes of the code on the ticket: its whole address.</summary>
    /// <returns>The number, or <c>ticket_unknown</c>.</returns>
    public static Result<TicketNumber> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text.LastIndexOf("/t/", StringComparison.Ordinal) is >= 0 and var path) text = text[(path + 3)..].Split('.')[0];
        text = text.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (text.Length != Length || !text.All(char.IsAsciiDigit) || Check(text) != text[^1]) return Refusal.Of("ticket_unknown");
        return new TicketNumber(int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(4, 8), CultureInfo.InvariantCulture));
    }

    /// <summary>Several as one types them into a field, one to a line or with commas.</summary>
    public static string[] Split(string? typed) => (typed ?? "").Split(Between);

    public override string ToString()
    {
        var twelve = string.Create(CultureInfo.InvariantCulture, $"{Issuer:0000}{Serial:00000000}");
        return twelve + Check(twelve);
    }

    /// <summary>As JAN-13: weights 1, 3, 1, 3 … from the left, modulo 10.</summary>
    private static char Check(string digits)
    {
        var sum = 0;
        for (var i = 0; i < Length - 1; i++) sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
        return (char)('0' + (10 - sum % 10) % 10);
    }
}
