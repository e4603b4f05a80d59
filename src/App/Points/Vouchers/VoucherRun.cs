using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>
/// Neighbouring numbers as they are printed on paper, e.g. <c>A-0101</c> to <c>A-0110</c>: a book that comes into stock, or what is handed out. A
/// municipality's printer chooses their form; the digits at the end count.
/// </summary>
/// <param name="Prefix">What stands before them; may be empty.</param>
/// <param name="Width">How many digits are printed at least, with zeros before them. Which sheet it is, prefix and number say.</param>
public sealed record VoucherRun(string Prefix, int Width, long From, long Until)
{
    public const int MostDigits = 10;

    private const int LongestPrefix = 10;
    private const char To = '～';
    private static readonly char[] Between = ['\n', '\r', ',', '、', '，'];
    private static readonly char[] Tildes = ['~', '〜', To];

    public long Count => Until - From + 1;

    /// <summary>Its numbers, one by one.</summary>
    public IEnumerable<VoucherRun> Single() => Enumerable.Range(0, (int)Count).Select(i => this with { From = From + i, Until = From + i });

    /// <returns>The run; or <c>voucher_number_format</c>, and what free text is refused for.</returns>
    public static Result<VoucherRun> Read(string? first, string? last)
    {
        var (from, until) = (Parts(first), Parts(string.IsNullOrWhiteSpace(last) ? first : last));
        if (FreeText.Check(first) is { } no) return no;
        // 9 to 10 is printed without zeros before it; 09 to 010 nobody prints.
        return from is { } a && until is { } b && a.Prefix == b.Prefix && a.Serial <= b.Serial && (a.Width == b.Width || (a.Width < b.Width && !b.LeadingZero))
            ? new VoucherRun(a.Prefix, a.Width, a.Serial, b.Serial) : Refusal.Of("voucher_number_format");
    }

    /// <summary>Several as one types them, one to a line or with commas; from and until joined by ～.</summary>
    /// <returns>The runs, neighbours joined; or <c>voucher_number_format</c>, <c>voucher_number_twice</c>.</returns>
    public static Result<IReadOnlyList<VoucherRun>> ReadAll(params IEnumerable<string> typed)
    {
        var runs = new List<VoucherRun>();
        foreach (var text in typed.SelectMany(t => t.Split(Between)).Where(t => !string.IsNullOrWhiteSpace(t)))
        {
            var run = text.Split(Tildes) switch
            {
                [var one] => Read(one, one),
                [var first, var last] => Read(first, last),
                _ => Refusal.Of("voucher_number_format"),
            };
            if (run.Refused is { } no) return no;
            runs.Add(run.Value);
        }
        return Join(runs);
    }

    /// <summary>In the order of the numbers, neighbours joined.</summary>
    /// <returns>Or <c>voucher_number_twice</c>.</returns>
    public static Result<IReadOnlyList<VoucherRun>> Join(IEnumerable<VoucherRun> runs)
    {
        var joined = new List<VoucherRun>();
        foreach (var run in runs.OrderBy(r => r.Prefix, StringComparer.Ordinal).ThenBy(r => r.From))
        {
            var last = joined.Count > 0 && joined[^1] is var before && before.Prefix == run.Prefix ? before : null;
            if (last is not null && run.From <= last.Until) return Refusal.Of("voucher_number_twice");
            if (last is not null && run.From == last.Until + 1) joined[^1] = last with { Until = run.Until };
            else joined.Add(run);
        }
        return joined;
    }

    public static string Words(IEnumerable<VoucherRun> runs) => string.Join('、', runs.Select(r => r.ToString()));

    public override string ToString() => From == Until ? Number(From) : $"{Number(From)}{To}{Number(Until)}";

    private string Number(long serial) => Prefix + serial.ToString(CultureInfo.InvariantCulture).PadLeft(Width, '0');

    private static (string Prefix, int Width, long Serial, bool LeadingZero)? Parts(string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        var digits = text.Length - text.AsSpan().TrimEnd("0123456789").Length;
        var prefix = text[..^digits];
        if (digits is < 1 or > MostDigits || prefix.Length > LongestPrefix || !prefix.All(c => char.IsLetterOrDigit(c) || c == '-')) return null;
        return (prefix, digits, long.Parse(text.AsSpan(prefix.Length), CultureInfo.InvariantCulture), text[prefix.Length] == '0');
    }
}
