using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.Kernel.Outbox;

/// <summary>The one table of what has to leave the house. A message is written in the transaction of what it tells, so neither is ever without the other.</summary>
public sealed class Outbox(Database database, TimeProvider clock)
{
    public const int RowsAtOnce = 200;

    /// <summary>Where bodies lie.</summary>
    public const string Bodies = "krn_outbox.body";

    private const string Insert = """
        insert into krn_outbox(id, kind, body, state, made_ms, next_ms, tries, answer) values (@OutboxId, @OutboxKind, @OutboxBody, 'waiting', @OutboxMs, @OutboxMs, 0, '')
        on conflict(id) do update set made_ms = krn_outbox.made_ms
        """;

    private const string Columns = "select id, kind, body, made_ms, tries, answer from krn_outbox";

    public async Task<Guid> Write(Transaction tx, string kind, string body)
    {
        var (id, now) = (Ids.NewV7(clock), clock.NowMs());
        await tx.Connection.ExecuteAsync(Insert, new { OutboxId = id, OutboxKind = kind, OutboxBody = body, OutboxMs = now }, tx.Handle);
        return id;
    }

    /// <summary>The same as a statement of one row, for a transaction that somebody else runs: what rides along with a transfer of points.</summary>
    /// <param name="id">Of what is told by one message, however many transfers it has; null: each its own.</param>
    public (string Sql, IReadOnlyList<(string Name, object? Value)> Values) Statement(string kind, string body, Guid? id = null)
    {
        var now = clock.NowMs();
        return (Insert, [("OutboxId", id ?? Ids.NewV7(clock)), ("OutboxKind", kind), ("OutboxBody", body), ("OutboxMs", now)]);
    }

    /// <summary>What nobody takes any more, the oldest first.</summary>
    public async Task<IReadOnlyList<OutboxMessage>> Stuck(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 'stuck' order by made_ms, id limit @RowsAtOnce", new { RowsAtOnce })).Select(r => r.Read())];
    }

    /// <returns>false when it is not stuck any more.</returns>
    public async Task<bool> SendAgain(Transaction tx, Guid id) => await tx.Connection.ExecuteAsync(
        "update krn_outbox set state = 'waiting', next_ms = @Now, tries = 0 where id = @id and state = 'stuck'", new { id, Now = clock.NowMs() }, tx.Handle) == 1;

    /// <returns>false when it is not stuck any more.</returns>
    public static async Task<bool> Drop(Transaction tx, Guid id) =>
        await tx.Connection.ExecuteAsync("delete from krn_outbox where id = @id and state = 'stuck'", new { id }, tx.Handle) == 1;

    /// <summary>What waits or is stuck of a kind, a piece at a time.</summary>
    /// <param name="after">The last one of the piece before.</param>
    public async Task<IReadOnlyList<OutboxMessage>> OfKind(string kind, OutboxMessage? after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where kind = @kind and id > @After order by id limit @RowsAtOnce", new { kind, After = after?.Id ?? Guid.Empty, RowsAtOnce })).Select(r => r.Read())];
    }

    /// <summary>Another body that says the same.</summary>
    /// <returns>false when it has gone or changed meanwhile.</returns>
    public static async Task<bool> Rewrite(Transaction tx, OutboxMessage message, string body) =>
        await tx.Connection.ExecuteAsync("update krn_outbox set body = @Anew where id = @Id and body = @Body", new { message.Id, message.Body, Anew = body }, tx.Handle) == 1;

    internal async Task<IReadOnlyList<OutboxMessage>> Due(int most, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 'waiting' and next_ms <= @Now order by next_ms, id limit @most", new { Now = clock.NowMs(), most })).Select(r => r.Read())];
    }

    internal Task Taken(OutboxMessage message, CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync("delete from krn_outbox where id = @Id", new { message.Id }, tx.Handle), stop);

    /// <summary>A try that failed; of two at the same time one counts.</summary>
    internal Task Failed(OutboxMessage message, bool stuck, long nextMs, string answer, CancellationToken stop) => database.Write(tx => tx.Connection.ExecuteAsync(
        "update krn_outbox set state = @State, next_ms = @nextMs, tries = tries + 1, answer = @answer where id = @Id and state = 'waiting' and tries = @Tries",
        new { message.Id, message.Tries, State = stuck ? "stuck" : "waiting", nextMs, answer }, tx.Handle), stop);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public string Body { get; init; } = "";
        public long MadeMs { get; init; }
        public int Tries { get; init; }
        public string Answer { get; init; } = "";

        public OutboxMessage Read() => new(Id, Kind, Body, MadeMs, Tries, Answer);
    }
}

public static class OutboxModule
{
    public static IServiceCollection AddOutbox(this IServiceCollection services) =>
        services.AddSingleton<Outbox>().AddSingleton<SendOutbox>().AddSingleton<IJob>(s => s.GetRequiredService<SendOutbox>());
}
