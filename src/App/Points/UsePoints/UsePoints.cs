using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>What a terminal asks for.</summary>
/// <param name="Id">Made by the caller, a UUID (v7 is best): the same again answers again.</param>
/// <param name="CitizenToken">From a tap, a code or a signature at this terminal; 5 minutes.</param>
/// <param name="Purse">Which points, as <see cref="Registry.Purse"/> writes them.</param>
/// <param name="Amount">Points, from 1.</param>
public sealed record UseOrder(TransferId Id, string CitizenToken, string Purse, long Amount);

/// <summary>A citizen pays with points at an acceptor's terminal (S0-4016a, S2-P7c).</summary>
public sealed class UsePoints(CitizenTokens tokens, Spending spending, RegistryCache registry, Ledger.Ledger ledger, TimeProvider clock)
{
    /// <returns>
    /// What was posted; or <c>amount_format</c>, <c>number_format</c>, <c>role_forbidden</c>, <c>token_expired</c>, <c>id_suspended</c>,
    /// <c>not_accepted_here</c>, <c>not_started</c> (from), <c>event_closed</c> (from, until), <c>step_up_required</c>, and the ledger's refusals.
    /// </returns>
    public async Task<Result<Posted>> Run(Terminal terminal, UseOrder order, CancellationToken stop = default)
    {
        var amount = Points.From(order.Amount);
        if (amount.Refused is { } noAmount) return noAmount;
        var purse = Purse.Read(order.Purse);
        if (purse.Refused is { } noPurse) return noPurse;
        if (terminal.Require(TerminalCall.UsePoints).Refused is { } noCall) return noCall;
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        var acceptor = (await registry.View()).TakenHere(purse.Value, new AcceptorId(holder), clock.Today());
        if (acceptor.Refused is { } notHere) return notHere;
        var shown = await tokens.Find(order.CitizenToken, terminal, order.Id, stop);
        if (shown.Refused is { } nobody) return nobody;
        var use = Transfer.Use(order.Id, shown.Value.Citizen.Id, purse.Value.Of(shown.Value.Citizen.Id), amount.Value, acceptor.Value.Id, terminal.Actor);
        var allowed = await spending.Allow(terminal, shown.Value, order.CitizenToken, use);
        return allowed.Refused is { } no ? no : await ledger.Post(allowed.Value);
    }
}
