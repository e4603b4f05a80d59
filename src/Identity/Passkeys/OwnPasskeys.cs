using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Passkeys;

/// <summary>A passkey as its holder sees it.</summary>
/// <param name="UsedMs">null before its first use.</param>
/// <param name="BackedUp">Kept by a provider, too, and so on several devices.</param>
public sealed record OwnPasskey(PasskeyId Id, string Label, long CreatedMs, long? UsedMs, bool BackedUp);

/// <summary>A member's own passkeys: seen at any time, removed after a confirmation.</summary>
public sealed class OwnPasskeys(Database database, TimeProvider clock, OpenSessions sessions, OperationLog log)
{
    public async Task<IReadOnlyList<OwnPasskey>> Of(StaffMember member, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(PasskeyId Id, string Label, long CreatedMs, long? UsedMs, int BackedUp)>(
            "select id, label, created_ms, used_ms, backed_up from idn_passkey where staff = @Id order by created_ms, id", new { member.Id })).Select(r => new OwnPasskey(r.Id, r.Label, r.CreatedMs, r.UsedMs, r.BackedUp == 1))];
    }

    /// <summary>Removes one; what it opened ends, but for the session that asks.</summary>
    /// <returns><c>confirm_required</c>; <c>not_found</c> for one that is gone, or somebody else's.</returns>
    public async Task<Result<bool>> Remove(StaffMember member, Session session, PasskeyId id, CancellationToken stop = default)
    {
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var label = await tx.Connection.QuerySingleOrDefaultAsync<string?>("delete from idn_passkey where id = @Id and staff = @Staff returning label", new { Id = id, Staff = member.Id }, tx.Handle);
            if (label is null) return Refusal.Of("not_found");
            await sessions.EndAll(tx, id, session);
            await log.Write(tx, new Operation("staff.passkey_removed", Actor.Of(member.Id), member.Id.Value, Before: label));
            return true;
        }, stop);
    }

    /// <summary>The end, or the new beginning, of an account takes all of them.</summary>
    internal static Task<int> EndAll(Transaction tx, StaffId staff) => tx.Connection.ExecuteAsync("delete from idn_passkey where staff = @Staff", new { Staff = staff }, tx.Handle);
}
