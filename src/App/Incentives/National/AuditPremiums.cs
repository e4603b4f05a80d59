using Dapper;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.National;

/// <summary>Compares the events of services with the ledger: each premium has its event and gave what the event says, to the service and the choice that it names; what is back came back (docs/invariants.md, 25).</summary>
public sealed class AuditPremiums(Database database, PremiumReading reading, Buckets buckets)
{
    private const string All = "select transfer, service, event, round, choice, given, state from inc_premium_event where kind <> 'return' and given <> 0";

    public async Task<RowAudit> Run(CancellationToken stop = default)
    {
        var read = await RowAudit.Settled(() => Look(stop));
        return new RowAudit(read.Rows, read.Broken);
    }

    private async Task<(long Rows, string? Broken)> Look(CancellationToken stop)
    {
        // Before the ledger: an event whose answer is kept has its transfer.
        Dictionary<TransferId, Row> events;
        HashSet<TransferId> open;
        await using (var connection = await database.Open(stop))
        {
            events = (await connection.QueryAsync<Row>(All)).ToDictionary(r => r.Transfer);
            open = (await connection.QueryAsync<TransferId>("select transfer from inc_premium_event where state = 'open'")).ToHashSet();
        }
        long rows = events.Count;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            foreach (var posted in await reading.Of(bucket, stop))
            {
                if (!events.Remove(posted.Id, out var row))
                {
                    if (!open.Contains(posted.Id)) return (rows, $"transfer of bucket {bucket} id {posted.Id.Value}: a premium without its event");
                    continue;
                }
                if (Wrong(row, posted) is { } wrong) return (rows, $"inc_premium_event service {row.Service.Value} event {row.Event}: {wrong}");
            }
        }
        return (rows, events.Values.FirstOrDefault() is { } alone ? $"inc_premium_event service {alone.Service.Value} event {alone.Event}: its transfer is missing" : null);
    }

    private static string? Wrong(Row row, PostedPremium posted) =>
        posted.Amount != row.Given ? $"{row.Given} points, its transfer moved {posted.Amount}"
        : posted.Holder.Value != row.Choice || posted.Round != row.Round || posted.Service != row.Service ? "another service, round or choice than its transfer's"
        : posted.Returned != (row.State == "back") ? $"{row.State}, its transfer {(posted.Returned ? "came" : "did not come")} back" : null;

    private sealed class Row
    {
        public TransferId Transfer { get; init; }
        public PaymentServiceId Service { get; init; }
        public string Event { get; init; } = "";
        public ProgrammeId? Round { get; init; }
        public Guid? Choice { get; init; }
        public long Given { get; init; }
        public string State { get; init; } = "";
    }
}
