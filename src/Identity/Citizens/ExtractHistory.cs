using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>One line of the operation log.</summary>
public sealed record LoggedOperation(long TimeMs, string Action, ActorKind ActorKind, Guid Actor, Guid? Terminal, string? Before, string? After, string? Reason);

/// <summary>One session of the citizen, open or ended.</summary>
public sealed record LoggedSession(Assurance Assurance, long CreatedMs, long UsedMs, long EndsMs, long? EndedMs);

/// <param name="More">There are older operations than these.</param>
public sealed record CitizenHistory(CitizenId Citizen, CitizenState State, IReadOnlyList<LoggedOperation> Operations, IReadOnlyList<LoggedSession> Sessions, bool More);

/// <summary>What an investigation of one ID needs (S0-1022c): every operation and session of it, newest first. The extraction is itself logged.</summary>
public sealed class ExtractHistory(Database database, TimeProvider clock, Buckets buckets, OperationLog log)
{
    public const int Limit = 5000;

    /// <returns><c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> without a reason, <c>not_found</c>.</returns>
    public async Task<Result<CitizenHistory>> Extract(StaffMember by, Session session, MyKeyId id, string? reason, CancellationToken stop = default)
    {
        if (by.Require(Role.Operator).Refused is { } no) return no;
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        var why = ReasonText.Read(reason);
        if (why.Refused is { } missing) return missing;
        return await database.WriteOrRefuse<CitizenHistory>(async tx =>
        {
            var citizen = await FindCitizen.ById(tx.Connection, tx.Handle, id);
            if (citizen is null) return Refusal.Of("not_found");
            var operations = (await tx.Connection.QueryAsync<(long, string, ActorKind, Guid, Guid?, string?, string?, string?)>("""
                select time_ms, action, actor_kind, actor, terminal, before, after, reason from log_operation
                where bucket = @Bucket and citizen = @Id order by id desc limit @Rows
                """, new { Bucket = buckets.Of(citizen.Id.Value), citizen.Id, Rows = Limit + 1 }, tx.Handle)).ToList();
            var sessions = await tx.Connection.QueryAsync<(Assurance, long, long, long, long?)>(
                "select assurance, created_ms, used_ms, ends_ms, ended_ms from idn_session where citizen = @Id order by created_ms desc limit @Rows", new { citizen.Id, Rows = Limit }, tx.Handle);
            await log.Write(tx, new Operation("citizen.extracted", Actor.Of(by.Id), Citizen: citizen.Id, Reason: why.Value));
            return new CitizenHistory(citizen.Id, citizen.State,
                [.. operations.Take(Limit).Select(o => new LoggedOperation(o.Item1, o.Item2, o.Item3, o.Item4, o.Item5, o.Item6, o.Item7, o.Item8))],
                [.. sessions.Select(s => new LoggedSession(s.Item1, s.Item2, s.Item3, s.Item4, s.Item5))], operations.Count > Limit);
        }, stop);
    }
}
