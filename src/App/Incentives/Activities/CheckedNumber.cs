using System.Globalization;
using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>Random digits with two check digits (ISO 7064, MOD 97-10): one wrong digit, or two that changed places, are found before anything is looked up.</summary>
public static class CheckedNumber
{
    /// <summary>Of a registration's ticket, read at one activity only; of a slip, good for whoever has it.</summary>
    public const int TicketDigits = 10, SlipDigits = 14;

    private const int Modulus = 97;

    public static string New(int digits)
    {
        long most = 1;
        for (var i = 2; i < digits; i++) most *= 10;
        var body = (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) % (ulong)most);
        var check = (Modulus + 1 - body % Modulus * 100 % Modulus) % Modulus;
        return (body * 100 + check).ToString($"D{digits}", CultureInfo.InvariantCulture);
    }

    /// <param name="digits">ASCII digits.</param>
    public static bool IsGood(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) && whole % Modulus == 1;

    /// <summary>In groups of four, as it is printed.</summary>
    public static string Grouped(string digits) => string.Join(' ', digits.Chunk(4).Select(c => new string(c)));

    /// <summary>What was typed without what people put between groups.</summary>
    public static string Bare(string? typed) => string.Concat(Typed.HalfWidth(typed).Where(c => c is not (' ' or '-' or 'ー' or '−' or '‐')));
}
