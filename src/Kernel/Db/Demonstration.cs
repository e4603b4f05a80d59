using Dapper;
using MyKey.Kernel.OperationLog;

namespace MyKey.Kernel.Db;

/// <summary>The mark of a database whose people and points were made up: it is served on its own machine only.</summary>
public sealed class Demonstration(Database database, TimeProvider clock, OperationLog.OperationLog log)
{
    /// <summary>Marks the database for good; once is enough.</summary>
    public Task Mark(Actor by, CancellationToken stop = default) => database.Write(async tx =>
    {
        var marked = await tx.Connection.ExecuteAsync("insert into krn_demonstration(id, marked_ms) values (1, @Now) on conflict do nothing", new { Now = clock.NowMs() }, tx.Handle);
        if (marked == 1) await log.Write(tx, new Operation("database.marked", by, After: "demonstration"));
    }, stop);

    public async Task<bool> IsMarked(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from krn_demonstration") > 0;
    }
}
