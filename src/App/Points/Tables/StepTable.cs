using System.Globalization;
using System.Text.RegularExpressions;
using MyKey.Kernel;

namespace MyKey.App.Tables;

/// <param name="Least">Of stamps, hours or steps: from here on a person gets these points.</param>
public sealed record Step(long Least, Kernel.Points Points);

/// <summary>How many stamps, hours or steps give how many points: the highest step that is reached counts (S2-P19e, S4-02c).</summary>
public sealed partial record StepTable(IReadOnlyList<Step> Steps)
{
    public const int MostSteps = 20;

    /// <returns>The table; or <c>table_format</c> when it has no step or too many, or one that asks for more does not give more.</returns>
    public static Result<StepTable> From(IReadOnlyList<(long Least, long Points)> given)
    {
        if (given.Count is 0 or > MostSteps) return Refusal.Of("table_format");
        var steps = new List<Step>();
        foreach (var (least, amount) in given)
        {
            var points = Kernel.Points.From(amount);
            if (points.Refused is { } no) return no;
            if (least < 1 || (steps.Count > 0 && (least <= steps[^1].Least || amount <= steps[^1].Points.Value))) return Refusal.Of("table_format");
            steps.Add(new Step(least, points.Value));
        }
        return new StepTable(steps);
    }

    /// <summary>As typed: a step a line, its two numbers in whatever words.</summary>
    /// <returns>The table; <c>table_format</c>, <c>amount_format</c>.</returns>
    public static Result<StepTable> Read(string? typed)
    {
        var given = new List<(long, long)>();
        foreach (var line in (typed ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var numbers = Numbers().Matches(Typed.HalfWidth(line).Replace(",", "", StringComparison.Ordinal));
            if (numbers.Count != 2 || !TryRead(numbers[0].Value, out var least) || !TryRead(numbers[1].Value, out var points)) return Refusal.Of("table_format");
            given.Add((least, points));
        }
        return From(given);
    }

    /// <returns>What the highest step gives that <paramref name="count"/> reaches; 0 below the lowest.</returns>
    public long For(long count) => Steps.LastOrDefault(s => s.Least <= count)?.Points.Value ?? 0;

    internal static bool TryRead(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    public override string ToString() => string.Join(' ', Steps.Select(s => $"{s.Least}:{s.Points}"));

    // A dot belongs to the number: 1.5 is none that a table has, and not two.
    [GeneratedRegex(@"[0-9][0-9.]*")]
    private static partial Regex Numbers();
}
