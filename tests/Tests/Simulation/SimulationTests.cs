using System.Globalization;
using System.Reflection;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Goal: whatever crashes whenever, every answer given stands, nothing stands twice, and the blocks alone tell what everybody was told
/// (S2-P7e, issue 2 step 7). Short here; <c>./mykey sim --seed N --days N</c> plays as long as one likes.
/// </summary>
public class SimulationTests
{
    private const int Seed = 20171215;
    private const int Days = 5;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Days_of_three_writers_with_crashes_between_round_trips_and_before_the_answer_are_told_by_the_blocks(Engine engine)
    {
        var (seed, days) = (Asked("MYKEY_SIM_SEED") ?? Seed, Asked("MYKEY_SIM_DAYS") ?? Days);
        var commit = typeof(SimulationTests).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var run = $"{engine}, seed {seed}, {days} days, commit {commit}";
        await using var simulation = await Simulation.Open(seed, days, engine);
        try
        {
            await simulation.Run();
            TestContext.Current.TestOutputHelper?.WriteLine($"{run}: {await simulation.Audit()}");
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{run}: {wrong.Message}. Again: ./mykey sim --seed {seed} --days {days}", wrong);
        }
    }

    [Fact]
    public void The_auditor_knows_every_kind_of_transfer()
    {
        var known = typeof(Record).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).ToDictionary(f => f.Name, f => (long)f.GetRawConstantValue()!);
        Assert.Equal(Enum.GetValues<TransferKind>().ToDictionary(k => k.ToString(), k => (long)k).OrderBy(k => k.Value), known.OrderBy(k => k.Value));
    }

    private static int? Asked(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
