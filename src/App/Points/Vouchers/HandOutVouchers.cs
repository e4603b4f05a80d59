using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>What a desk asks for.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="CitizenToken">From a tap, a code or a signature at this terminal; 5 minutes.</param>
/// <param name="Points">The citizen's, from 1.</param>
/// <param name="Numbers">The sheets that the desk takes, as typed; null or empty: the next ones of its stock.</param>
public sealed record WantedVouchers(TransferId Id, string CitizenToken, Guid Product, long Points, string? Numbers = null);

/// <param name="BalanceAfter">What the citizen has left of these points.</param>
/// <param name="Repeated">They had been handed out before.</param>
public sealed record HandedVouchers(VoucherOrder Order, Kernel.Points BalanceAfter, bool Repeated);

/// <summary>A desk hands out existing paper for points: お買物券, 駐車券 (S4-08a, S4-08b). What a shop makes of it together with points is its own matter (S0-4043b).</summary>
public sealed class HandOutVouchers(FindVouchers find, CitizenTokens tokens, Spending spending, ProgrammeList programmes, RegistryCache registry, VoucherPosting posting, Ledger.Ledger ledger, LedgerReading reading, TimeProvider clock)
{
    /// <summary>Sheets at one time.</summary>
    public const int MostAtOnce = 100;

    /// <returns>
    /// What was handed out; or as <see cref="Judge"/>, <c>token_expired</c>, <c>id_suspended</c>, <c>auth_failed</c>, <c>step_up_required</c>, <c>id_reused</c>,
    /// <c>stock_empty</c> (rest), <c>voucher_number_format</c>, <c>voucher_number_twice</c>, <c>voucher_count</c> (count), <c>voucher_number_taken</c>,
    /// <c>budget_exhausted</c> (rest), and the ledger's refusals.
    /// </returns>
    public async Task<Result<HandedVouchers>> Run(Terminal terminal, WantedVouchers wanted, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } noCall) return noCall;
        var shown = await tokens.Find(wanted.CitizenToken, terminal, wanted.Id, stop);
        if (shown.Refused is { } nobody) return nobody;
        var citizen = shown.Value.Citizen.Id;
        if (await Again(terminal, wanted, citizen, stop) is { } before) return before;
        var judged = await Judge(terminal, wanted.Product, wanted.Points, stop);
        if (judged.Refused is { } no) return no;
        var exchange = judged.Value;
        if (shown.Value.Way == Way.Signature && SignedUse.Read(shown.Value.Binding)?.Product != wanted.Product) return Refusal.Of("auth_failed", ("why", "binding"));
        var transfer = Transfer.Voucher(wanted.Id, citizen, exchange.Product.Municipality, exchange.Amount.Points, exchange.Desk.Id, terminal.Actor);
        if (exchange.Product.Programme is { } payer) transfer = transfer.WithPremium(payer, exchange.Amount.Premium);
        var allowed = await spending.Allow(terminal, shown.Value, wanted.CitizenToken, transfer);
        if (allowed.Refused is { } more) return more;
        var handed = await posting.Post(allowed.Value, exchange, wanted.Numbers, stop);
        // The same, sent twice at once, may have taken the last sheets.
        return handed.Ok ? handed : await Again(terminal, wanted, citizen, stop) ?? handed;
    }

    /// <summary>The answer to a repeat, whatever has changed since; null for a first time.</summary>
    private async Task<Result<HandedVouchers>?> Again(Terminal terminal, WantedVouchers wanted, CitizenId citizen, CancellationToken stop)
    {
        if (await find.Order(ledger.Buckets.Of(citizen.Value), wanted.Id, stop) is not { } before) return null;
        if ((before.Product, before.Points.Value, before.Desk.Value, before.Citizen) != (wanted.Product, wanted.Points, terminal.Holder, citizen)) return Refusal.Of("id_reused");
        var line = Must.Have(await reading.Find(before.Bucket, before.Id), "an order has its transfer");
        return new HandedVouchers(before, line.BalanceAfter, Repeated: true);
    }

    /// <summary>Whether this desk may make these points into that paper today; nothing moves.</summary>
    /// <returns>
    /// The exchange in numbers; or <c>role_forbidden</c>, <c>amount_format</c>, <c>voucher_unknown</c>, <c>voucher_off</c>, <c>not_started</c>, <c>out_of_period</c>,
    /// <c>amount_unit</c> (unit), <c>voucher_most</c> (most).
    /// </returns>
    public async Task<Result<VoucherExchange>> Judge(Terminal terminal, Guid product, long points, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } noCall) return noCall;
        var amount = Kernel.Points.From(points);
        if (amount.Refused is { } noAmount) return noAmount;
        var (view, today) = (await registry.View(), clock.Today());
        if (await find.Product(product, stop) is not { } found || Desk(view, terminal, found) is not { } desk) return Refusal.Of("voucher_unknown");
        if ((found.Against(today) ?? view.Find(found.Municipality)?.PaysOn(today) ?? await Premium(found, stop)) is { } notToday) return notToday;
        var exchanged = found.For(amount.Value);
        if (exchanged.Refused is { } noUnit) return noUnit;
        return exchanged.Value.Count > MostAtOnce ? Refusal.Of("voucher_most", ("most", (long)MostAtOnce)) : new VoucherExchange(found, desk, exchanged.Value);
    }

    /// <summary>What this terminal's desk has or had of each product that is handed out today.</summary>
    /// <returns>Or <c>role_forbidden</c>.</returns>
    public async Task<Result<IReadOnlyList<VoucherStock>>> AtDesk(Terminal terminal, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } no) return no;
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        var (view, today) = (await registry.View(), clock.Today());
        return (await find.Of(new AcceptorId(holder), stop)).Where(s => s.Product.Against(today) is null && Desk(view, terminal, s.Product) is not null).ToList();
    }

    /// <summary>The terminal's desk, if it is one of the product's municipality. No rule on where points pay counts: paper needs no shop's device (S4-08e).</summary>
    private static Acceptor? Desk(RegistryView view, Terminal terminal, VoucherProduct product) =>
        terminal.Holder is { } holder && view.Find(new AcceptorId(holder)) is { State: AcceptorState.Active } desk && product.Municipality.Contains(desk.Municipality) ? desk : null;

    private async Task<Refusal?> Premium(VoucherProduct product, CancellationToken stop) =>
        product.Programme is { } payer && await programmes.Find(payer, stop) is { } programme ? programme.GrantsOn(clock.Today()) : null;
}

/// <summary>An exchange that may be made.</summary>
public sealed record VoucherExchange(VoucherProduct Product, Acceptor Desk, VoucherAmount Amount);
