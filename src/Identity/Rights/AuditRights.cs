using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Rights;

/// <summary>What came of it.</summary>
/// <param name="Findings">Each names a row and what no line says; a hundred at most.</param>
public sealed record RightsReport(long Rows, IReadOnlyList<string> Findings)
{
    public const int Most = 100;
}

/// <summary>
/// Compares who may do what (roles of staff, keys of machines, terminals, open sessions) with the operation log: what is written by hand past the slices has no line there, and
/// a line can't be added without standing in the chain. Lines that tell of rows which are not there are told as well.
/// </summary>
public sealed class AuditRights(Database database, TimeProvider clock)
{
    /// <summary>Sessions that were open within the last day and a bit.</summary>
    public const long SessionsMs = 26 * 3_600_000L;

    public async Task<RightsReport> Run(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        // Rows and lines of one instant, without holding up any writer.
        await using var snapshot = connection is SqliteConnection lite ? lite.BeginTransaction(deferred: true) : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        var look = new RightsLook(connection, snapshot);
        await new StaffRights(look).Run();
        await new KeyRights(look).Run();
        await new TerminalRights(look).Run();
        await new SessionRights(look, clock.NowMs() - SessionsMs).Run();
        return new RightsReport(look.Rows, look.Findings);
    }
}

/// <summary>What the parts of one look have in common.</summary>
internal sealed class RightsLook(DbConnection connection, DbTransaction handle)
{
    private readonly List<string> findings = [];

    public DbConnection Connection => connection;

    public DbTransaction Handle => handle;

    public long Rows { get; set; }

    public IReadOnlyList<string> Findings => findings;

    public Task<IReadOnlyList<TellingLine>> Lines(long fromMs, params string[] actions) => ReadOperations.Of(connection, handle, actions, fromMs);

    public void Unless(bool holds, FormattableString what)
    {
        if (!holds && findings.Count < RightsReport.Most) findings.Add(FormattableString.Invariant(what));
    }
}
