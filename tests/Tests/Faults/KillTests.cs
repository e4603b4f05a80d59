using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>Goal: whatever dies under load, every acknowledged payment is there exactly once and the audit holds (issue 2, steps 2 and 7).</summary>
public class KillTests
{
    private const int Seed = 20171215;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Kill_9_of_the_App_loses_nothing_acknowledged_and_doubles_nothing(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var place = Place(test);
        using var payments = await Payments.Prepare(place, Seed);
        await using var app = new AppProcess(place);
        await app.Start();
        var random = new Random(Seed);
        var (next, kills) = (random.Next(15, 40), 0);
        var dead = new SemaphoreSlim(0);
        payments.OnAnswer = count =>
        {
            if (kills == 3 || count < Volatile.Read(ref next) || Interlocked.Exchange(ref next, int.MaxValue) == int.MaxValue) return;
            dead.Release();
        };
        var paying = payments.PayAll(app.Port);
        for (; kills < 3; kills++)
        {
            Assert.True(await dead.WaitAsync(TimeSpan.FromSeconds(30)));
            await app.Kill();
            await app.Start();
            Volatile.Write(ref next, payments.Answered + random.Next(5, 30));
        }
        await paying;

        payments.MustBeAll();
        await payments.MustStandOnce(place, app.Port);
    }

    [Fact]
    public async Task Kill_9_of_PostgreSQL_is_answered_503_and_the_App_goes_on_by_itself()
    {
        await using var server = await TemporaryPostgres.Start();
        var place = $"postgres:{server.ConnectionString("mykey")}";
        await server.Create("mykey");
        using var payments = await Payments.Prepare(place, Seed);
        await using var app = new AppProcess(place);
        await app.Start();
        var enough = new SemaphoreSlim(0);
        payments.OnAnswer = count => { if (count is 20 or 70) enough.Release(); };
        var paying = payments.PayAll(app.Port);
        for (var kills = 0; kills < 2; kills++)
        {
            Assert.True(await enough.WaitAsync(TimeSpan.FromSeconds(30)));
            await server.Kill();
            var refused = payments.Refusals.GetValueOrDefault("unavailable");
            for (var since = System.Diagnostics.Stopwatch.StartNew(); payments.Refusals.GetValueOrDefault("unavailable") <= refused; await Task.Delay(20))
            {
                if (paying.IsCompleted) await paying;
                Assert.True(app.Lives && since.Elapsed.TotalSeconds < 20, "the App refuses while its database is away");
            }
            await server.StartAgain();
        }
        await paying;

        Assert.True(app.Lives);
        payments.MustBeAll();
        await payments.MustStandOnce(place, app.Port);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task SIGTERM_answers_or_refuses_everything_and_ends(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var place = Place(test);
        using var payments = await Payments.Prepare(place, Seed);
        await using var app = new AppProcess(place);
        await app.Start();
        var enough = new SemaphoreSlim(0);
        payments.OnAnswer = count => { if (count == 30) enough.Release(); };
        var paying = payments.PayWhile(() => app.Lives, app.Port);
        Assert.True(await enough.WaitAsync(TimeSpan.FromSeconds(120)));

        Assert.Equal(0, await app.End());

        await paying;
        await app.Start();
        await payments.MustStandOnce(place, app.Port);
    }

    private static string Place(TestDatabase test) => test.Database.Engine == Engine.Postgres ? $"postgres:{test.ConnectionString}" : test.ConnectionString;
}
