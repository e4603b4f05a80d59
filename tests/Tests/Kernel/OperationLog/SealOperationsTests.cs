using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Tests.Support;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Tests.Kernel.OperationLog;

/// <summary>Goal: every row of the operation log stands in the chain exactly once, and every change by hand is found and named (S2-P10b).</summary>
public class SealOperationsTests
{
    private static readonly Guid Writer = Guid.Parse("e0000000-0000-7000-8000-000000000005");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P10b_rows_go_into_blocks_one_after_the_other(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var seal = await Filled(test.Database, 3, 1, 2);
        Assert.Equal(0, await seal.Seal(Writer));
        var report = await new AuditOperations(test.Database).Run();
        Assert.Equal(new OperationAuditReport(3, 6, 0, null), report);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_row_with_an_older_id_that_commits_late_is_sealed_in_a_later_block(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        var seal = new SealOperations(test.Database, clock);
        var log = new Log(clock, Buckets.Default);
        if (engine == Engine.Sqlite)
        {
            // One writer at a time: there, a late row comes from a process whose clock is behind.
            await test.Database.Write(tx => log.Write(tx, Some(2)));
            await seal.Seal(Writer);
            await test.Database.Write(tx => new Log(new TestClock(TestClock.SomeDayMs - 86_400_000), Buckets.Default).Write(tx, Some(1)));
        }
        else
        {
            await test.Database.Write(async late =>
            {
                await log.Write(late, Some(1));
                clock.Advance(60_000);
                await test.Database.Write(tx => log.Write(tx, Some(2)));
                Assert.Equal(1, await seal.Seal(Writer));
                Assert.Equal(1, (await new AuditOperations(test.Database).Run()).Rows);
            });
        }
        Assert.Equal(new OperationAuditReport(1, 1, 1, null), await new AuditOperations(test.Database).Run());
        Assert.Equal(1, await seal.Seal(Writer));
        Assert.Equal(new OperationAuditReport(2, 2, 0, null), await new AuditOperations(test.Database).Run());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Several_processes_seal_at_once_while_rows_are_written(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var log = new Log(TimeProvider.System, Buckets.Default);
        var writing = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++) await test.Database.Write(tx => log.Write(tx, Some(w)));
        })).ToList();
        var sealing = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var seal = new SealOperations(test.Database, TimeProvider.System);
            var rows = 0;
            while (!writing.TrueForAll(w => w.IsCompleted)) rows += await seal.Seal(Ids.NewV7(TimeProvider.System));
            return rows + await seal.Seal(Writer);
        })).ToList();
        await Task.WhenAll(writing);
        Assert.Equal(100, (await Task.WhenAll(sealing)).Sum());
        var report = await new AuditOperations(test.Database).Run();
        Assert.Equal((100, 0, null), (report.Rows, report.Waiting, report.Broken));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_full_block_leaves_the_rest_for_the_next_at_once(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var log = new Log(TimeProvider.System, Buckets.Default);
        await test.Database.Write(async tx =>
        {
            for (var i = 0; i < SealOperations.BlockRows + 1; i++) await log.Write(tx, Some(i));
        });
        using var runner = new MyKey.Kernel.Jobs.JobRunner(test.Database, TimeProvider.System, [], Microsoft.Extensions.Logging.Abstractions.NullLogger<MyKey.Kernel.Jobs.JobRunner>.Instance);
        Assert.Equal(2, await runner.RunDue(new SealOperations(test.Database, TimeProvider.System)));
        Assert.Equal(new OperationAuditReport(2, SealOperations.BlockRows + 1, 0, null), await new AuditOperations(test.Database).Run());
    }

    public static TheoryData<Engine, string, string> Attacks
    {
        get
        {
            var data = new TheoryData<Engine, string, string>();
            foreach (var engine in new[] { Engine.Sqlite, Engine.Postgres })
                foreach (var (sql, named) in Planted) data.Add(engine, sql, named);
            return data;
        }
    }

    // {row} is the second row of block 2; the named finding must say where it is.
    private static readonly (string Sql, string Named)[] Planted =
    [
        ("update log_operation set after = 'x' where {row}", "log_operation {place}: after is not what its record says"),
        ("update log_operation set citizen = null where {row}", "log_operation {place}: citizen is not what its record says"),
        ("update log_operation set before = '' where {row}", "log_operation {place}: before is not what its record says"),
        ("update log_operation set time_ms = time_ms + 1 where {row}", "log_operation {place}: time_ms is not what its record says"),
        ("delete from log_operation where {row}", "log_operation {place}: missing, sealed in block 2"),
        ("delete from log_operation where {row}; delete from log_seal where {row}", "log_block height 2: 2 rows of log_seal at positions other than 0 to 2"),
        ("delete from log_seal where {row}", "log_block height 2: 2 rows of log_seal at positions other than 0 to 2"),
        ("insert into log_operation select bucket + 1, id, time_ms, civil_day, action, actor_kind, actor, subject, citizen, terminal, before, after, reason from log_operation where {row}",
            "log_operation {next}: extra, neither sealed nor waiting to be"),
        ("insert into log_pending values ({nextBucket}, {idOf})", "log_operation {next}: missing, taken away before it was sealed"),
        ("update log_seal set record = (select record from log_seal where height = 1 and pos = 0) where {row}", "log_seal {place}: record is not what its commitment commits to"),
        ("update log_seal set commitment = (select commitment from log_seal where height = 1 and pos = 0), record = (select record from log_seal where height = 1 and pos = 0), salt = (select salt from log_seal where height = 1 and pos = 0) where {row}",
            "log_seal {place}: record is that of "),
        ("update log_seal set pos = 9 where {row}", "log_block height 2: 3 rows of log_seal at positions other than 0 to 2"),
        ("update log_block set time_ms = time_ms + 1 where height = 2", "log_block height 2: hash is not the hash of its header"),
        ("update log_block set height = 99 where height = 2; update log_block set height = 2 where height = 3; update log_block set height = 3 where height = 99",
            "log_block height 2: previous_hash is not the hash of the block before"),
        ("delete from log_block where height = 2", "log_block height 3: block 2 is missing before it"),
        ("delete from log_block where height = 3", "log_head: height 3, the chain ends at 2"),
        ("delete from log_block where height = 3; update log_head set height = 2, hash = (select hash from log_block where height = 2)", "log_seal "),
        ("update log_head set height = 4", "log_head: height 4, the chain ends at 3"),
        ("delete from log_head", "log_head: height , the chain ends at 3"),
    ];

    [Theory, MemberData(nameof(Attacks))]
    public async Task Invariant_12_S2_P10_a_change_by_hand_is_found_and_named(Engine engine, string sql, string named)
    {
        await using var test = await TestDatabase.New(engine);
        await Filled(test.Database, 2, 3, 2);
        await using var connection = await test.Database.Open();
        var row = await connection.QuerySingleAsync<(int Bucket, Guid Id)>("select bucket, id from log_seal where height = 2 and pos = 1");
        var id = engine == Engine.Postgres ? $"'{row.Id}'" : $"x'{Convert.ToHexString(row.Id.Bytes())}'";
        string Fill(string text) => text.Replace("{row}", $"bucket = {row.Bucket} and id = {id}").Replace("{idOf}", id).Replace("{place}", $"{row.Bucket}/{row.Id}")
            .Replace("{next}", $"{row.Bucket + 1}/{row.Id}").Replace("{nextBucket}", $"{row.Bucket + 1}");

        await connection.ExecuteAsync(Fill(sql));

        var report = await new AuditOperations(test.Database).Run();
        Assert.StartsWith(Fill(named), report.Broken);
        Assert.False(report.Holds);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_row_taken_away_before_its_block_is_missed(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        await test.Database.Write(tx => new Log(clock, Buckets.Default).Write(tx, Some(1)));
        await using var connection = await test.Database.Open();
        await connection.ExecuteAsync("delete from log_operation");
        Assert.Equal(0, await new SealOperations(test.Database, clock).Seal(Writer));
        Assert.EndsWith("missing, taken away before it was sealed", (await new AuditOperations(test.Database).Run()).Broken);
    }

    /// <summary>A database whose log stands in blocks of these sizes.</summary>
    private static async Task<SealOperations> Filled(Database database, params int[] blocks)
    {
        var clock = new TestClock();
        var seal = new SealOperations(database, clock);
        var log = new Log(clock, Buckets.Default);
        foreach (var size in blocks)
        {
            for (var i = 0; i < size; i++)
            {
                clock.Advance(10);
                await database.Write(tx => log.Write(tx, Some(i)));
            }
            Assert.Equal(size, await seal.Seal(Writer));
        }
        return seal;
    }

    private static Operation Some(int number)
    {
        var citizen = Ids.NewRandom<CitizenId>();
        return new("id.issued", Actor.Of(citizen), Citizen: citizen, After: $"number {number}");
    }
}
