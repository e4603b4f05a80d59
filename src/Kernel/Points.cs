using System.Globalization;

namespace MyKey.Kernel;

/// <summary>
/// An amount of municipal points, 0..10^12. One point is one yen (S2-P17i), so no rate stands between them.
/// <c>default</c> is zero. Arithmetic is checked; leaving the range is a bug, not a refusal.
/// </summary>
public readonly record struct Points : IComparable<Points>
{
    public const long Max = 1_000_000_000_000;

    public Points(long value)
    {
        Must.Hold(value is >= 0 and <= Max, "points within 0..10^12");
        Value = value;
    }

    public long Value { get; }

    public static Points Zero => default;

    public static Points operator +(Points a, Points b) => new(a.Value + b.Value);

    public static Points operator -(Points a, Points b) => new(a.Value - b.Value);

    public static bool operator <(Points a, Points b) => a.Value < b.Value;

    public static bool operator >(Points a, Points b) => a.Value > b.Value;

    public static bool operator <=(Points a, Points b) => a.Value <= b.Value;

    public static bool operator >=(Points a, Points b) => a.Value >= b.Value;

    public int CompareTo(Points other) => Value.CompareTo(other.Value);

    /// <summary>Reads what a person typed: a whole number of points from 1; full-width digits and thousands commas are accepted (S0-1015).</summary>
    /// <returns>The points, or the refusal <c>amount_format</c>.</returns>
    public static Result<Points> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace(",", "", StringComparison.Ordinal);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? From(value)
            : Refusal.Of("amount_format");
    }

    /// <summary>A whole amount of 1..10^12 as it arrives from outside, or the refusal <c>amount_format</c>.</summary>
    public static Result<Points> From(long value) =>
        value is >= 1 and <= Max ? new Points(value) : Refusal.Of("amount_format");

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
