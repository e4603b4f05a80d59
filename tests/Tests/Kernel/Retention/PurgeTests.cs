using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Retention;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.Kernel.Retention;

/// <summary>Goal: what has an end goes then, not earlier, and what went can be proven (T-D1).</summary>
public class PurgeTests
{
    private const string Insert = """
        insert into log_refusal(month, id, time_ms, civil_day, code, method, route, count) values (@Month, @id, @timeMs, @Day, 'not_found', 'GET', '/x', 1)
        """;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task T_D1_old_refusals_and_look_ups_go_with_their_number_and_hash_in_the_log(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var (clock, provider) = (town.Get<TimeProvider>(), Guid.NewGuid());
        var now = clock.NowMs();
        var (young, old) = (now - 1094 * 86_400_000L, now - 1096 * 86_400_000L);
        await using var connection = await town.App.Database.Open();
        foreach (var timeMs in new[] { young, old, old - 5 }) await connection.ExecuteAsync(Insert, new { Month = Jst.Day(timeMs).ToNumber() / 100, id = Guid.CreateVersion7(), timeMs, Day = Jst.Day(timeMs).ToNumber() });
        foreach (var atMs in new[] { young, old })
            await connection.ExecuteAsync("insert into lib_lookup(bucket, citizen, at_ms, id, provider, kind, device, answer) values (1, @provider, @atMs, @Id, @provider, 'library', 'counter', 'told')", new { provider, atMs, Id = Guid.CreateVersion7() });

        Assert.Equal("purged 3", (await Run(town)).Text);
        Assert.Equal("purged 0", (await Run(town)).Text);

        Assert.Equal([young], await connection.QueryAsync<long>("select time_ms from log_refusal where route = '/x'"));
        Assert.Equal([young], await connection.QueryAsync<long>("select at_ms from lib_lookup"));
        var told = (await connection.QueryAsync<string>("select after from log_operation where action = 'log.purged' order by id")).Order(StringComparer.Ordinal).ToList();
        Assert.Matches("^lib_lookup 1 before [0-9]{8} sha256 [0-9a-f]{64}$", told[0]);
        Assert.Matches("^log_refusal 2 before [0-9]{8} sha256 [0-9a-f]{64}$", told[1]);
    }

    [Fact]
    public async Task T_D1_on_PostgreSQL_nobody_takes_away_what_is_young()
    {
        await using var town = await Residents.Start(Engine.Postgres);
        await using var connection = await town.App.Database.Open();
        await Assert.ThrowsAnyAsync<Exception>(() => connection.ExecuteAsync("delete from log_refusal"));
        var no = await Assert.ThrowsAnyAsync<Exception>(() => connection.QueryAsync("select id from krn_purge_refusal(@Now, 10)", new { Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() }));
        Assert.Contains("90 days at least", no.Message, StringComparison.Ordinal);
    }

    private static async Task<JobResult> Run(Residents town)
    {
        var run = new JobRun("kernel-purge", Guid.NewGuid(), 1, long.MaxValue);
        await town.App.Database.Write(tx => tx.Connection.ExecuteAsync("""
            insert into krn_job(name, owner, until_ms, fence) values (@Name, @Owner, @UntilMs, @Fence) on conflict(name) do update set owner = excluded.owner, fence = excluded.fence, until_ms = excluded.until_ms
            """, run, tx.Handle));
        return await town.Get<Purge>().Run(run, TestContext.Current.CancellationToken);
    }
}
