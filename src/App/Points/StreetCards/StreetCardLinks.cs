using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.StreetCards;

/// <summary>A street card that belongs to a MyKey ID (S4-07e).</summary>
/// <param name="Tail">Its last characters.</param>
public sealed record StreetCardLink(Guid Operator, string Tail, long MadeMs);

/// <summary>Street cards and MyKey IDs that belong together: one card of an operator to one ID. Made at a desk that has the card in hand, removed by its citizen.</summary>
public sealed class StreetCardLinks(Database database, Buckets buckets, StreetCardNumbers numbers, OperationLog log, TimeProvider clock)
{
    private const string Insert = """
        insert into pts_street_link(bucket, citizen, operator, card, card_hash, tail, made_ms) values (@Bucket, @citizen, @Operator, @Card, @Hash, @Tail, @Now) on conflict do nothing
        """;

    private const string Same = "select count(*) from pts_street_link where bucket = @Bucket and citizen = @citizen and operator = @Operator and card_hash = @Hash";

    public async Task<IReadOnlyList<StreetCardLink>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(Guid Operator, string Tail, long MadeMs)>(
            "select operator, tail, made_ms from pts_street_link where bucket = @Bucket and citizen = @citizen order by made_ms, operator", new { Bucket = buckets.Of(citizen.Value), citizen }))
            .Select(r => new StreetCardLink(r.Operator, r.Tail, r.MadeMs))];
    }

    /// <summary>Whether a card belongs to somebody else's ID: nobody charges that (S0-1013).</summary>
    internal async Task<bool> IsOfAnother(CitizenId citizen, Guid operatorId, StreetCardNumber card, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from pts_street_link where operator = @operatorId and card_hash = @Hash and citizen <> @citizen",
            new { operatorId, citizen, Hash = await numbers.Hash(operatorId, card, stop) }) > 0;
    }

    internal async Task<StreetCardNumber?> NumberOf(CitizenId citizen, Guid operatorId, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var wrapped = await connection.QuerySingleOrDefaultAsync<byte[]>("select card from pts_street_link where bucket = @Bucket and citizen = @citizen and operator = @operatorId",
            new { Bucket = buckets.Of(citizen.Value), citizen, operatorId });
        return wrapped is null ? null : await numbers.Open(wrapped, citizen.Value, stop);
    }

    /// <returns>True when it is new; or <c>card_linked</c> when the card belongs to somebody else, or this ID has another card of the operator.</returns>
    internal async Task<Result<bool>> Make(CitizenId citizen, StreetCardOperator one, StreetCardNumber card, Actor by, CancellationToken stop)
    {
        var row = new
        {
            Bucket = buckets.Of(citizen.Value), citizen, Operator = one.Id, Card = await numbers.Wrap(card, citizen.Value, stop), Hash = await numbers.Hash(one.Id, card, stop), card.Tail, Now = clock.NowMs(),
        };
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0)
                return await tx.Connection.ExecuteScalarAsync<long>(Same, row, tx.Handle) == 1 ? false : Refusal.Of("card_linked");
            await log.Write(tx, new Operation("street_link.made", by, one.Id, citizen));
            return true;
        }, stop);
    }

    /// <summary>All cards of an ID that is given up. What is on them stays on them.</summary>
    internal async Task RemoveAll(Transaction tx, CitizenId citizen)
    {
        var operators = await tx.Connection.QueryAsync<Guid>("delete from pts_street_link where bucket = @Bucket and citizen = @citizen returning operator", new { Bucket = buckets.Of(citizen.Value), citizen }, tx.Handle);
        foreach (var one in operators) await log.Write(tx, new Operation("street_link.removed", Actor.Of(citizen), one, citizen));
    }

    /// <returns>Whether there was one.</returns>
    public Task<bool> Remove(CitizenId citizen, Guid operatorId, CancellationToken stop = default) => database.Write(async tx =>
    {
        var rows = await tx.Connection.ExecuteAsync("delete from pts_street_link where bucket = @Bucket and citizen = @citizen and operator = @operatorId",
            new { Bucket = buckets.Of(citizen.Value), citizen, operatorId }, tx.Handle);
        if (rows == 1) await log.Write(tx, new Operation("street_link.removed", Actor.Of(citizen), operatorId, citizen));
        return rows == 1;
    }, stop);
}
