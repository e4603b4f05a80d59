using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Tickets;

/// <summary>Reads tickets: by what is printed on them, or by the transfer that issued them.</summary>
public sealed class FindTickets(Database database, Buckets buckets)
{
    private const string ByNumber = $"""
        select {StoredTicket.Columns} from pts_ticket_number n join pts_ticket t on t.bucket = n.bucket and t.id = n.ticket where n.bucket = @Bucket and n.number = @Number
        """;

    private const string ById = $"select {StoredTicket.Columns} from pts_ticket t where t.bucket = @bucket and t.id = @id";

    private const string PastTheirDay = $"""
        select {StoredTicket.Columns} from pts_ticket t where t.bucket = @bucket and t.state = 'issued' and t.hand_in_until < @today order by t.hand_in_until, t.id limit @count
        """;

    private const string OfCitizen = $"""
        select {StoredTicket.Columns} from pts_ticket t where t.bucket = @Bucket and t.citizen = @citizen and t.state = 'issued' and t.last_on >= @today order by t.last_on, t.id
        """;

    /// <returns>The ticket, also by a number that another one has replaced; or <c>ticket_unknown</c>.</returns>
    public async Task<Result<PointTicket>> Find(string? typed, CancellationToken stop = default)
    {
        var number = TicketNumber.Read(typed);
        if (number.Refused is { } unreadable) return unreadable;
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<StoredTicket>(ByNumber, new { Bucket = number.Value.BucketOf(buckets), Number = number.Value.ToString() });
        return row is null ? Refusal.Of("ticket_unknown") : row.Read(number.Value);
    }

    public async Task<PointTicket?> Get(int bucket, TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredTicket>(ById, new { bucket, id }))?.Read();
    }

    /// <summary>A citizen's that can still be used, the next to end first.</summary>
    public async Task<IReadOnlyList<PointTicket>> Usable(CitizenId citizen, DateOnly today, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredTicket>(OfCitizen, new { Bucket = buckets.Of(citizen.Value), citizen, today })).Select(r => r.Read())];
    }

    /// <summary>Tickets that nobody has used or handed in while that was possible, of one bucket.</summary>
    internal async Task<IReadOnlyList<PointTicket>> Unused(int bucket, DateOnly today, int count, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredTicket>(PastTheirDay, new { bucket, today, count })).Select(r => r.Read())];
    }
}
