using System.CommandLine;
using MyKey.App.Claims;
using MyKey.App.Pledges;
using MyKey.App.Recalls;
using MyKey.App.StreetCards;
using MyKey.App.UsePoints;
using MyKey.App.Vouchers;
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
            var tokens = await app.Services.GetRequiredService<AuditUses>().Run(stop);
            var vouchers = await app.Services.GetRequiredService<AuditVouchers>().Run(stop);
            var pledges = await app.Services.GetRequiredService<AuditPledges>().Run(stop);
            var charges = await app.Services.GetRequiredService<AuditCharges>().Run(stop);
            var claims = await app.Services.GetRequiredService<AuditClaims>().Run(stop);
            var recalls = await app.Services.GetRequiredService<AuditRecalls>().Run(stop);
            Console.WriteLine($"points:     {points.Blocks} blocks, {points.Transfers} transfers, {points.Lots} lots, {points.Limits} limits: {points.Broken ?? "everything holds"}");
            Console.WriteLine($"tokens:     {tokens.Rows} uses of the last hours: {tokens.Broken ?? "everything holds"}");
            Console.WriteLine($"vouchers:   {vouchers.Rows} exchanges: {vouchers.Broken ?? "everything holds"}");
            Console.WriteLine($"charges:    {charges.Rows} of street cards: {charges.Broken ?? "everything holds"}");
            Console.WriteLine($"claims:     {claims.Rows} of payment services: {claims.Broken ?? "everything holds"}");
            Console.WriteLine($"pledges:    {pledges.Rows}: {pledges.Broken ?? "everything holds"}");
            Console.WriteLine($"recalls:    {recalls.Rows}, with what counts to the years of persons: {recalls.Broken ?? "everything holds"}");
            var rights = await app.Services.GetRequiredService<AuditRights>().Run(stop);
            Console.WriteLine($"rights:     {rights.Rows} roles, keys, terminals and sessions: {(rights.Findings.Count == 0 ? "everything holds" : string.Join("; ", rights.Findings))}");
            Console.WriteLine($"operations: {operations.Blocks} blocks, {operations.Rows} rows, {operations.Waiting} not sealed yet: {operations.Broken ?? "everything holds"}");
            return points.Holds && tokens.Holds && vouchers.Holds && charges.Holds && claims.Holds && pledges.Holds && recalls.Holds && rights.Findings.Count == 0 && operations.Holds ? 0 : 1;
        });
        return command;
    }
}
