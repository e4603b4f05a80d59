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

/// <summary>The append-only log of operations (S0-1022c), written in the transaction of the slice whose state it tells.</summary>
public sealed class OperationLog(TimeProvider clock, Buckets buckets)
{
    // The second row queues the first for its block (SealOperations).
    private const string Insert = """
        insert into log_operation(bucket, id, time_ms, civil_day, action, actor_kind, actor, subject, citizen, terminal, before, after, reason)
        values (@Bucket, @Id, @TimeMs, @CivilDay, @Action, @ActorKind, @Actor, @Subject, @Citizen, @Terminal, @Before, @After, @Reason);
        insert into log_pending(bucket, id) values (@Bucket, @Id)
        """;

    public Task Write(Transaction tx, Operation operation)
    {
        var now = clock.NowMs();
        var place = operation.Citizen?.Value ?? operation.Subject ?? operation.Actor.Id;
        return tx.Connection.ExecuteAsync(Insert, new
        {
            Bucket = buckets.Of(place), Id = Ids.NewV7(clock), TimeMs = now, CivilDay = Jst.Day(now), operation.Action,
            ActorKind = (int)operation.Actor.Kind, Actor = operation.Actor.Id, operation.Subject, operation.Citizen, operation.Terminal,
            operation.Before, operation.After, operation.Reason,
        }, tx.Handle);
    }
}

public static class OperationLogModule
{
    /// <summary>The log, the job that seals it and its audit. <see cref="Buckets"/> are registered by the ledger.</summary>
    public static IServiceCollection AddOperationLog(this IServiceCollection services) =>
        services.AddSingleton<OperationLog>().AddSingleton<SearchOperations>().AddSingleton<SealOperations>().AddSingleton<AuditOperations>().AddSingleton<IJob>(s => s.GetRequiredService<SealOperations>());
}
