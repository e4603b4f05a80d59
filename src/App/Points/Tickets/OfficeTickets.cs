using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>
/// The municipality whose points a ticket is worth, and the operator, may take it back, too, wherever it was issued (table Z2); the rules are those of the ticket office.
/// </summary>
public sealed class OfficeTickets(FindTickets find, CancelTicket cancel)
{
    /// <returns>The ticket; or <c>role_forbidden</c>, <c>ticket_unknown</c> also for another municipality's, <c>ticket_void</c> for a number that was replaced.</returns>
    public async Task<Result<PointTicket>> Find(StaffAtWork work, string? number, CancellationToken stop)
    {
        if (work.Require(work.Town is null ? Role.Operator : Role.Officer).Refused is { } no) return no;
        var found = await find.Find(number, stop);
        if (found.Refused is { } unknown) return unknown;
        if (work.Town is { } town && found.Value.Issuer != town.Code) return Refusal.Of("ticket_unknown");
        return found.Value.Void ? Refusal.Of("ticket_void") : found;
    }

    /// <param name="id">Made by the caller: the same again answers again.</param>
    /// <returns>The ticket as it is then; or as <see cref="Find"/>, <c>ticket_void</c>, <c>ticket_used</c>, <c>ticket_expired</c>.</returns>
    public async Task<Result<PointTicket>> Cancel(StaffAtWork work, TransferId id, string? number, CancellationToken stop)
    {
        var found = await Find(work, number, stop);
        if (found.Refused is { } no) return no;
        var posted = await cancel.Post(found.Value, id, work.Actor, terminal: null);
        return posted.Refused is { } refusal ? refusal : await Find(work, number, stop);
    }
}
