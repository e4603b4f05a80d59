using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Passwords;

/// <param name="Old">Needed in a session by ID and password; not looked at in a card session (S0-5005b).</param>
public sealed record NewPassword(string? Password, string? Old, ClientNetwork Network, string? DeviceToken = null);

/// <summary>Sets or changes a citizen's password.</summary>
public sealed class SetPassword
{
    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly OpenSessions sessions;
    private readonly WriteNotice notices;
    private readonly OperationLog log;
    private readonly PasswordHash hash;
    private readonly FindCitizen find;
    private readonly CheckPassword check;

    public SetPassword(Database database, TimeProvider clock, OpenSessions sessions, WriteNotice notices, OperationLog log, Tries tries, PasswordHash hash, FindCitizen find)
    {
        (this.database, this.clock, this.sessions, this.notices, this.log, this.hash, this.find) = (database, clock, sessions, notices, log, hash, find);
        check = new CheckPassword(database, tries, hash);
    }

    /// <summary>Stores the password and ends every other session of the citizen.</summary>
    /// <returns><c>password_weak</c>; in an ID session <c>login_failed</c> or <c>login_throttled</c> for the old one; <c>busy</c>.</returns>
    public async Task<Result<CitizenId>> Set(Session session, NewPassword typed, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var citizen = Must.Have(await find.Get(session.Citizen!.Value, stop), "a session's citizen exists");
        if (citizen.RequireActive().Refused is { } no) return no;
        if (PasswordRules.Check(typed.Password, citizen.MyKeyId.Value) is { } weak) return weak;
        var byCard = session.RequireCard().Ok;
        CheckedPassword? old = null;
        if (!byCard)
        {
            var judged = await check.Check(new TypedPassword(citizen.MyKeyId.Value, typed.Old, typed.Network, typed.DeviceToken), stop);
            if (judged.Refused is { } wrong) return wrong;
            old = judged.Value;
        }
        if ((await IsTheInvalidOne(citizen.Id, typed.Password!, stop)).Refused is { } same) return same;
        var made = await hash.Make(typed.Password!, stop);
        if (made.Refused is { } busy) return busy;
        return await database.Write<Result<CitizenId>>(async tx =>
        {
            if (old is not null) await check.Accept(tx, old with { Renewed = null });
            await Store(tx, citizen.Id, made.Value);
            await sessions.EndAll(tx, citizen.Id, keep: session);
            await log.Write(tx, new Operation("password.set", Actor.Of(citizen.Id), Citizen: citizen.Id, After: byCard ? "by card" : "by old password"));
            await notices.Write(tx, citizen.Id, Notice.PasswordSet);
            return citizen.Id;
        }, stop);
    }

    /// <summary>After a suspension the old password must not come back (S0-1022b).</summary>
    private async Task<Result<bool>> IsTheInvalidOne(CitizenId citizen, string password, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        if (await CheckPassword.Stored(connection, null, citizen, valid: 0) is not { } invalid) return false;
        var same = await hash.Matches(password, invalid, stop);
        return same.Ok && same.Value ? Refusal.Of("password_weak") : same;
    }

    private Task Store(Transaction tx, CitizenId citizen, StoredPassword made) =>
        tx.Connection.ExecuteAsync("""
            insert into idn_password(citizen, salt, hash, iterations, valid, set_ms) values (@Citizen, @Salt, @Hash, @Iterations, 1, @Now)
            on conflict(citizen) do update set salt = excluded.salt, hash = excluded.hash, iterations = excluded.iterations, valid = 1, set_ms = excluded.set_ms
            """, new { Citizen = citizen, made.Salt, made.Hash, made.Iterations, Now = clock.NowMs() }, tx.Handle);
}
