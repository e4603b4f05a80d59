using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.Identity;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>A charge and what has become of taking it back.</summary>
/// <param name="Back">Null: nobody has asked for it.</param>
public sealed record ChargeToTakeBack(ChargeOrder Order, StreetCardOperator Operator, ReceiptNumber Receipt, ChargeBack? Back);

/// <summary>
/// A charge is taken back (table Z2): by the desk that made it, by the municipality whose points they are, or by an operator. The centre takes the points off the card
/// first, and only then they go to the same lots; what it says no to stays on the card.
/// </summary>
public sealed class TakeChargeBack(ChargeOrders orders, ChargeBacks backs, StreetCardOperators operators, CardCentreCalls calls, LedgerReading reading, FindReturnRule returns, PasswordSum sum, Ledger.Ledger ledger, TimeProvider clock)
{
    private const int FirstAskMs = 5_000, BrokenOffMs = 30_000;

    /// <returns>A charge of this very terminal; or <c>role_forbidden</c>, <c>number_format</c>, <c>transfer_unknown</c> also for another terminal's.</returns>
    public async Task<Result<ChargeToTakeBack>> Find(Terminal terminal, string? receipt, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } noCall) return noCall;
        var found = await Find(receipt, stop);
        return found.Ok && await reading.TerminalOf(found.Value.Receipt.Bucket, found.Value.Order.Id) != terminal.Id ? Refusal.Of("transfer_unknown") : found;
    }

    /// <returns>A charge of this office's points, or for operators any; or <c>role_forbidden</c>, <c>number_format</c>, <c>transfer_unknown</c> also for another municipality's.</returns>
    public async Task<Result<ChargeToTakeBack>> Find(StaffAtWork work, string? receipt, CancellationToken stop = default)
    {
        if (work.Require(work.Town is null ? Role.Operator : Role.Officer).Refused is { } forbidden) return forbidden;
        var found = await Find(receipt, stop);
        return found.Ok && work.Town is { } town && found.Value.Order.Issuer != town.Code ? Refusal.Of("transfer_unknown") : found;
    }

    /// <param name="asked">Made by the caller: the same again answers again.</param>
    /// <param name="by">With a reason where staff ask.</param>
    /// <returns>
    /// How far it has come: only <see cref="ChargeBackState.Back"/> has its points in their lots. Or <c>not_charged</c>, <c>already_cancelled</c>, <c>charge_kept</c> (why), and what free text is refused for.
    /// </returns>
    public async Task<Result<ChargeBack>> Run(ChargeToTakeBack charge, Guid asked, (Actor Actor, TerminalId? Terminal, string? Reason) by, CancellationToken stop = default)
    {
        var order = charge.Order;
        var id = Ids.Named<TransferId>([.. "charge-back"u8, .. order.Id.Value.Bytes(), .. asked.Bytes()]);
        if (charge.Back is { State: ChargeBackState.Back } done) return done.Id == id ? done : Refusal.Of("already_cancelled");
        if (charge.Back is { State: ChargeBackState.Kept } kept && kept.Id == id) return Refusal.Of("charge_kept");
        if (order.State != ChargeState.Charged) return Refusal.Of("not_charged");
        var now = clock.NowMs();
        var back = await backs.Begin(order, new ChargeBack(id, order.Id, order.Operator, by, ChargeBackState.Asking, null, now, now + LinkOrder.DebitMs, now + BrokenOffMs, 0), stop);
        // From here on the browser may go away: what was begun is brought to its end.
        var ended = back.Id == id ? await Apply(order, back, await Ask(charge.Operator, back), CancellationToken.None) : await Ask(back, order, CancellationToken.None);
        return ended.State == ChargeBackState.Kept ? Refusal.Of("charge_kept") : ended;
    }

    /// <summary>As <see cref="Run"/>, by an officer or operator with a reason.</summary>
    public async Task<Result<ChargeBack>> Run(StaffAtWork work, string? receipt, (Guid Asked, string? Reason) how, CancellationToken stop = default)
    {
        var charge = await Find(work, receipt, stop);
        if (charge.Refused is { } no) return no;
        if (work.Town is null && ConfirmTotp.Require(work.Session, clock).Refused is { } unconfirmed) return unconfirmed;
        var why = ReasonText.Read(how.Reason, "reason");
        return why.Refused is { } unreadable ? unreadable : await Run(charge.Value, how.Asked, (work.Actor, null, why.Value), stop);
    }

    /// <summary>Asks the centre what has become of a reversal, and acts on it.</summary>
    internal async Task<ChargeBack> Ask(ChargeBack back, ChargeOrder order, CancellationToken stop)
    {
        var centre = Must.Have(await operators.Find(order.Operator, stop), "the operator of a charge is there");
        return await Apply(order, back, await calls.AskBack(centre, back.Id.Value, stop), stop);
    }

    /// <summary>The same number at each try, so that it is taken off once.</summary>
    private async Task<PartnerAnswer> Ask(StreetCardOperator centre, ChargeBack back)
    {
        var answer = PartnerAnswer.Silent;
        for (var tried = 0; tried < PlaceLinkOrder.Tries && answer.Verdict is PartnerVerdict.Silent or PartnerVerdict.Unknown; tried++) answer = await calls.TakeBack(centre, back, CancellationToken.None);
        return answer;
    }

    private async Task<ChargeBack> Apply(ChargeOrder order, ChargeBack back, PartnerAnswer answer, CancellationToken stop)
    {
        var now = clock.NowMs();
        return answer.Verdict switch
        {
            PartnerVerdict.Yes when answer.Points == order.Points.Value => await GiveBack(order, back, stop),
            PartnerVerdict.No => await backs.Move(order, back with { State = ChargeBackState.Kept, Why = answer.Reason is "spent" or "expired" ? answer.Reason : "refused" }, stop),
            PartnerVerdict.Unknown when now >= back.DeadMs => await backs.Move(order, back with { State = ChargeBackState.Kept, Why = "not_received" }, stop),
            // Another amount than was charged is no answer either: it is asked about until the centre has put it right, and stands on the operators' page meanwhile.
            _ => await backs.Move(order, Later(back, now + SettleLinkOrder.WaitMs(back.Asks)), stop),
        };
    }

    private async Task<ChargeBack> GiveBack(ChargeOrder order, ChargeBack back, CancellationToken stop)
    {
        var rule = await returns.Of(order.Issuer);
        var posted = await ledger.Post(Transfer.ChargeReturn(back.Id, orders.BucketOf(order), order.Id, rule, back.By.Actor) with
        {
            Terminal = back.By.Terminal,
            Companions = [backs.End(order, back), .. await sum.Free(orders.BucketOf(order), order.Id, order.Points.Value)],
        });
        return posted.Ok ? back with { State = ChargeBackState.Back } : await backs.Move(order, Later(back, clock.NowMs() + FirstAskMs), stop);
    }

    private async Task<Result<ChargeToTakeBack>> Find(string? receipt, CancellationToken stop)
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return unreadable;
        if (await reading.Find(number.Value) is not { Kind: TransferKind.Charge } line || await orders.Find(number.Value.Bucket, line.Id, stop) is not { } order
            || await operators.Find(order.Operator, stop) is not { } one) return Refusal.Of("transfer_unknown");
        return new ChargeToTakeBack(order, one, line.Receipt, await backs.Of(order, stop));
    }

    private static ChargeBack Later(ChargeBack back, long nextMs) => back with { NextMs = nextMs, Asks = back.Asks + 1 };
}

/// <summary>Asks again about reversals whose answer was lost.</summary>
public sealed class SettleChargeBacks(ChargeBacks backs, ChargeOrders orders, TakeChargeBack take) : IJob
{
    private const int RowsPerRun = 50;

    public string Name => "points-settle-charge-backs";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var settled = 0;
        var due = await backs.Due(RowsPerRun, stop);
        foreach (var (bucket, back) in due)
        {
            var order = Must.Have(await orders.Find(bucket, back.Charge, stop), "a reversal has its charge");
            if ((await take.Ask(back, order, stop)).State != ChargeBackState.Asking) settled++;
        }
        return new JobResult($"settled {settled} of {due.Count}", More: settled == RowsPerRun);
    }
}
