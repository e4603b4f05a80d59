using Dapper;
using MyKey.App.Budgets;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Tables;

/// <summary>The tables of programmes, as their office sets them.</summary>
public sealed class StepTables(Database database, OfficeProgrammes programmes, OperationLog log)
{
    private const string Select = "select least, points from pts_step where programme = @id order by least";

    public async Task<StepTable?> Of(ProgrammeId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return Table(await connection.QueryAsync<(long, long)>(Select, new { id }));
    }

    /// <summary>In place of the one before: for files that come from now on.</summary>
    /// <returns>The table; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<StepTable>> Set(StaffAtWork work, ProgrammeId id, StepTable table, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        if ((await programmes.One(work, id, stop)).Refused is { } no) return no;
        await database.Write(async tx =>
        {
            // Two officers at once: one table or the other, never half of each.
            await tx.Connection.ExecuteAsync("update pts_programme set state = state where id = @id", new { id }, tx.Handle);
            var before = Table(await tx.Connection.QueryAsync<(long, long)>(Select, new { id }, tx.Handle))?.ToString();
            if (before == table.ToString()) return;
            await tx.Connection.ExecuteAsync("delete from pts_step where programme = @id", new { id }, tx.Handle);
            await tx.Connection.ExecuteAsync("insert into pts_step(programme, least, points) values (@Id, @Least, @Points)", table.Steps.Select(s => new { Id = id, s.Least, s.Points }), tx.Handle);
            await log.Write(tx, new Operation("programme.table_set", work.Actor, id.Value, Before: before, After: table.ToString()));
        }, stop);
        return table;
    }

    private static StepTable? Table(IEnumerable<(long Least, long Points)> rows) => rows.Select(r => new Step(r.Least, new Kernel.Points(r.Points))).ToList() is { Count: > 0 } steps ? new StepTable(steps) : null;
}
