using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>The rows of pledges: each is written by the very transfer that it tells of.</summary>
public sealed class PledgeRows(Database database, TimeProvider clock)
{
    public const int RowsAtOnce = 200;

    private const string Insert = """
        insert into pts_pledge(bucket, id, site, asked_id, citizen, municipality, issuer, acceptor, category, order_no, amount, state, held_ms, expires_ms, captured, released, refunded)
        values (@PledgeBucket, @PledgeId, @PledgeSite, @AskedId, @PledgeCitizen, @PledgePlace, @PledgeIssuer, @PledgeAcceptor, @PledgeCategory, @OrderNo, @PledgeAmount, 'held', @HeldMs, @EndMs, 0, 0, 0)
        """;

    private const string CaptureOpen = """
        update pts_pledge set state = 'captured', capture = @CaptureId, captured = @CaptureAmount, ended_ms = @NowMs
        where bucket = @PledgeBucket and id = @PledgeId and state = 'held' and expires_ms > @NowMs
        """;

    private const string ReleaseHeld = """
        update pts_pledge set state = 'released', released = amount, reason = @EndReason, ended_ms = @NowMs where bucket = @PledgeBucket and id = @PledgeId and state = 'held'
        """;

    private const string ReleaseExpired = $"{ReleaseHeld} and expires_ms <= @NowMs";

    private const string ReleaseRest = "update pts_pledge set released = amount - captured where bucket = @PledgeBucket and id = @PledgeId and state = 'captured' and released = 0";

    private const string RefundPart = """
        update pts_pledge set refunded = refunded + @RefundAmount where bucket = @PledgeBucket and id = @PledgeId and state = 'captured' and refunded + @RefundAmount <= captured
        """;

    private static readonly Refusal Moved = Refusal.Of("pledge_over");

    public async Task<Pledge?> Find(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<PledgeRow>($"{PledgeRow.All} where id = @id", new { id }))?.Read();
    }

    /// <summary>A citizen's, the latest first.</summary>
    public async Task<IReadOnlyList<Pledge>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PledgeRow>($"{PledgeRow.All} where citizen = @citizen order by held_ms desc, id limit @RowsAtOnce", new { citizen, RowsAtOnce })).Select(r => r.Read())];
    }

    /// <summary>A site's, the latest first.</summary>
    public async Task<IReadOnlyList<Pledge>> Of(OnlineSiteId site, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PledgeRow>($"{PledgeRow.All} where site = @site order by held_ms desc, id limit @RowsAtOnce", new { site, RowsAtOnce })).Select(r => r.Read())];
    }

    /// <summary>What a citizen who gives up the ID still has held runs out now: no site takes it any more, and the job gives it back (S0-5017).</summary>
    internal Task RunOut(Transaction tx, CitizenId citizen) => tx.Connection.ExecuteAsync(
        "update pts_pledge set expires_ms = @now where citizen = @citizen and state = 'held' and expires_ms > @now", new { citizen, now = clock.NowMs() }, tx.Handle);

    /// <summary>A citizen's that no site has taken or given back, all of them.</summary>
    public async Task<IReadOnlyList<Pledge>> Held(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PledgeRow>($"{PledgeRow.All} where citizen = @citizen and state = 'held' order by issuer, held_ms, id", new { citizen })).Select(r => r.Read())];
    }

    /// <summary>What has run out, and what a capture has left over.</summary>
    internal async Task<IReadOnlyList<Pledge>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var expired = await connection.QueryAsync<PledgeRow>($"{PledgeRow.All} where state = 'held' and expires_ms <= @now order by expires_ms limit @most", new { now = clock.NowMs(), most });
        var rests = await connection.QueryAsync<PledgeRow>($"{PledgeRow.All} where state = 'captured' and captured + released < amount order by ended_ms limit @most", new { most });
        return [.. expired.Concat(rests).Take(most).Select(r => r.Read())];
    }

    /// <summary>All of one bucket, for an audit.</summary>
    internal async Task<IReadOnlyList<Pledge>> All(int bucket, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PledgeRow>($"{PledgeRow.All} where bucket = @bucket order by id", new { bucket })).Select(r => r.Read())];
    }

    internal static Companion Begin(Pledge p) => new(Insert,
    [
        ("PledgeBucket", p.Bucket), ("PledgeId", p.Id), ("PledgeSite", p.Site), ("AskedId", p.AskedId), ("PledgeCitizen", p.Citizen), ("PledgePlace", p.Municipality.Value), ("PledgeIssuer", p.Issuer.Value),
        ("PledgeAcceptor", p.Acceptor), ("PledgeCategory", Registry.Words<PledgeCategory>.Of(p.Category)), ("OrderNo", p.Order), ("PledgeAmount", p.Amount.Value), ("HeldMs", p.HeldMs), ("EndMs", p.ExpiresMs),
    ], 1, Refusal.Of("busy"));

    public Companion Captured(Pledge p, TransferId capture, long amount) => new(CaptureOpen, [.. Key(p), ("CaptureId", capture), ("CaptureAmount", amount), ("NowMs", clock.NowMs())], 1, Moved);

    /// <param name="reason"><c>expired</c> counts only from the instant on.</param>
    internal Companion Released(Pledge p, string reason) => new(reason == "expired" ? ReleaseExpired : ReleaseHeld, [.. Key(p), ("EndReason", reason), ("NowMs", clock.NowMs())], 1, Moved);

    internal static Companion RestReleased(Pledge p) => new(ReleaseRest, Key(p), 1, Moved);

    internal static Companion Refunded(Pledge p, long amount) => new(RefundPart, [.. Key(p), ("RefundAmount", amount)], 1, Refusal.Of("refund_exceeds", ("rest", p.Captured - p.Refunded)));

    private static IReadOnlyList<(string Name, object? Value)> Key(Pledge p) => [("PledgeBucket", p.Bucket), ("PledgeId", p.Id)];
}
