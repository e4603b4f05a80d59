namespace MyKey.Kernel;

/// <summary>
/// 全国地方公共団体コード: prefecture 2 digits, body 3, check digit 1, always text because of the leading zero.
/// Prefectures (third to fifth digit 000) may issue points, too (S2-P14b). <c>default</c> is not a code.
/// </summary>
public readonly record struct MunicipalityCode : IComparable<MunicipalityCode>
{
    private readonly string? digits;

    private MunicipalityCode(string six) => digits = six;

    /// <summary>000000: no municipality, for what belongs to the platform's partners. No input is ever read as it.</summary>
    public static MunicipalityCode Pool { get; } = new("000000");

    /// <summary>000001: the State, for what it pays itself (docs/adr/0012). No input is ever read as it, either.</summary>
    public static MunicipalityCode State { get; } = new("000001");

    /// <summary>Six digits.</summary>
    public string Value => Must.Have(digits, "a municipality code is set");

    public int Prefecture => (Value[0] - '0') * 10 + Value[1] - '0';

    public bool IsPrefecture => Value.AsSpan(2, 3).SequenceEqual("000");

    /// <summary>Whether a municipality lies in this one: it is the same, or this is its prefecture (K-11).</summary>
    public bool Contains(MunicipalityCode place) => this == place || (IsPrefecture && Prefecture == place.Prefecture);

    /// <summary>Reads five digits (the check digit is added) or six (it is verified); full-width digits are accepted.</summary>
    /// <returns>The code, or the refusal <c>number_format</c>. Whether such a body exists is the registry's question.</returns>
    public static Result<MunicipalityCode> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length is not (5 or 6) || !text.All(char.IsAsciiDigit)) return Refusal.Of("number_format");
        var prefecture = int.Parse(text.AsSpan(0, 2), System.Globalization.CultureInfo.InvariantCulture);
        if (prefecture is < 1 or > 47) return Refusal.Of("number_format");
        // JIS X 0402: 000 is the prefecture itself, bodies begin at 100. So 17009 of the sources' figure is no code (K-20).
        if (text[2] == '0' && !text.AsSpan(2, 3).SequenceEqual("000")) return Refusal.Of("number_format");
        var six = text[..5] + CheckDigit(text);
        return text.Length == 5 || text == six ? new MunicipalityCode(six) : Refusal.Of("number_format");
    }

    /// <summary>A code that is known to be right: from our own tables or constants.</summary>
    public static MunicipalityCode Of(string six)
    {
        var read = Read(six);
        Must.Hold(read.Ok && six.Length == 6, $"{six} is a municipality code");
        return read.Value;
    }

    /// <summary>A code read back from where only checked codes are written; not verified again, because the payment path reads thousands a second.</summary>
    public static MunicipalityCode Trusted(string six) => new(six);

    public int CompareTo(MunicipalityCode other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => digits ?? "";

    /// <summary>s = 6a+5b+4c+3d+2e, r = s mod 11, digit = last digit of 11 − r (r = 0 gives 1, r = 1 gives 0).</summary>
    private static char CheckDigit(string five)
    {
        var sum = 0;
        for (var i = 0; i < 5; i++) sum += (five[i] - '0') * (6 - i);
        return (char)('0' + (11 - sum % 11) % 10);
    }
}
