using System.Globalization;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.Kernel;

namespace MyKey.App.Rehearsals;

/// <summary>To 14, to 64, to 74, from 75 years.</summary>
public enum AgeBand { Children, Adults, Elders, Aged }

/// <param name="For">The programme is for them.</param>
/// <param name="Share">Of all people, in percent; what follows is of these.</param>
/// <param name="Device">Has a telephone or reader of one's own, or of the family.</param>
public sealed record BandAssumption(bool For, int Share, int Know, int Card, int Device);

/// <summary>A line of <c>assumptions.csv</c>.</summary>
/// <param name="Most">What a form may set it to at most; 1: yes or no.</param>
/// <param name="Words">Japanese.</param>
public sealed record Assumed(DateOnly From, string Key, int Value, int Most, string Words)
{
    /// <summary>In the order of the file.</summary>
    private static readonly IReadOnlyList<Assumed> All = [.. Embedded.Rows(typeof(Assumed), "assumptions.csv", 6).Select(c => new Assumed(
        DateOnly.ParseExact(c[0], "yyyy-MM-dd", CultureInfo.InvariantCulture), c[1], int.Parse(c[2], CultureInfo.InvariantCulture), int.Parse(c[3], CultureInfo.InvariantCulture), c[4]))];

    /// <summary>What is assumed on a day: of each key the line that began last; before the first one, the first.</summary>
    public static IReadOnlyList<Assumed> On(DateOnly day) => [.. All.GroupBy(a => a.Key).Select(g => g.Where(a => a.From <= day).DefaultIfEmpty(g.First()).Last())];
}

/// <summary>What a rehearsal assumes of people who are made up: whole numbers, shares in percent. No real person is among them.</summary>
/// <param name="Curve">Of those who come in time how many have come by a quarter, a half and three quarters of the period.</param>
/// <param name="Counter">Who has no device is helped at a counter.</param>
public sealed record Assumptions(int People, IReadOnlyDictionary<AgeBand, BandAssumption> Bands, int Apply, int Late, int Reject, int Lapse, (int Quarter, int Half, int ThreeQuarters) Curve, int ScreeningDays, bool Counter)
{
    /// <summary>As <c>assumptions.csv</c> has them on a day, but for what was typed.</summary>
    /// <param name="typed">By the keys of the file; null or empty: as in the file.</param>
    /// <returns><c>share_format</c> (field, most) for what is no such number, <c>share_sum</c> where ages do not make 100, <c>share_order</c> where fewer have come by a later day, <c>field_unknown</c> (field).</returns>
    public static Result<Assumptions> Read(Func<string, string?> typed, DateOnly day)
    {
        var values = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var assumed in Assumed.On(day))
        {
            var value = Number(typed(assumed.Key), assumed);
            if (value.Refused is { } no) return no;
            values[assumed.Key] = value.Value;
        }
        var bands = Enum.GetValues<AgeBand>().ToDictionary(b => b, b => Band(Words<AgeBand>.Of(b), values));
        if (bands.Values.Sum(b => b.Share) != 100) return Refusal.Of("share_sum", ("sum", bands.Values.Sum(b => b.Share)));
        var curve = (values["quarter"], values["half"], values["three_quarters"]);
        if (curve.Item1 > curve.Item2 || curve.Item2 > curve.Item3) return Refusal.Of("share_order");
        return new Assumptions(values["people"], bands, values["apply"], values["late"], values["reject"], values["lapse"], curve, values["screening_days"], values["counter"] == 1);
    }

    private static Result<int> Number(string? typed, Assumed assumed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return assumed.Value;
        var text = Typed.HalfWidth(typed).Replace(",", "", StringComparison.Ordinal);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= assumed.Most ? value : Refusal.Of("share_format", ("field", assumed.Key), ("most", assumed.Most));
    }

    private static BandAssumption Band(string name, Dictionary<string, int> values) =>
        new(values[$"{name}.for"] == 1, values[$"{name}.share"], values[$"{name}.know"], values[$"{name}.card"], values[$"{name}.device"]);
}
