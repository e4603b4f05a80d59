using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Outbox;
using MyKey.Tests.Support;

namespace MyKey.Tests.Kernel.Outboxes;

/// <summary>Goal: what has to leave the house leaves it at least once, exactly when its transaction stands, and nothing is tried for ever.</summary>
public class OutboxTests
{
    private static readonly JobRun Once = new("kernel-send-outbox", Guid.NewGuid(), 1, long.MaxValue);

    private static SendOutbox Job(Outbox outbox, TestClock clock, Func<OutboxMessage, OutboxAnswer> take) =>
        new(outbox, [new OutboxHandler("news", (m, _) => Task.FromResult(take(m)))], clock);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_message_stands_and_falls_with_its_transaction(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var outbox = new Outbox(test.Database, clock);
        var refused = await test.Database.WriteOrRefuse<int>(async tx =>
        {
            await outbox.Write(tx, "news", "lost");
            return Refusal.Of("busy");
        });
        Assert.False(refused.Ok);
        await test.Database.Write(tx => outbox.Write(tx, "news", "kept"));
        var heard = new List<string>();

        await Job(outbox, clock, m => { heard.Add(m.Body); return new(OutboxOutcome.Taken, "ok"); }).Run(Once, default);
        await Job(outbox, clock, m => { heard.Add(m.Body); return new(OutboxOutcome.Taken, "ok"); }).Run(Once, default);

        Assert.Equal(["kept"], heard);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Tries_are_bounded_and_keep_their_id(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var outbox = new Outbox(test.Database, clock);
        var id = await test.Database.Write(tx => outbox.Write(tx, "news", "x"));
        var seen = new List<(Guid, int)>();
        for (var i = 0; i < SendOutbox.MostTries + 3; i++)
        {
            await Job(outbox, clock, m => { seen.Add((m.Id, m.Tries)); return new(OutboxOutcome.Again, "away"); }).Run(Once, default);
            clock.Jump(TimeSpan.FromHours(1));
        }

        Assert.Equal(Enumerable.Range(0, SendOutbox.MostTries).Select(n => (id, n)), seen);
        Assert.Equal("away", Assert.Single(await outbox.Stuck()).Answer);
        Assert.True(await test.Database.Write(tx => outbox.SendAgain(tx, id)));
        Assert.False(await test.Database.Write(tx => Outbox.Drop(tx, id)));
        Assert.Equal("taken 1 of 1", (await Job(outbox, clock, _ => new(OutboxOutcome.Taken, "ok")).Run(Once, default)).Text);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_two_processes_that_fail_at_once_one_try_counts_and_what_waits_is_not_sent_again(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var outbox = new Outbox(test.Database, clock);
        var id = await test.Database.Write(tx => outbox.Write(tx, "news", "x"));
        var (entered, both) = (0, new TaskCompletionSource());
        SendOutbox Process() => new(outbox, [new OutboxHandler("news", async (_, _) =>
        {
            if (Interlocked.Increment(ref entered) == 2) both.SetResult();
            await both.Task;
            return new OutboxAnswer(OutboxOutcome.Again, "away");
        })], clock);
        await Task.WhenAll(Process().Run(Once, default), Process().Run(Once, default));
        clock.Jump(TimeSpan.FromHours(1));
        var tries = 0;
        await Job(outbox, clock, m => { tries = m.Tries; return new(OutboxOutcome.Again, "away"); }).Run(Once, default);
        Assert.Equal(1, tries);
        Assert.False(await test.Database.Write(tx => outbox.SendAgain(tx, id)));
    }

    [Fact]
    public async Task What_nobody_here_knows_waits_for_a_newer_process()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var clock = new TestClock();
        var outbox = new Outbox(test.Database, clock);
        await test.Database.Write(tx => outbox.Write(tx, "other", "x"));
        Assert.Equal("taken 0 of 1", (await Job(outbox, clock, _ => new(OutboxOutcome.Taken, "ok")).Run(Once, default)).Text);
        Assert.Empty(await outbox.Stuck());
    }

    [Fact]
    public async Task A_fault_with_one_message_is_told_and_holds_up_no_other()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var clock = new TestClock();
        var outbox = new Outbox(test.Database, clock);
        foreach (var body in (string[])["broken", "whole"]) await test.Database.Write(tx => outbox.Write(tx, "news", body));
        var heard = new List<string>();
        OutboxAnswer Take(OutboxMessage m)
        {
            if (m.Body == "broken") throw new InvalidOperationException("broken");
            heard.Add(m.Body);
            return new(OutboxOutcome.Taken, "ok");
        }

        await Assert.ThrowsAsync<AggregateException>(() => Job(outbox, clock, Take).Run(Once, default));

        Assert.Equal(["whole"], heard);
        Assert.Equal("taken 0 of 0", (await Job(outbox, clock, Take).Run(Once, default)).Text);
    }
}
