using System.Data.Common;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.OperationLog;

/// <summary>One line of the operation log as it is read.</summary>
public sealed record LoggedOperation(long TimeMs, string Action, ActorKind ActorKind, Guid Actor, Guid? Terminal, string? Before, string? After, string? Reason);

/// <summary>A line with what it tells of.</summary>
public sealed record TellingLine
{
    public Guid Id { get; init; }
    public long TimeMs { get; init; }
    public string Action { get; init; } = "";
    public Guid Actor { get; init; }
    public Guid? Subject { get; init; }
    public Guid? Citizen { get; init; }
    public Guid? Terminal { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
}

/// <summary>Reads the operation log. Whoever reads about a citizen logs that he did.</summary>
public sealed class ReadOperations(Buckets buckets)
{
    /// <summary>The newest lines about a citizen, newest first.</summary>
    public async Task<IReadOnlyList<LoggedOperation>> OfCitizen(Transaction tx, CitizenId citizen, int limit)
    {
        var rows = await tx.Connection.QueryAsync<Row>("""
            select time_ms, action, actor_kind, actor, terminal, before, after, reason from log_operation
            where bucket = @Bucket and citizen = @Citizen order by id desc limit @Limit
            """, new { Bucket = buckets.Of(citizen.Value), Citizen = citizen, Limit = limit }, tx.Handle);
        return [.. rows.Select(r => new LoggedOperation(r.TimeMs, r.Action, r.ActorKind, r.Actor, r.Terminal, r.Before, r.After, r.Reason))];
    }

    /// <summary>The lines of some actions, oldest first; of one instant in the order in which the actions are named.</summary>
    /// <param name="handle">A transaction that sees one state, so that lines and what they tell of are of the same instant.</param>
    public static async Task<IReadOnlyList<TellingLine>> Of(DbConnection connection, DbTransaction handle, IEnumerable<string> actions, long fromMs)
    {
        var lines = new List<TellingLine>();
        foreach (var action in actions)
            lines.AddRange(await connection.QueryAsync<TellingLine>("select id, time_ms, action, actor, subject, citizen, terminal, before, after from log_operation where action = @action and time_ms >= @fromMs order by time_ms, id", new { action, fromMs }, handle));
        return [.. lines.OrderBy(l => l.TimeMs)];
    }

    private sealed class Row
    {
        public long TimeMs { get; init; }

        public string Action { get; init; } = "";

        public ActorKind ActorKind { get; init; }

        public Guid Actor { get; init; }

        public Guid? Terminal { get; init; }

        public string? Before { get; init; }

        public string? After { get; init; }

        public string? Reason { get; init; }
    }
}
