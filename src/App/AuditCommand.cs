using System.CommandLine;
using MyKey.App.Shared;
using MyKey.Identity.Rights;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App;

/// <summary><c>audit</c>: recomputes every block of both histories and every invariant and names the first broken row. Exit code 1 when one is.</summary>
public static class AuditCommand
{
    public static Command Make()
    {
        var command = new Command("audit", "Recompute every invariant and every block of the database; name the first broken row.");
        command.SetAction(async (_, stop) =>
        {
            // Built like the server, so that it is the same database; nothing is served and no job runs.
            await using var app = await Startup.Build([]);
            var points = await app.Services.GetRequiredService<Audit>().Run(stop);
            var operations = await new AuditOperations(app.Services.GetRequiredService<Kernel.Db.Database>()).Run(stop);
            Console.WriteLine($"points:     {points.Blocks} blocks, {points.Transfers} transfers, {points.Lots} lots, {points.Limits} limits: {points.Broken ?? "everything holds"}");
            var holds = points.Holds && operations.Holds;
            foreach (var part in app.Services.GetServices<RowAuditPart>())
            {
                var rows = await part.Run(stop);
                holds &= rows.Holds;
                Console.WriteLine($"{part.Name + ":",-11} {rows.Rows} rows: {rows.Broken ?? "everything holds"}");
            }
            var rights = await app.Services.GetRequiredService<AuditRights>().Run(stop);
            Console.WriteLine($"rights:     {rights.Rows} roles, keys, terminals and sessions: {(rights.Findings.Count == 0 ? "everything holds" : string.Join("; ", rights.Findings))}");
            Console.WriteLine($"operations: {operations.Blocks} blocks, {operations.Rows} rows, {operations.Waiting} not sealed yet: {operations.Broken ?? "everything holds"}");
            return holds && rights.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
