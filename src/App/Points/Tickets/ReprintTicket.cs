using Dapper;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Tickets;

/// <summary>A print that was lost gets another number; the first one is void from then on (J-D2). No points move.</summary>
public sealed class ReprintTicket(CancelTicket tickets, FindTickets find, Database database, Buckets buckets, OperationLog log, TimeProvider clock)
{
    private const string Replace = "update pts_ticket set number = @TicketNumber where bucket = @TicketBucket and id = @TicketId and number = @old and state = 'issued' and last_on >= @today";

    private const string Requested = "select count(*) from pts_ticket_number where bucket = @Bucket and number = @Number and request = @request";

    /// <param name="request">Made by the caller, a UUID: the same again answers again.</param>
    /// <returns>The ticket under its new number; or as <see cref="CancelTicket.FindGood"/>.</returns>
    public async Task<Result<PointTicket>> Run(Terminal terminal, Guid request, string? number, CancellationToken stop = default)
    {
        var found = await tickets.Find(terminal, number, stop);
        if (found.Refused is { } unknown) return unknown;
        var ticket = found.Value;
        if (ticket.Void && await WasAskedFor(ticket, request, stop)) return ticket with { Void = false };
        if (ticket.Against(clock.Today()) is { } no) return no;
        for (var draw = 0; draw < TicketPosting.Draws; draw++)
        {
            var drawn = TicketNumber.Draw(ticket.Number.Issuer, ticket.Bucket, buckets);
            var done = await database.WriteOrRefuse<bool>(tx => Write(tx, terminal, ticket, new Reprint(request, drawn.ToString())), stop);
            if (done.Refused is { } late) return late;
            if (done.Value) return Must.Have(await find.Get(ticket.Bucket, ticket.Id, stop), "a ticket that was printed again has its row");
        }
        return Refusal.Of("busy");
    }

    /// <returns>False when the number was taken.</returns>
    private async Task<Result<bool>> Write(Transaction tx, Terminal terminal, PointTicket ticket, Reprint reprint)
    {
        var values = new
        {
            TicketBucket = ticket.Bucket, TicketId = ticket.Id, TicketNumber = reprint.Number, TicketRequest = reprint.Request, TicketMs = clock.NowMs(), old = ticket.Number.ToString(), today = clock.Today(),
        };
        if (await tx.Connection.ExecuteAsync(TicketPosting.InsertNumber, values, tx.Handle) == 0) return false;
        if (await tx.Connection.ExecuteAsync(Replace, values, tx.Handle) == 0) return Refusal.Of("ticket_void");
        await log.Write(tx, new Operation("ticket.reprinted", terminal.Actor, ticket.Id.Value, ticket.Citizen, terminal.Id));
        return true;
    }

    private async Task<bool> WasAskedFor(PointTicket ticket, Guid request, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>(Requested, new { ticket.Bucket, Number = ticket.Number.ToString(), request }) == 1;
    }

    private sealed record Reprint(Guid Request, string Number);
}
