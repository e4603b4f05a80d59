using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.RefusalLog;
using MyKey.Tests.Support;

namespace MyKey.Tests.Kernel.RefusalLog;

/// <summary>Goal: every refusal is in the log, a storm of them costs few transactions and few rows, and nobody waits.</summary>
public class RefusalWriterTests
{
    private static readonly Actor Somebody = Actor.Of(Ids.NewRandom<CitizenId>());

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_refusal_is_one_line(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        using var writer = await Start(test);
        var terminal = TerminalId.Of(Guid.CreateVersion7());

        writer.Write(new RefusalEntry("insufficient_points", "POST", "/api/v1/uses", Somebody, terminal, Inquiry: "E-20171215-0000001"));
        await writer.Flush();

        var row = Assert.Single(await Rows(test));
        Assert.Equal(("insufficient_points", 1, "/api/v1/uses"), (row.Code, row.Count, row.Route));
        await using var connection = await test.Database.Open();
        Assert.Equal((Somebody.Id, terminal, 201712, new DateOnly(2017, 12, 15)), await connection.QuerySingleAsync<(Guid, TerminalId, int, DateOnly)>("select actor, terminal, month, civil_day from log_refusal"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Beyond_the_rate_one_row_per_actor_and_minute_counts(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new FixedClock();
        using var writer = await Start(test, clock);

        for (var i = 0; i < 10; i++) writer.Write(Refused("pin_wrong"));
        await writer.Flush();
        writer.Write(Refused("pin_locked"));
        writer.Write(Refused("pin_wrong") with { Actor = Actor.Of(Ids.NewRandom<CitizenId>()) });
        await writer.Flush();
        clock.NextMinute();
        writer.Write(Refused("pin_wrong"));
        await writer.Flush();

        // Three lines of the first minute, seven and one counted in one row, another person's line, a line of the next minute.
        Assert.Equal([("*", 8), ("pin_wrong", 1), ("pin_wrong", 1), ("pin_wrong", 1), ("pin_wrong", 1), ("pin_wrong", 1)],
            (await Rows(test)).Select(r => (r.Code, r.Count)).Order());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Several_processes_count_in_the_same_row(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new FixedClock();
        using var one = await Start(test, clock);
        using var other = await Start(test, clock);

        for (var i = 0; i < 5; i++)
        {
            one.Write(Refused("busy"));
            other.Write(Refused("busy"));
        }
        await Task.WhenAll(one.Flush(), other.Flush());

        Assert.Equal([("busy", 1), ("busy", 1), ("busy", 1), ("busy", 1), ("busy", 1), ("busy", 1), ("busy", 4)], (await Rows(test)).Select(r => (r.Code, r.Count)).Order());
    }

    [Fact]
    public async Task What_is_queued_is_written_before_the_process_ends()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        using var writer = await Start(test);
        writer.Write(Refused("busy"));

        await writer.StopAsync(default);

        Assert.Single(await Rows(test));
    }

    [Fact]
    public async Task Refusals_without_a_database_are_counted_later()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        using var writer = await Start(test);
        await using (var connection = await test.Database.Open()) await connection.ExecuteAsync("alter table log_refusal rename to gone");
        writer.Write(Refused("busy"));
        writer.Write(Refused("busy"));
        await writer.Flush();
        await using (var connection = await test.Database.Open()) await connection.ExecuteAsync("alter table gone rename to log_refusal");

        writer.Write(Refused("busy"));
        await writer.Flush();

        Assert.Equal([("*", "lost", 2), ("busy", "/x", 1)], (await Rows(test)).OrderBy(r => r.Code).Select(r => (r.Code, r.Route, r.Count)));
    }

    private static RefusalEntry Refused(string code) => new(code, "POST", "/x", Somebody);

    private static async Task<RefusalWriter> Start(TestDatabase test, TimeProvider? clock = null)
    {
        var writer = new RefusalWriter(test.Database, clock ?? new FixedClock(), NullLogger<RefusalWriter>.Instance, linesPerMinute: 3);
        await writer.StartAsync(default);
        return writer;
    }

    private static async Task<List<(string Code, int Count, string Route)>> Rows(TestDatabase test)
    {
        await using var connection = await test.Database.Open();
        return (await connection.QueryAsync<(string, int, string)>("select code, count, route from log_refusal")).AsList();
    }

    /// <summary>Only the hour is ours; timers run as ever.</summary>
    private sealed class FixedClock : TimeProvider
    {
        private DateTimeOffset now = new(2017, 12, 15, 12, 0, 0, TimeSpan.FromHours(9));

        public void NextMinute() => now = now.AddMinutes(1);

        public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
    }
}
