using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>
/// What is in a ticket that nobody used goes back where it came from (J-D1), the day after its last day; where shops without a device hand their
/// tickets in, the day after that ends (S4-09). The id of the transfer follows from the ticket, so it may run twice.
/// </summary>
public sealed class ReturnTickets(FindTickets find, Ledger.Ledger ledger, TimeProvider clock) : IJob
{
    private const int TicketsPerRun = 1_000;

    public string Name => "points-return-tickets";

    public TimeSpan Every => TimeSpan.FromMinutes(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (returned, today) = (0, clock.Today());
        for (var bucket = 0; bucket < ledger.Buckets.Count && returned < TicketsPerRun; bucket++)
            foreach (var ticket in await find.Unused(bucket, today, TicketsPerRun - returned, stop))
                if ((await Return(ticket, run.Actor)).Ok) returned++;
        return new JobResult($"returned {returned}", More: returned >= TicketsPerRun);
    }

    private async Task<Result<Posted>> Return(PointTicket ticket, Actor by)
    {
        var id = Ids.Named<TransferId>([.. "ticket-return"u8, .. ticket.Id.Value.Bytes()]);
        return await ledger.Post(Transfer.TicketReturn(id, ticket.Bucket, ticket.Id, ticket.Office, by) with
        {
            Companions = [CancelTicket.Ended(ticket, TicketState.Returned, id, Refusal.Of("ticket_used"))],
        });
    }
}
