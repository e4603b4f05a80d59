using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>Posts an exchange: points, premium, the order and the numbers that go out stand or fall together (S4-08c).</summary>
public sealed class VoucherPosting(FindVouchers find, Ledger.Ledger ledger, Limits limits, TimeProvider clock)
{
    /// <summary>Another desk's terminal may take the same numbers at the same instant: then the next ones are taken.</summary>
    private const int Tries = 5;

    private const string TakenMeanwhile = "voucher_number_taken";

    private const string HandOut = """
        update pts_voucher set state = 'out', bucket = @VoucherBucket, transfer = @VoucherTransfer
        where product = @VoucherProduct and desk = @VoucherDesk and prefix = @VoucherPrefix and serial between @VoucherFrom and @VoucherUntil and state = 'stock'
        """;

    private const string KeepNumbers = """
        insert into pts_voucher_handed(bucket, transfer, prefix, serial, width) select bucket, transfer, prefix, serial, width from pts_voucher where transfer = @VoucherTransfer
        """;

    private const string KeepOrder = """
        insert into pts_voucher_order(bucket, id, citizen, product, municipality, desk, count, denomination, points, premium, programme, civil_day, made_ms, state)
        values (@VoucherBucket, @VoucherTransfer, @VoucherCitizen, @VoucherProduct, @VoucherMunicipality, @VoucherDesk, @VoucherCount, @VoucherDenomination, @VoucherPoints, @VoucherPremium,
          @VoucherProgramme, @VoucherDay, @VoucherMs, 'handed')
        """;

    /// <param name="transfer">Allowed already.</param>
    /// <param name="typed">The numbers that the desk takes; empty: the next ones.</param>
    internal async Task<Result<HandedVouchers>> Post(Transfer transfer, VoucherExchange exchange, string? typed, CancellationToken stop)
    {
        var (product, chosen) = (exchange.Product, !string.IsNullOrWhiteSpace(typed));
        Result<Posted> posted = Refusal.Of("busy");
        for (var tries = 0; tries < Tries; tries++)
        {
            var runs = chosen ? Chosen(typed!, exchange.Amount.Count) : await Next(exchange, stop);
            if (runs.Refused is { } none) return none;
            var whole = transfer with
            {
                Settings = $"{transfer.Settings};voucher.denomination={product.Denomination};voucher.premium={product.PremiumPercent}",
                Companions = [.. transfer.Companions, .. runs.Value.Select(r => Out(transfer, exchange, r)), Numbers(transfer, exchange), Order(transfer, exchange)],
            };
            posted = transfer.Premium > Kernel.Points.Zero ? await limits.Post(LimitId.Budget(transfer.Programme!.Value), whole) : await ledger.Post(whole);
            if (chosen || posted.Refused?.Code != TakenMeanwhile) break;
        }
        if (posted.Refused is { } no) return no.Code == TakenMeanwhile && !chosen ? Refusal.Of("busy") : no;
        var order = Must.Have(await find.Order(ledger.BucketOf(transfer), transfer.Id, stop), "vouchers that were handed out have their order");
        return new HandedVouchers(order, posted.Value.BalanceAfter, posted.Value.Repeated);
    }

    private static Result<IReadOnlyList<VoucherRun>> Chosen(string typed, long count)
    {
        var runs = VoucherRun.ReadAll(typed);
        return runs.Ok && runs.Value.Sum(r => r.Count) != count ? Refusal.Of("voucher_count", ("count", count)) : runs;
    }

    private async Task<Result<IReadOnlyList<VoucherRun>>> Next(VoucherExchange exchange, CancellationToken stop)
    {
        var runs = await find.InStock(exchange.Product.Id, exchange.Desk.Id, exchange.Amount.Count, stop);
        var rest = runs.Sum(r => r.Count);
        if (rest < exchange.Amount.Count) return Refusal.Of("stock_empty", ("rest", rest));
        return VoucherRun.Join(runs);
    }

    private Companion Out(Transfer transfer, VoucherExchange exchange, VoucherRun run) => new(HandOut,
    [
        ("VoucherBucket", ledger.BucketOf(transfer)), ("VoucherTransfer", transfer.Id), ("VoucherProduct", exchange.Product.Id), ("VoucherDesk", exchange.Desk.Id), ("VoucherPrefix", run.Prefix),
        ("VoucherFrom", run.From), ("VoucherUntil", run.Until),
    ], (int)run.Count, Refusal.Of(TakenMeanwhile));

    private static Companion Numbers(Transfer transfer, VoucherExchange exchange) => new(KeepNumbers, [("VoucherTransfer", transfer.Id)], (int)exchange.Amount.Count, Refusal.Of("busy"));

    private Companion Order(Transfer transfer, VoucherExchange exchange) => new(KeepOrder,
    [
        ("VoucherBucket", ledger.BucketOf(transfer)), ("VoucherTransfer", transfer.Id), ("VoucherCitizen", transfer.Citizen!.Value), ("VoucherProduct", exchange.Product.Id),
        ("VoucherMunicipality", exchange.Product.Municipality.Value), ("VoucherDesk", exchange.Desk.Id), ("VoucherCount", (int)exchange.Amount.Count),
        ("VoucherDenomination", exchange.Product.Denomination.Value), ("VoucherPoints", transfer.Amount.Value), ("VoucherPremium", transfer.Premium.Value), ("VoucherProgramme", transfer.Programme),
        ("VoucherDay", clock.Today().ToNumber()), ("VoucherMs", clock.NowMs()),
    ], 1, Refusal.Of("busy"));
}
