using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Tests.Simulation;

/// <summary>The database takes no block for a while, as with a full disk: the second round trip of every batch fails before its commit.</summary>
internal sealed class FullDisk(Database database)
{
    private const string OnPostgres = """
        create table sim_full(since int not null);
        create function sim_refuse() returns trigger language plpgsql as $$
          begin if exists(select 1 from sim_full) then raise exception 'the disk is full'; end if; return new; end $$;
        create trigger sim_refuse before insert on ledger_block for each row execute function sim_refuse();
        """;

    private const string OnSqlite = """
        create table sim_full(since int not null);
        create trigger sim_refuse before insert on ledger_block when exists(select 1 from sim_full)
        begin select raise(abort, 'the disk is full'); end;
        """;

    private TaskCompletionSource room = Room();

    public int Strikes { get; private set; }

    /// <summary>Whoever has seen that the disk is full comes back when it no longer is; to ask on and on would only keep the database from being emptied.</summary>
    public Task HasRoom => room.Task;

    public async Task Prepare()
    {
        await using var connection = await database.Open();
        await connection.ExecuteAsync(database.Engine == Engine.Postgres ? OnPostgres : OnSqlite);
    }

    public async Task Strike()
    {
        Strikes++;
        room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await database.Write(tx => tx.Connection.ExecuteAsync("insert into sim_full(since) values (1)", transaction: tx.Handle));
        for (var i = 0; i < 20; i++) await Task.Yield();
        await database.Write(tx => tx.Connection.ExecuteAsync("delete from sim_full", transaction: tx.Handle));
        room.SetResult();
    }

    private static TaskCompletionSource Room()
    {
        var room = new TaskCompletionSource();
        room.SetResult();
        return room;
    }
}
