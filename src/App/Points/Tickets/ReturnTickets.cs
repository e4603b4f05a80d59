using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>
/// The day after its last day, what is in a ticket that nobody used goes back where it came from, if it has not lapsed itself (J-D1). The id of
/// the transfer follows from the ticket, so it may run twice; a ticket whose points have all lapsed is only closed.
/// </summary>
public sealed class ReturnTickets(FindTickets find, Database database, Ledger.Ledger ledger, OperationLog log, TimeProvider clock) : IJob
{
    private const int TicketsPerRun = 1_000;

    public string Name => "points-return-tickets";

    public TimeSpan Every => TimeSpan.FromMinutes(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var (returned, lapsed, today) = (0, 0, clock.Today());
        for (var bucket = 0; bucket < ledger.Buckets.Count && returned + lapsed < TicketsPerRun; bucket++)
            foreach (var ticket in await find.Unused(bucket, today, TicketsPerRun - returned - lapsed, stop))
            {
                var back = await Return(ticket, run.Actor);
                if (back.Ok) returned++;
                else if (back.Refused!.Code == "insufficient_points" && await Lapse(ticket, run.Actor, stop)) lapsed++;
            }
        return new JobResult($"returned {returned}, lapsed {lapsed}", More: returned + lapsed >= TicketsPerRun);
    }

    private async Task<Result<Posted>> Return(PointTicket ticket, Actor by)
    {
        var id = Ids.Named<TransferId>([.. "ticket-return"u8, .. ticket.Id.Value.Bytes()]);
        return await ledger.Post(Transfer.TicketReturn(id, ticket.Bucket, ticket.Id, ticket.Office, by) with
        {
            Companions = [CancelTicket.Ended(ticket, TicketState.Returned, id, Refusal.Of("ticket_used"))],
        });
    }

    private Task<bool> Lapse(PointTicket ticket, Actor by, CancellationToken stop) => database.Write(async tx =>
    {
        var closed = await tx.Connection.ExecuteAsync("update pts_ticket set state = @Lapsed where bucket = @Bucket and id = @Id and state = 'issued'",
            new { ticket.Bucket, ticket.Id, Lapsed = Words<TicketState>.Of(TicketState.Lapsed) }, tx.Handle);
        if (closed == 1) await log.Write(tx, new Operation("ticket.lapsed", by, ticket.Id.Value, ticket.Citizen));
        return closed == 1;
    }, stop);
}
