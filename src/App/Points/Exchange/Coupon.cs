using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Exchange;

/// <summary>What a code becomes: fixed when it is taken, so that a repeat and a late posting say the same.</summary>
/// <param name="Exchange">The form or request in which it was taken.</param>
internal sealed record CouponUse(CitizenId Citizen, Guid Exchange, TransferId Transfer, MunicipalityCode Issuer, Points Worth, Partners.ExchangeRate Rate, DateOnly LotExpiresOn, long TakenMs);

/// <summary>A code's row.</summary>
/// <param name="Points">The partner's.</param>
/// <param name="Use">null while nobody has taken it.</param>
internal sealed record Coupon(CouponPlace Place, Guid Batch, PartnerId Partner, long Points, DateOnly ExpiresOn, CouponUse? Use, bool Posted);

internal sealed record CouponRow
{
    public const string All = """
        select c.bucket, c.code_hash, c.batch, b.partner, c.points, c.expires_on, c.taken_by, c.exchange, c.transfer, c.issuer, c.worth, c.rate_partner, c.rate_municipal,
          c.lot_expires_on, c.taken_ms, c.posted
        from pts_coupon c join pts_coupon_batch b on b.id = c.batch where b.state = 'open'
        """;

    private const string InSqlite = $"{All} and c.bucket in @buckets and c.code_hash in @hashes order by c.batch";

    private const string InPostgres = $"{All} and c.bucket = any(@buckets) and c.code_hash = any(@hashes) order by c.batch";

    public int Bucket { get; init; }
    public byte[] CodeHash { get; init; } = [];
    public Guid Batch { get; init; }
    public PartnerId Partner { get; init; }
    public long Points { get; init; }
    public DateOnly ExpiresOn { get; init; }
    public CitizenId? TakenBy { get; init; }
    public Guid? Exchange { get; init; }
    public TransferId? Transfer { get; init; }
    public string? Issuer { get; init; }
    public long? Worth { get; init; }
    public int? RatePartner { get; init; }
    public int? RateMunicipal { get; init; }
    public DateOnly? LotExpiresOn { get; init; }
    public long? TakenMs { get; init; }
    public int Posted { get; init; }

    public Coupon Read() => new(new CouponPlace(Bucket, CodeHash), Batch, Partner, Points, ExpiresOn, TakenBy is not { } citizen ? null : new CouponUse(citizen, Exchange!.Value, Transfer!.Value,
        MunicipalityCode.Trusted(Issuer!), new Kernel.Points(Worth!.Value), new Partners.ExchangeRate(RatePartner!.Value, RateMunicipal!.Value), LotExpiresOn!.Value, TakenMs!.Value), Posted == 1);

    /// <summary>The rows at these places, of the older files first.</summary>
    public static async Task<List<Coupon>> At(Database database, IReadOnlyList<CouponPlace> places, CancellationToken stop)
    {
        if (places.Count == 0) return [];
        await using var connection = await database.Open(stop);
        var key = new { buckets = places.Select(p => p.Bucket).Distinct().ToArray(), hashes = places.Select(p => p.Hash).ToArray() };
        return [.. (await connection.QueryAsync<CouponRow>(database.Engine == Engine.Postgres ? InPostgres : InSqlite, key)).Select(r => r.Read())];
    }
}
