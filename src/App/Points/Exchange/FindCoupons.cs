using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Exchange;

/// <summary>A line of a file that is no coupon, and the code of the refusal.</summary>
public sealed record RefusedCoupon
{
    public int Line { get; init; }
    public string Code { get; init; } = "";
}

/// <summary>A coupon that somebody exchanged, as its partner sees it: never who.</summary>
public sealed record ExchangedCoupon
{
    public TransferId Transfer { get; init; }
    public string Sha256 { get; init; } = "";
    public int Line { get; init; }

    /// <summary>The partner's; they became <see cref="Worth"/> of the issuer's, for which the partner pays as many yen (S2-P12a).</summary>
    public long Points { get; init; }
    public MunicipalityCode Issuer { get; init; }
    public long Worth { get; init; }
    public int RatePartner { get; init; }
    public int RateMunicipal { get; init; }
    public long TakenMs { get; init; }
}

/// <summary>What was exchanged of a partner's points into one municipality's at one rate.</summary>
public sealed record ExchangeTotal
{
    public MunicipalityCode Issuer { get; init; }
    public int RatePartner { get; init; }
    public int RateMunicipal { get; init; }
    public long Coupons { get; init; }
    public long Points { get; init; }
    public long Worth { get; init; }
}

/// <summary>Reading the files of coupons and what became of their codes.</summary>
public sealed class FindCoupons(Database database)
{
    public const int RowsAtOnce = 1_000;

    private const string Exchanged = """
        select c.transfer, b.sha256, c.line, c.points, c.issuer, c.worth, c.rate_partner, c.rate_municipal, c.taken_ms
        from pts_coupon_batch b join pts_coupon c on c.batch = b.id
        where b.partner = @partner and c.posted = 1 and c.taken_ms >= @fromMs and c.taken_ms < @untilMs
        """;

    private const string After = """
        and (c.taken_ms, c.transfer) > (select d.taken_ms, d.transfer from pts_coupon_batch f join pts_coupon d on d.batch = f.id
          where f.partner = @partner and d.posted = 1 and d.transfer = @after)
        """;

    private const string Totals = """
        select c.issuer, c.rate_partner, c.rate_municipal, count(*) as coupons, cast(sum(c.points) as bigint) as points, cast(sum(c.worth) as bigint) as worth
        from pts_coupon_batch b join pts_coupon c on c.batch = b.id
        where b.partner = @partner and c.posted = 1 and c.taken_ms >= @fromMs and c.taken_ms < @untilMs
        group by c.issuer, c.rate_partner, c.rate_municipal order by c.issuer, c.rate_partner, c.rate_municipal
        """;

    public async Task<CouponBatch?> Batch(PartnerId partner, string sha256, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<CouponBatchRow>($"{CouponBatchRow.All} where partner = @partner and sha256 = @sha256", new { partner, sha256 }))?.Read();
    }

    /// <summary>The newest of a partner.</summary>
    public async Task<IReadOnlyList<CouponBatch>> Batches(PartnerId partner, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<CouponBatchRow>($"{CouponBatchRow.All} where partner = @partner order by made_ms desc, id desc limit @RowsAtOnce", new { partner, RowsAtOnce })).Select(r => r.Read())];
    }

    /// <summary>Lines that are no coupon, after one.</summary>
    public async Task<IReadOnlyList<RefusedCoupon>> Refused(CouponBatch batch, int after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<RefusedCoupon>("select line, code from pts_coupon_refused where batch = @Id and line > @after order by line limit @RowsAtOnce", new { batch.Id, after, RowsAtOnce })];
    }

    /// <summary>What was exchanged of a partner's coupons, in the order in which it happened.</summary>
    /// <param name="after">The last one read before, or null.</param>
    public async Task<IReadOnlyList<ExchangedCoupon>> OfPartner(PartnerId partner, (long FromMs, long UntilMs) span, TransferId? after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        const string From = $"{Exchanged} order by c.taken_ms, c.transfer limit @RowsAtOnce";
        const string Further = $"{Exchanged} {After} order by c.taken_ms, c.transfer limit @RowsAtOnce";
        return [.. await connection.QueryAsync<ExchangedCoupon>(after is null ? From : Further, new { partner, fromMs = span.FromMs, untilMs = span.UntilMs, after, RowsAtOnce })];
    }

    public async Task<IReadOnlyList<ExchangeTotal>> TotalsOf(PartnerId partner, (long FromMs, long UntilMs) span, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<ExchangeTotal>(Totals, new { partner, fromMs = span.FromMs, untilMs = span.UntilMs })];
    }
}
