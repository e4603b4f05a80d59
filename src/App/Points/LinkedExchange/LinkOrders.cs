using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.LinkedExchange;

/// <summary>The rows of orders: how they begin, how they move from one state to the next, how they are found.</summary>
public sealed class LinkOrders(Database database, Buckets buckets, OperationLog log, TimeProvider clock)
{
    public const int RowsAtOnce = 200, Recent = 5;

    private const string Insert = """
        insert into pts_link_order(bucket, id, asked_id, citizen, partner, issuer, points, worth, rate_partner, rate_municipal, lot_expires_on, state, ordered_ms, not_after_ms, next_ms, asks, partner_order)
        values (@Bucket, @Id, @AskedId, @Citizen, @Partner, @Issuer, @Points, @Worth, @RatePartner, @RateMunicipal, @LotExpiresOn, 'ordered', @OrderedMs, @NotAfterMs, @NextMs, 0, @PartnerOrder)
        on conflict do nothing
        """;

    private const string Next = """
        update pts_link_order set state = @To, reason = @Reason, answered = @Answered, next_ms = @NextMs, asks = @Asks
        where bucket = @Bucket and id = @Id and state = @From
        """;

    /// <param name="by">The citizen, or the partner's system.</param>
    /// <returns>false when it stands already: the same form, sent twice.</returns>
    public Task<bool> Begin(LinkOrder order, Actor by, CancellationToken stop) => database.Write(async tx =>
    {
        var row = new
        {
            Bucket = BucketOf(order), order.Id, order.AskedId, order.Citizen, order.Partner, order.Issuer, order.Points, order.Worth, RatePartner = order.Rate.Partner, RateMunicipal = order.Rate.Municipal,
            order.LotExpiresOn, order.OrderedMs, order.NotAfterMs, order.NextMs, order.PartnerOrder,
        };
        if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0) return false;
        await log.Write(tx, new Operation("link_order.placed", by, order.Id.Value, order.Citizen, After: $"{order.Partner.Value} {order.Points} {order.Issuer.Value} {order.Worth.Value}"));
        return true;
    }, stop);

    /// <summary>From one state to the next, unless somebody else has moved it meanwhile. What ends it or needs somebody is logged.</summary>
    /// <returns>The order as it stands now.</returns>
    public async Task<LinkOrder> Move(LinkOrder from, LinkOrder to, Actor actor, CancellationToken stop)
    {
        var moved = await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync(Next, new
            {
                Bucket = BucketOf(from), from.Id, From = Words<LinkOrderState>.Of(from.State), To = Words<LinkOrderState>.Of(to.State), to.Reason, to.Answered, to.NextMs, to.Asks,
            }, tx.Handle);
            if (rows == 1 && to.State != from.State && Action(to.State) is { } action)
                await log.Write(tx, new Operation(action, actor, from.Id.Value, from.Citizen, Before: Words<LinkOrderState>.Of(from.State), After: to.State == LinkOrderState.Ended ? null : to.Reason,
                    Reason: to.State == LinkOrderState.Ended ? to.Reason : null));
            return rows == 1;
        }, stop);
        return moved ? to : Must.Have(await Find(from.Citizen, from.AskedId, stop), "an order that was placed is there");
    }

    public async Task<LinkOrder?> Find(CitizenId citizen, Guid asked, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var id = LinkOrder.IdOf(citizen, asked);
        return (await connection.QuerySingleOrDefaultAsync<LinkOrderRow>($"{LinkOrderRow.All} where bucket = @Bucket and id = @id", new { Bucket = buckets.Of(citizen.Value), id }))?.Read();
    }

    /// <summary>By the partner's own number.</summary>
    public async Task<LinkOrder?> Find(PartnerId partner, Guid partnerOrder, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<LinkOrderRow>($"{LinkOrderRow.All} where partner = @partner and partner_order = @partnerOrder", new { partner, partnerOrder }))?.Read();
    }

    /// <summary>A citizen's last ones with one partner.</summary>
    public async Task<IReadOnlyList<LinkOrder>> Of(CitizenId citizen, PartnerId partner, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LinkOrderRow>($"{LinkOrderRow.All} where citizen = @citizen and partner = @partner order by ordered_ms desc limit @Recent", new { citizen, partner, Recent })).Select(r => r.Read())];
    }

    /// <summary>What the job has to look at now.</summary>
    internal async Task<IReadOnlyList<LinkOrder>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LinkOrderRow>($"{LinkOrderRow.All} where state in ('ordered', 'asking', 'debited') and next_ms <= @now order by next_ms limit @most", new { now = clock.NowMs(), most })).Select(r => r.Read())];
    }

    /// <summary>What somebody should look at, the oldest first.</summary>
    public async Task<IReadOnlyList<LinkOrder>> Stuck(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<LinkOrderRow>(
            $"{LinkOrderRow.All} where state in ('ordered', 'asking', 'debited', 'stuck') and (state = 'stuck' or ordered_ms <= @before) order by ordered_ms limit @RowsAtOnce",
            new { before = clock.NowMs() - LinkOrder.StuckMs, RowsAtOnce });
        return [.. rows.Select(r => r.Read())];
    }

    public async Task<LinkOrder?> Stuck(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var order = (await connection.QuerySingleOrDefaultAsync<LinkOrderRow>($"{LinkOrderRow.All} where id = @id", new { id }))?.Read();
        return order?.IsStuckAt(clock.NowMs()) == true ? order : null;
    }

    internal int BucketOf(LinkOrder order) => buckets.Of(order.Citizen.Value);

    private static string? Action(LinkOrderState state) => state switch
    {
        LinkOrderState.Refused => "link_order.refused",
        LinkOrderState.Stuck => "link_order.stuck",
        LinkOrderState.Ended => "link_order.ended",
        _ => null,
    };
}
