using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>Goal: the points of an ID that ended become void once each, also where the process dies that was at it (S0-5017).</summary>
public class VoidKillTests
{
    private const int Lots = 1_500, Each = 7;

    private const string Voided = "select count(*), cast(coalesce(sum(amount), 0) as bigint) from ledger_transfer where kind = 16";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_kill_9_in_the_middle_of_the_job_leaves_every_point_void_exactly_once(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        CitizenId ended, other;
        await using (var app = await TestApp.Over(test, [$"MyKey:KekFile={AppProcess.KekFile}"]))
        {
            var town = await Town.Build(app.Services);
            (ended, other) = ((await town.Issue("MY654321", 2)).Id, town.Citizen);
            foreach (var some in Enumerable.Range(0, Lots).Chunk(250)) await Task.WhenAll(some.Select(i => town.Grant(ended, i % 2 == 0 ? Town.A : Town.B, Each, days: 100 + i % 50)));
            await app.Database.Write(tx => town.Get<VoidPoints>().Begin(tx, ended));
        }

        await using (var app = new AppProcess(engine == Engine.Postgres ? $"postgres:{test.ConnectionString}" : test.ConnectionString))
        {
            await app.Start();
            for (var since = Stopwatch.StartNew(); (await Count(test)).Lots == 0; await Task.Delay(5)) Assert.True(since.Elapsed.TotalSeconds < 60, "the job has begun");
            await app.Kill();
        }

        var before = await Count(test);
        Assert.InRange(before.Lots, 1, Lots - 1);   // it died in the middle
        await using var next = await TestApp.Over(test, [$"MyKey:KekFile={AppProcess.KekFile}"]);
        var (voids, reading, today) = (next.Services.GetRequiredService<VoidPoints>(), next.Services.GetRequiredService<LedgerReading>(), next.Services.GetRequiredService<TimeProvider>().Today());
        // Two go on at once, as two processes would.
        var done = await Task.WhenAll(voids.Run(TestContext.Current.CancellationToken), voids.Run(TestContext.Current.CancellationToken));
        Assert.Equal(Lots - before.Lots, done.Sum());
        Assert.Equal(0, await voids.Run(TestContext.Current.CancellationToken));

        Assert.Equal((Lots, (long)Lots * Each), await Count(test));
        Assert.Empty(await reading.Holdings(ended, today));
        Assert.Equal(2_800, (await reading.Usable(other, Town.A, today)).Value);
        Assert.Equal(Lots * Each, (await voids.Of(Town.A, today.AddDays(-1), today)).Concat(await voids.Of(Town.B, today.AddDays(-1), today)).Sum(d => d.Amount.Value));
        var audit = await next.Services.GetRequiredService<Audit>().Run();
        Assert.True(audit.Holds, audit.Broken);
    }

    private static async Task<(int Lots, long Points)> Count(TestDatabase test)
    {
        await using var connection = await test.Database.Open();
        return await connection.QuerySingleAsync<(int, long)>(Voided);
    }
}
