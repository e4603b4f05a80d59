using System.Globalization;
using MyKey.App.Rehearsals;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Goal: a year of programmes adds up to the last point whatever crashes, and what the rehearsal foretold on other people of the same kind comes true within a band: the two counts within
/// 6·√n + 1 of each other, n being the larger one, the day on which the budget ends within 14 days.
/// </summary>
public class ProgrammeYearTests
{
    private const int Seed = 20210401;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_S1_32_a_year_of_programmes_is_told_by_the_blocks_and_was_foretold(Engine engine)
    {
        var (seed, people) = (Asked("MYKEY_SIM_SEED") ?? Seed, (Asked("MYKEY_SIM_DAYS") ?? 0) >= ProgrammeYear.Days ? 4_000 : 600);
        await using var year = await ProgrammeYear.Open(seed, people, engine);
        await year.Run();
        await year.Audit();

        var lines = new List<string> { $"{engine}, seed {seed}, a year of programmes for {people} people each: forecast / played" };
        var misses = new List<string>();
        foreach (var (programme, i) in year.Programmes.Select((p, i) => (p, i)))
        {
            var (forecast, played) = (Rehearse.Run(programme.Assumed, programme.Offer, seed + i), year.Counts[programme.Id]);
            (string What, int Foretold, int Came)[] rows =
            [
                ("applied", forecast.Applied, played.Applied), ("granted", forecast.Granted, played.Granted), ("rejected", forecast.Out[LeftOut.Rejected], played.Rejected),
                ("too late", forecast.Out[LeftOut.Late], played.Late), ("budget was empty", forecast.Out[LeftOut.BudgetEnded], played.Unpaid), ("never received", forecast.Lapsing, year.Lapsed(programme)),
            ];
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {programme.Name}: {string.Join(", ", rows.Select(r => $"{r.What} {r.Foretold}/{r.Came}"))}, budget ends {forecast.BudgetEnds:MM-dd}/{played.BudgetEnds:MM-dd}, {played.CameBack} came back from a service"));
            misses.AddRange(rows.Where(r => !Near(r.Foretold, r.Came)).Select(r => $"{programme.Name}: {r.What} was foretold {r.Foretold}, came {r.Came}"));
            if (!Near(forecast.BudgetEnds, played.BudgetEnds)) misses.Add($"{programme.Name}: the budget was to end {forecast.BudgetEnds}, ended {played.BudgetEnds}");
        }
        foreach (var line in lines) TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(misses.Count == 0, $"{string.Join("; ", misses)}. Again: ./mykey sim --seed {seed}");
        Assert.All(year.Counts.Values, c => Assert.True(c.Granted > 0));
        Assert.Contains(year.Counts.Values, c => c.Unpaid > 0);
        Assert.Contains(year.Counts.Values, c => c.CameBack > 0);
    }

    [Theory]
    [InlineData(100, 180, true)]
    [InlineData(100, 185, false)]
    [InlineData(185, 100, false)]
    [InlineData(0, 37, true)]
    [InlineData(0, 38, false)]
    public void The_band_is_as_stated(int foretold, int came, bool near) => Assert.Equal(near, Near(foretold, came));

    private static bool Near(int foretold, int came) => Math.Abs(foretold - came) <= 6 * Math.Sqrt(Math.Max(foretold, came)) + 1;

    private static bool Near(DateOnly? foretold, DateOnly? came) => foretold is { } a && came is { } b ? Math.Abs(a.DayNumber - b.DayNumber) <= 14 : foretold == came;

    private static int? Asked(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
