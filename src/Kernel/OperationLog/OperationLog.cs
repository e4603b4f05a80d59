using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.Kernel.OperationLog;

/// <summary>
/// One state change that moves no points. <paramref name="Action"/> is a dotted English name such as <c>id.issued</c>, listed in
/// docs/operation-log.md; before and after are short texts without personal data, secrets or a MyKeyId where the pseudonym serves.
/// The row lies in the bucket of the citizen, else of the subject, else of the actor.
/// </summary>
public sealed record Operation(string Action, Actor Actor, Guid? Subject = null, CitizenId? Citizen = null, TerminalId? Terminal = null,
    string? Before = null, string? After = null, string? Reason = null);

/// <summary>Where what is being done is done, where that is neither the actor nor told with the operation: a citizen at a support desk.</summary>
public sealed record PlaceOfAction(Func<TerminalId?> Now);

/// <summary>The append-only log of operations (S0-1022c), written in the transaction of the slice whose state it tells.</summary>
public sealed class OperationLog(TimeProvider clock, Buckets buckets, PlaceOfAction? around = null)
{
    private const string InsertLine = """
        insert into log_operation(bucket, id, time_ms, civil_day, action, actor_kind, actor, subject, citizen, terminal, before, after, reason)
        values (@Bucket, @Id, @TimeMs, @CivilDay, @Action, @ActorKind, @Actor, @Subject, @Citizen, @Terminal, @Before, @After, @Reason)
        """;

    // Queues the line for its block (SealOperations).
    private const string InsertPending = "insert into log_pending(bucket, id) values (@Bucket, @Id)";

    private const string InsertBoth = $"{InsertLine}; {InsertPending}";

    private const string InsertManyOnPostgres = """
        with lines as (insert into log_operation(bucket, id, time_ms, civil_day, action, actor_kind, actor, subject, citizen, terminal, before, after, reason)
          select * from unnest(@Buckets, @Ids, @Times, @Days, @Actions, @Kinds, @Actors, @Subjects, @Citizens, @Terminals, @Befores, @Afters, @Reasons) returning bucket, id)
        insert into log_pending(bucket, id) select bucket, id from lines
        """;

    public Task Write(Transaction tx, Operation operation) => tx.Connection.ExecuteAsync(InsertBoth, LineOf(operation), tx.Handle);

    /// <summary>Lines that were made where the operations were asked for, written by whoever does many of them at once.</summary>
    public Task WriteAll(Transaction tx, IReadOnlyList<OperationLine> lines) =>
        tx.Engine == Engine.Sqlite ? tx.Connection.ExecuteAsync(InsertBoth, lines, tx.Handle)
        : tx.Connection.ExecuteAsync(InsertManyOnPostgres, new
        {
            Buckets = lines.Select(l => l.Bucket).ToArray(), Ids = lines.Select(l => l.Id).ToArray(), Times = lines.Select(l => l.TimeMs).ToArray(), Days = lines.Select(l => l.CivilDay).ToArray(),
            Actions = lines.Select(l => l.Action).ToArray(), Kinds = lines.Select(l => l.ActorKind).ToArray(), Actors = lines.Select(l => l.Actor).ToArray(), Subjects = lines.Select(l => l.Subject).ToArray(),
            Citizens = lines.Select(l => l.Citizen).ToArray(), Terminals = lines.Select(l => l.Terminal).ToArray(), Befores = lines.Select(l => l.Before).ToArray(), Afters = lines.Select(l => l.After).ToArray(),
            Reasons = lines.Select(l => l.Reason).ToArray(),
        }, tx.Handle);

    /// <summary>The same as statements of one row each, for a transaction that somebody else runs: what rides along with a transfer of points.</summary>
    public IReadOnlyList<(string Sql, IReadOnlyList<(string Name, object? Value)> Values)> Statements(Operation operation)
    {
        var l = LineOf(operation);
        return
        [
            (InsertLine,
            [
                (nameof(l.Bucket), l.Bucket), (nameof(l.Id), l.Id), (nameof(l.TimeMs), l.TimeMs), (nameof(l.CivilDay), l.CivilDay), (nameof(l.Action), l.Action), (nameof(l.ActorKind), l.ActorKind),
                (nameof(l.Actor), l.Actor), (nameof(l.Subject), l.Subject), (nameof(l.Citizen), l.Citizen), (nameof(l.Terminal), l.Terminal), (nameof(l.Before), l.Before), (nameof(l.After), l.After),
                (nameof(l.Reason), l.Reason),
            ]),
            (InsertPending, [(nameof(l.Bucket), l.Bucket), (nameof(l.Id), l.Id)]),
        ];
    }

    /// <summary>The line of an operation that is asked for here and now; somebody else may write it.</summary>
    public OperationLine LineOf(Operation operation)
    {
        var now = clock.NowMs();
        var place = operation.Citizen?.Value ?? operation.Subject ?? operation.Actor.Id;
        return new OperationLine(buckets.Of(place), Ids.NewV7(clock), now, Jst.Day(now).ToNumber(), operation.Action, (int)operation.Actor.Kind, operation.Actor.Id, operation.Subject,
            operation.Citizen?.Value, (operation.Terminal ?? around?.Now())?.Value, operation.Before, operation.After, operation.Reason);
    }
}

/// <summary>An operation as it is stored.</summary>
public sealed record OperationLine(int Bucket, Guid Id, long TimeMs, int CivilDay, string Action, int ActorKind, Guid Actor, Guid? Subject, Guid? Citizen, Guid? Terminal,
    string? Before, string? After, string? Reason);

public static class OperationLogModule
{
    /// <summary>The log, the job that seals it and its audit. <see cref="Buckets"/> are registered by the ledger.</summary>
    public static IServiceCollection AddOperationLog(this IServiceCollection services) =>
        services.AddSingleton<OperationLog>().AddSingleton<SearchOperations>().AddSingleton<SealOperations>().AddSingleton<AuditOperations>().AddSingleton<Audits.KeepAudits>().AddSingleton<IJob>(s => s.GetRequiredService<SealOperations>());
}
