using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>What a ticket office asks for.</summary>
/// <param name="Id">Made by the caller; it becomes the ticket's: the same again answers again.</param>
/// <param name="CitizenToken">From a tap, a code or a signature at this terminal; 5 minutes.</param>
/// <param name="Issuer">Municipality code of the points, 6 digits.</param>
/// <param name="Amount">Points, from 1.</param>
public sealed record TicketOrder(TransferId Id, string CitizenToken, string Issuer, long Amount);

/// <summary>A ticket and what its citizen has left.</summary>
/// <param name="Repeated">It had been issued before.</param>
public sealed record IssuedTicket(PointTicket Ticket, Posted Posted, bool Repeated);

/// <summary>A ticket office gives out paper for points, for shops without any device (S0-1016, S0-4016b). The points leave the citizen's holding here.</summary>
public sealed class IssueTicket(CitizenTokens tokens, Spending spending, RegistryCache registry, TicketPosting posting, TimeProvider clock)
{
    /// <returns>
    /// The ticket; or <c>amount_format</c>, <c>number_format</c>, <c>role_forbidden</c>, <c>not_accepted_here</c>, <c>not_started</c> (from), <c>ticket_street_missing</c>, <c>token_expired</c>,
    /// <c>id_suspended</c>, <c>step_up_required</c>, and the ledger's refusals.
    /// </returns>
    public async Task<Result<IssuedTicket>> Run(Terminal terminal, TicketOrder order, CancellationToken stop = default)
    {
        var amount = Kernel.Points.From(order.Amount);
        if (amount.Refused is { } noAmount) return noAmount;
        var issuer = MunicipalityCode.Read(order.Issuer);
        if (issuer.Refused is { } noIssuer) return noIssuer;
        if (terminal.Require(TerminalCall.IssueTicket).Refused is { } noCall) return noCall;
        var office = Office(await registry.View(), terminal, issuer.Value, clock.Today());
        if (office.Refused is { } notHere) return notHere;
        var street = await posting.StreetOf(issuer.Value, office.Value);
        if (street.Refused is { } none) return none;
        var shown = await tokens.Find(order.CitizenToken, terminal, order.Id, stop);
        if (shown.Refused is { } nobody) return nobody;
        var transfer = Transfer.TicketIssue(order.Id, shown.Value.Citizen.Id, issuer.Value, amount.Value, office.Value.Id, terminal.Actor);
        var allowed = await spending.Allow(terminal, shown.Value, order.CitizenToken, transfer);
        return allowed.Refused is { } no ? no : await posting.Post(allowed.Value, street.Value, stop);
    }

    /// <summary>Whose points this office makes tickets of: those that pay where it stands.</summary>
    /// <returns>The office; or <c>role_forbidden</c>, <c>not_accepted_here</c>, <c>not_started</c> (from).</returns>
    public static Result<Acceptor> Office(RegistryView view, Terminal terminal, MunicipalityCode issuer, DateOnly day)
    {
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        return PointTicket.PaysAt(view, issuer, new AcceptorId(holder), day);
    }
}
