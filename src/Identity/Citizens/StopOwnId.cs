using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Citizens;

/// <summary>
/// A citizen stops the own ID, with ID and password or in an open session (S0-1019a, K-28): no card is needed. Only an operator takes it back, so
/// whoever found out a password gains nothing by it.
/// </summary>
public sealed class StopOwnId
{
    private readonly Database database;
    private readonly SuspendCitizen suspend;
    private readonly CheckPassword check;

    public StopOwnId(Database database, SuspendCitizen suspend, Tries tries, PasswordHash hash) =>
        (this.database, this.suspend, check) = (database, suspend, new CheckPassword(database, tries, hash));

    /// <summary>Throttled as a login is, and counted together with it.</summary>
    /// <returns><c>login_failed</c>, <c>login_throttled</c>, <c>busy</c>; <c>id_revoked</c>. One that is stopped already is no error.</returns>
    public async Task<Result<CitizenState>> ByPassword(TypedPassword typed, CancellationToken stop = default)
    {
        var judged = await check.Check(typed, stop);
        if (judged.Refused is { Code: "id_suspended" }) return CitizenState.Suspended;
        if (judged.Refused is { } no) return no;
        return await database.WriteOrRefuse(async tx =>
        {
            await check.Accept(tx, judged.Value);
            return await suspend.Own(tx, judged.Value.Citizen);
        }, stop);
    }

    /// <returns><c>login_required</c>, <c>mykey_missing</c>, <c>id_revoked</c>.</returns>
    public async Task<Result<CitizenState>> InSession(Session session, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        return await database.WriteOrRefuse(async tx =>
            await suspend.Own(tx, Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, session.Citizen!.Value), "a session's citizen exists")), stop);
    }
}
