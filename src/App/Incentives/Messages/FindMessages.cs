using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Messages;

/// <summary>One that came to a citizen.</summary>
/// <param name="Application">What it is about.</param>
public sealed record MyMessage(Guid Id, TransferId Application, ProgrammeId Programme, string Body, long SentMs, bool Seen);

/// <summary>Reading messages: an office's with numbers, a citizen's with texts.</summary>
public sealed class FindMessages(Database database)
{
    public const int RowsAtOnce = 100;

    private const string Mine = """
        select m.id, t.application, m.programme, m.body, t.sent_ms, case when t.seen_ms is null then 0 else 1 end as seen
        from inc_message_to t join inc_message m on m.id = t.message where t.citizen = @citizen
        """;

    public async Task<Message?> One(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<MessageRow>($"{MessageRow.All} where id = @id", new { id }))?.Read();
    }

    /// <summary>Of a programme, the newest first, each with how many have read it.</summary>
    public async Task<IReadOnlyList<Message>> Of(ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = (await connection.QueryAsync<MessageRow>($"{MessageRow.All} where programme = @programme order by written_ms desc, id limit @RowsAtOnce", new { programme, RowsAtOnce })).Select(r => r.Read()).ToList();
        var seen = (await connection.QueryAsync<(Guid Id, long Seen)>("""
            select m.id, count(t.seen_ms) from inc_message m join inc_message_to t on t.message = m.id where m.programme = @programme group by m.id
            """, new { programme })).ToDictionary(s => s.Id, s => s.Seen);
        return [.. rows.Select(m => m with { Seen = seen.GetValueOrDefault(m.Id) })];
    }

    /// <summary>What waits for another officer, by programme.</summary>
    public async Task<IReadOnlyList<(ProgrammeId Programme, int Count)>> Waiting(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(ProgrammeId Programme, long Count)>("""
            select programme, count(*) from inc_message where municipality = @municipality and state = 'waiting' group by programme
            """, new { municipality })).Select(r => (r.Programme, (int)r.Count))];
    }

    /// <summary>All that came to a citizen, the newest first.</summary>
    public async Task<IReadOnlyList<MyMessage>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<MineRow>($"{Mine} order by t.sent_ms desc, m.id limit @RowsAtOnce", new { citizen, RowsAtOnce })).Select(r => r.Read())];
    }

    /// <summary>Those about one application of a citizen.</summary>
    public async Task<IReadOnlyList<MyMessage>> About(CitizenId citizen, TransferId application, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<MineRow>($"{Mine} and t.application = @application order by t.sent_ms desc, m.id limit @RowsAtOnce", new { citizen, application, RowsAtOnce })).Select(r => r.Read())];
    }

    public async Task<int> Unseen(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (int)await connection.ExecuteScalarAsync<long>("select count(*) from inc_message_to where citizen = @citizen and seen_ms is null", new { citizen });
    }

    private sealed class MineRow
    {
        public Guid Id { get; init; }
        public TransferId Application { get; init; }
        public ProgrammeId Programme { get; init; }
        public string Body { get; init; } = "";
        public long SentMs { get; init; }
        public int Seen { get; init; }

        public MyMessage Read() => new(Id, Application, Programme, Body, SentMs, Seen == 1);
    }
}
