using MyKey.App.Entitlements;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Activities;

/// <summary>Reports against the ledger: what a row says was granted was granted to this citizen by this programme, as points or as what is still to be received.</summary>
public sealed class AuditReports(FindReports find, GrantReading grants, FindEntitlements entitlements, TimeProvider clock)
{
    private const int AtOnce = 500;

    public async Task<RowAudit> Run(CancellationToken stop = default)
    {
        var (rows, after) = (0L, new TransferId(Guid.Empty));
        while (await find.Granted(after, AtOnce, stop) is { Count: > 0 } some)
        {
            foreach (var report in some)
                if (await Wrong(report, stop) is { } wrong) return new RowAudit(rows, $"inc_report id {report.Id.Value}: {wrong}");
            (rows, after) = (rows + some.Count, some[^1].Id);
        }
        return new RowAudit(rows, null);
    }

    private async Task<string?> Wrong(Report report, CancellationToken stop)
    {
        var credited = report.Credited ?? Points.Zero;
        if (await entitlements.One(report.Who.Citizen, report.Id, stop) is { } waits)
            return waits.Programme == report.Programme && waits.Amount == credited ? null : $"{credited} of another programme or amount than its entitlement";
        if (await grants.Of(report.Who.Citizen, report.Id, clock.Today(), stop) is not { } posted) return "granted, and its transfer is missing";
        return posted.Programme == report.Programme && posted.Amount == credited ? null : $"{credited} granted, its transfer gave {posted.Amount}";
    }
}
