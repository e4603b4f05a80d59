using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.OperationLog;

/// <summary>One line of the operation log as it is read.</summary>
public sealed record LoggedOperation(long TimeMs, string Action, ActorKind ActorKind, Guid Actor, Guid? Terminal, string? Before, string? After, string? Reason);

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
