using MyKey.App.Registry;
using MyKey.App.Tickets;
using MyKey.App.Vouchers;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>A line of the table of S2-P7: which points, how many, and what this terminal can do with them.</summary>
/// <param name="Accepted">They pay here.</param>
/// <param name="Ticket">A ticket can be made of them here (S2-P7b).</param>
/// <param name="Voucher">They can become vouchers here (S4-08a).</param>
public sealed record HeldRow(Purse Purse, string Name, Points Usable, bool Accepted, bool Ticket, bool Voucher);

/// <summary>A citizen shows himself at a terminal by what he types (S4-06b, K-02), and what he holds is told to it (S2-P7b).</summary>
public sealed class ShowCitizen(UseOneTimeCode code, ShowPassword password, CitizenTokens tokens, LedgerReading reading, EventReading events, RegistryCache registry,
    HandOutVouchers vouchers, Settings settings, TimeProvider clock)
{
    /// <summary>Which of the two ways this terminal takes. What the issuer of the points allows is judged with the use.</summary>
    public async Task<(bool Code, bool Password)> Ways(Terminal terminal)
    {
        var (view, scope, now) = (await settings.View(), new SettingScope(Place: terminal.Municipality, Terminal: terminal.Id), clock.NowMs());
        return (view.On("spend.code", scope, now), view.On("spend.password", scope, now));
    }

    /// <summary>What may pay is a setting; a library's number is shown to whoever has the number of My Page.</summary>
    /// <returns>The citizen's token; <c>step_up_required</c> where this way is off, and the refusals of <see cref="UseOneTimeCode"/>.</returns>
    public async Task<Result<string>> ByCode(Terminal terminal, string? myKeyId, string? digits, CancellationToken stop) =>
        terminal.Require(TerminalCall.FindLink).Ok || (await Ways(terminal)).Code ? await code.Use(terminal, myKeyId, digits, stop) : Refusal.Of("step_up_required");

    /// <returns>The citizen's token; <c>step_up_required</c> where this way is off, and the refusals of <see cref="ShowPassword"/>.</returns>
    public async Task<Result<string>> ByPassword(Terminal terminal, string? myKeyId, string? typed, CancellationToken stop) =>
        (await Ways(terminal)).Password ? await password.Show(terminal, myKeyId, typed, stop) : Refusal.Of("step_up_required");

    /// <summary>What the citizen of a token holds, municipalities first; takes nothing.</summary>
    /// <returns>Or <c>role_forbidden</c> for a device that is there for something else, <c>token_expired</c>, <c>id_suspended</c>.</returns>
    public async Task<Result<IReadOnlyList<HeldRow>>> Holdings(Terminal terminal, string? token, CancellationToken stop)
    {
        if (terminal.Require(TerminalCall.ReadHoldings).Refused is { } forbidden) return forbidden;
        var shown = await tokens.Find(token, terminal, null, stop);
        if (shown.Refused is { } nobody) return nobody;
        var view = await registry.View();
        var (citizen, today) = (shown.Value.Citizen.Id, clock.Today());
        var (uses, tickets) = (terminal.Require(TerminalCall.UsePoints).Ok, terminal.Require(TerminalCall.IssueTicket).Ok);
        var products = await vouchers.AtDesk(terminal, stop);
        var paper = products.Ok ? products.Value.Select(s => s.Product.Municipality).ToHashSet() : [];
        return (await reading.Holdings(citizen, today)).Select(h => Row(new Purse(h.Issuer), h.Usable, (tickets && IssueTicket.Office(view, terminal, h.Issuer, today).Ok, paper.Contains(h.Issuer))))
            .Concat((await events.Of(citizen, today)).Select(e => Row(new Purse(e.Issuer, e.Event), e.Usable, (Ticket: false, Voucher: false)))).ToList();

        HeldRow Row(Purse purse, Points usable, (bool Ticket, bool Voucher) becomes) =>
            new(purse, view.NameOfPoints(purse), usable, uses && terminal.Holder is { } holder && view.TakenHere(purse, new AcceptorId(holder), today).Ok, becomes.Ticket, becomes.Voucher);
    }

    /// <summary>How much of a purse a citizen can use now.</summary>
    public async Task<Points> Usable(CitizenId citizen, Purse purse) => purse.Event is { } supported
        ? (await events.Of(citizen, clock.Today())).FirstOrDefault(e => e.Event == supported)?.Usable ?? Points.Zero
        : await reading.Usable(citizen, purse.Issuer, clock.Today());
}
