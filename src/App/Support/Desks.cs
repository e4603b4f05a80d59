using System.Globalization;
using MyKey.App.Shared;
using MyKey.Kernel;

namespace MyKey.App.Support;

/// <param name="Number">Empty where there is no one number.</param>
/// <param name="About">What it is there for.</param>
public sealed record Desk(string Name, string Number, OpeningHours Hours, string About)
{
    /// <summary>For a telephone that dials by itself.</summary>
    public string Dial => Number.Replace("-", "", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
}

/// <summary>A telephone at this moment.</summary>
/// <param name="Said">Open or not, and when next.</param>
public sealed record DeskNow(Desk Desk, string Said)
{
    public static DeskNow Of(Desk desk, TimeProvider clock) => new(desk, desk.Hours.Said(clock.Today(), clock.TimeOfDay()));
}

/// <summary>Telephones that help everybody: <c>desks.csv</c>; each line holds from a day on, until the next of its key (K-18).</summary>
public static class Desks
{
    private static readonly IReadOnlyList<(string Key, int From, Desk Desk)> All = [.. Embedded.Rows(typeof(Desks), "desks.csv", 6).Select(Read)];

    /// <summary>For whom something looks wrong, and for questions about cards.</summary>
    public static IReadOnlyList<Desk> ForHelp(DateOnly day) => [Card(day), On("advice", day), On("consumer", day)];

    /// <summary>Stops a card at any hour.</summary>
    public static Desk Card(DateOnly day) => On("card", day);

    /// <summary>For the national Mynapoint (S3-17).</summary>
    public static Desk Mynapoint(DateOnly day) => On("mynapoint", day);

    /// <summary>Where a loss is reported.</summary>
    public static Desk Police(DateOnly day) => On("police", day);

    /// <summary>Where a new card is applied for, and a PIN is set anew.</summary>
    public static Desk Municipality(DateOnly day) => On("municipality", day);

    /// <summary>The line in force; before the first one, the first.</summary>
    private static Desk On(string key, DateOnly day)
    {
        var lines = All.Where(d => d.Key == key).OrderBy(d => d.From).ToList();
        return lines.LastOrDefault(d => d.From <= day.ToNumber(), lines[0]).Desk;
    }

    private static (string, int, Desk) Read(string[] cells) =>
        (cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture), new Desk(cells[2], cells[3], OpeningHours.Read(cells[4]).Value, cells[5]));
}
