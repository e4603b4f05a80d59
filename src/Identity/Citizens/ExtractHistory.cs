using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>One session of the citizen, open or ended.</summary>
public sealed record LoggedSession(Assurance Assurance, long CreatedMs, long UsedMs, long EndsMs, long? EndedMs);

/// <param name="More">There are older operations than these.</param>
public sealed record CitizenHistory(CitizenId Citizen, CitizenState State, IReadOnlyList<LoggedOperation> Operations, IReadOnlyList<LoggedSession> Sessions, bool More);

/// <summary>What an investigation of one ID needs (S0-1022c): every operation and session of it, newest first. The extraction is itself logged.</summary>
public sealed class ExtractHistory(Database database, TimeProvider clock, ReadOperations read, OperationLog log)
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
            var operations = await read.OfCitizen(tx, citizen.Id, Limit + 1);
            var sessions = await tx.Connection.QueryAsync<(Assurance, long, long, long, long?)>(
                "select assurance, created_ms, used_ms, ends_ms, ended_ms from idn_session where citizen = @Id order by created_ms desc limit @Rows", new { citizen.Id, Rows = Limit }, tx.Handle);
            await log.Write(tx, new Operation("citizen.extracted", Actor.Of(by.Id), Citizen: citizen.Id, Reason: why.Value));
            return new CitizenHistory(citizen.Id, citizen.State,
                [.. operations.Take(Limit)],
                [.. sessions.Select(s => new LoggedSession(s.Item1, s.Item2, s.Item3, s.Item4, s.Item5))], operations.Count > Limit);
        }, stop);
    }
}
