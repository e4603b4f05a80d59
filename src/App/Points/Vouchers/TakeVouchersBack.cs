using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>The paper that somebody brought back.</summary>
/// <param name="Returned">Numbers, as printed: all that were handed out.</param>
/// <param name="Spoilt">Those of them that nobody will get any more; the others are in stock again.</param>
public sealed record ReturnedPaper(IReadOnlyList<string> Returned, IReadOnlyList<string> Spoilt);

/// <summary>
/// Vouchers come back whole and unused: the points go to the same lots, the premium to its budget, the paper into the desk's stock (table Z2). The desk that
/// handed them out does it, or the municipality, or an operator; there is no last day.
/// </summary>
public sealed class TakeVouchersBack(FindVouchers find, FindReturnRule returns, PasswordSum sum, Limits limits, Ledger.Ledger ledger, LedgerReading reading, TimeProvider clock)
{
    private const string Back = """
        update pts_voucher set state = @VoucherState, bucket = null, transfer = null
        where transfer = @VoucherTransfer and prefix = @VoucherPrefix and serial between @VoucherFrom and @VoucherUntil and state = 'out'
        """;

    private const string End = """
        update pts_voucher_order set state = 'cancelled', ended_by = @VoucherEnd, ended_ms = @VoucherMs where bucket = @VoucherBucket and id = @VoucherTransfer and state = 'handed'
        """;

    /// <returns>An order of this terminal's desk; or <c>role_forbidden</c>, <c>transfer_unknown</c>, <c>scope_denied</c>.</returns>
    public async Task<Result<VoucherOrder>> Find(Terminal terminal, string? key, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } noCall) return noCall;
        var order = await Find(key, stop);
        return order.Ok && order.Value.Desk.Value != terminal.Holder ? Refusal.Of("scope_denied") : order;
    }

    /// <returns>An order of this office's points; or <c>role_forbidden</c>, <c>transfer_unknown</c> also for another municipality's.</returns>
    public async Task<Result<VoucherOrder>> Find(StaffAtWork office, string? key, CancellationToken stop = default)
    {
        if (office.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var order = await Find(key, stop);
        return order.Ok && order.Value.Municipality != office.Office.Code ? Refusal.Of("transfer_unknown") : order;
    }

    /// <returns>An order by its receipt, for operators; or <c>role_forbidden</c>, <c>number_format</c>, <c>transfer_unknown</c>.</returns>
    public async Task<Result<VoucherOrder>> ByReceipt(StaffAtWork platform, string? receipt, CancellationToken stop = default)
    {
        if (platform.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return unreadable;
        return await reading.Find(number.Value) is { } line && await find.Order(number.Value.Bucket, line.Id, stop) is { } order ? order : Refusal.Of("transfer_unknown");
    }

    /// <param name="id">Made by the caller: the same again answers again.</param>
    /// <returns>The order as it is then; or <c>already_cancelled</c>, <c>voucher_number_format</c>, <c>voucher_number_twice</c>, <c>voucher_not_returned</c> (missing), and the ledger's refusals.</returns>
    public async Task<Result<VoucherOrder>> Run(VoucherOrder order, TransferId id, ReturnedPaper paper, (Actor Actor, TerminalId? Terminal) by, CancellationToken stop = default)
    {
        if (order.EndedBy == id) return order;
        if (order.State == VoucherOrderState.Cancelled) return Refusal.Of("already_cancelled");
        var sorted = Sort(order, paper);
        if (sorted.Refused is { } missing) return missing;
        var rule = await returns.Of(order.Municipality);
        var posted = await ledger.Post(Transfer.VoucherReturn(id, order.Bucket, order.Id, order.Desk, order.Programme, rule, by.Actor) with
        {
            Terminal = by.Terminal,
            Companions =
            [
                new Companion(End, [("VoucherEnd", id), ("VoucherMs", clock.NowMs()), ("VoucherBucket", order.Bucket), ("VoucherTransfer", order.Id)], 1, Refusal.Of("already_cancelled")),
                .. sorted.Value.Stock.Select(r => To(order, "stock", r)), .. sorted.Value.Spoilt.Select(r => To(order, "spoilt", r)), .. Premium(order),
                .. await sum.Free(order.Bucket, order.Id, order.Points.Value),
            ],
        });
        return posted.Refused is { } no ? no : Must.Have(await find.Order(order.Bucket, order.Id, stop), "an order stays");
    }

    private async Task<Result<VoucherOrder>> Find(string? key, CancellationToken stop)
    {
        var read = VoucherOrder.ReadKey(key);
        if (read.Refused is { } unreadable) return unreadable;
        return await find.Order(read.Value.Bucket, read.Value.Id, stop) is { } order ? order : Refusal.Of("transfer_unknown");
    }

    /// <summary>Every number must be back, and none that is not of this order.</summary>
    private static Result<(IReadOnlyList<VoucherRun> Stock, IReadOnlyList<VoucherRun> Spoilt)> Sort(VoucherOrder order, ReturnedPaper paper)
    {
        var (returned, spoilt) = (VoucherRun.ReadAll(paper.Returned), VoucherRun.ReadAll(paper.Spoilt));
        if ((returned.Refused ?? spoilt.Refused) is { } unreadable) return unreadable;
        var (all, back, bad) = (Numbers(order.Runs), Numbers(returned.Value), Numbers(spoilt.Value));
        var wrong = all.Where(n => !back.ContainsKey(n.Key)).Concat(back.Where(n => !all.ContainsKey(n.Key))).Concat(bad.Where(n => !all.ContainsKey(n.Key))).Select(n => n.Value).FirstOrDefault();
        if (wrong is not null) return Refusal.Of("voucher_not_returned", ("missing", wrong.ToString()));
        return (VoucherRun.Join(all.Where(n => !bad.ContainsKey(n.Key)).Select(n => n.Value)).Value, VoucherRun.Join(all.Where(n => bad.ContainsKey(n.Key)).Select(n => n.Value)).Value);
    }

    private static Dictionary<(string Prefix, long Serial), VoucherRun> Numbers(IEnumerable<VoucherRun> runs) => runs.SelectMany(r => r.Single()).ToDictionary(r => (r.Prefix, r.From));

    private static Companion To(VoucherOrder order, string state, VoucherRun run) => new(Back,
        [("VoucherState", state), ("VoucherTransfer", order.Id), ("VoucherPrefix", run.Prefix), ("VoucherFrom", run.From), ("VoucherUntil", run.Until)], (int)run.Count, Refusal.Of("busy"));

    private IEnumerable<Companion> Premium(VoucherOrder order) => order.Programme is { } payer ? [limits.GiveBack(LimitId.Budget(payer), order.Premium)] : [];
}
