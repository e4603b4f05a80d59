using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: a writer goes on when not even rolling back works any more: nobody else works for its queue (issue 2, step 7).</summary>
public class WriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_backend_that_is_ended_in_the_middle_of_a_batch_costs_nothing_but_a_repeat()
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        var clock = new CuttingClock();
        await using var ledger = await MyKey.Ledger.Ledger.Open(test.Database, clock, Buckets.Default, new LedgerOptions(Writers: 1));
        var citizen = NewCitizen();
        Assert.True((await ledger.Post(Grant(citizen)).AsTask().WaitAsync(Patience)).Ok);
        for (var round = 1; round <= 3; round++)
        {
            clock.Next = () =>
            {
                End(test, "idle in transaction");
                throw new BrokenProperty("planted", "", 0);
            };

            var paid = await ledger.Post(Use(citizen)).AsTask().WaitAsync(Patience);

            Assert.Equal(1000 - (10 * round), paid.Value.BalanceAfter.Value);
        }
        await MustHold(test, transfers: 4);
    }

    [Fact]
    public async Task What_failed_is_told_and_what_comes_after_it_is_done()
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        var clock = new CuttingClock();
        await using var ledger = await MyKey.Ledger.Ledger.Open(test.Database, clock, Buckets.Default, new LedgerOptions(Writers: 1));
        var citizen = NewCitizen();
        await ledger.Post(Grant(citizen));
        clock.Next = () =>
        {
            End(test, "idle in transaction");
            throw new ArithmeticException("planted");
        };

        await Assert.ThrowsAsync<ArithmeticException>(() => ledger.Post(Use(citizen)).AsTask().WaitAsync(Patience));

        Assert.Equal(990, (await ledger.Post(Use(citizen)).AsTask().WaitAsync(Patience)).Value.BalanceAfter.Value);
        await MustHold(test, transfers: 2);
    }

    /// <summary>The companion ends the transaction, as SQLite itself does on a full disk: there is nothing to roll back any more.</summary>
    [Fact]
    public async Task A_transaction_that_ended_by_itself_fails_its_transfer_and_no_other()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        await using var ledger = await MyKey.Ledger.Ledger.Open(test.Database, TimeProvider.System, Buckets.Default);
        var citizen = NewCitizen();
        await ledger.Post(Grant(citizen));
        var ending = Use(citizen) with { Companions = [new Companion("rollback", [], 7, Refusal.Of("busy"))] };

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ledger.Post(ending).AsTask().WaitAsync(Patience));

        Assert.Equal(990, (await ledger.Post(Use(citizen)).AsTask().WaitAsync(Patience)).Value.BalanceAfter.Value);
        await MustHold(test, transfers: 2);
    }

    private static Transfer Grant(CitizenId citizen) => Transfer.Grant(Ids.New<TransferId>(TimeProvider.System), citizen, A, new Points(1000), Programme,
        new NewLot(TimeProvider.System.Today().AddDays(30), new LotSource(SourceKind.Grant)), LedgerHouse.Till);

    private static Transfer Use(CitizenId citizen) => Transfer.Use(Ids.New<TransferId>(TimeProvider.System), citizen, A, new Points(10), Shop, LedgerHouse.Till);

    private static async Task MustHold(TestDatabase test, int transfers)
    {
        var report = await new Audit(test.Database, Buckets.Default).Run();
        Assert.Equal((null, transfers), (report.Broken, (int)report.Transfers));
    }

    /// <summary>Ends the backends in that state and comes back when they are gone.</summary>
    private static void End(TestDatabase test, string state)
    {
        using var connection = new Npgsql.NpgsqlConnection(test.ConnectionString + ";Pooling=false");
        connection.Open();
        var pid = connection.QuerySingle<int>("select pid from pg_stat_activity where datname = current_database() and state = @state", new { state });
        Assert.True(connection.QuerySingle<bool>("select pg_terminate_backend(@pid, 10000)", new { pid }));
    }

    /// <summary>The writer asks for the time once per batch, after it has loaded and before it writes.</summary>
    private sealed class CuttingClock : TimeProvider
    {
        public Action? Next { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            var cut = Next;
            Next = null;
            cut?.Invoke();
            return System.GetUtcNow();
        }
    }
}
