using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Navi.Towns;

/// <summary>A prefecture on the map of tiles: <c>prefecture_tiles.csv</c>. Where it lies is roughly right, and no tile is smaller than a finger.</summary>
/// <param name="Number">Of JIS X 0401: the codes of its municipalities begin with it.</param>
/// <param name="Short">Without 都, 府 or 県, for its tile.</param>
/// <param name="Column">From the left, in tiles; a fraction where a sea lies between.</param>
public sealed record PrefectureTile(int Number, string Name, string Short, string Region, decimal Column, decimal Row, int Wide, int High)
{
    private const int Pitch = 47, Gap = 3;

    /// <summary>By number.</summary>
    public static IReadOnlyList<PrefectureTile> All { get; } = [.. Embedded.Rows(typeof(PrefectureTile), "prefecture_tiles.csv", 8).Select(Read)];

    public decimal X => Column * Pitch;

    public decimal Y => Row * Pitch;

    public int Width => Wide * Pitch - Gap;

    public int Height => High * Pitch - Gap;

    public string Path => $"/navi/points?prefecture={Number}#result";

    /// <summary>A number that an SVG can read.</summary>
    public static string Svg(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <returns>It; <c>field_unknown</c> (prefecture) for what is none of the 47.</returns>
    public static Result<PrefectureTile> Find(string typed) =>
        int.TryParse(Typed.HalfWidth(typed), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= All.Count ? All[number - 1] : Refusal.Of("field_unknown", ("field", "prefecture"));

    private static PrefectureTile Read(string[] c)
    {
        return new(Whole(c[0]), c[1], c[2], c[3], Part(c[4]), Part(c[5]), Whole(c[6]), Whole(c[7]));

        static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

        static decimal Part(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    }
}
