using Dapper;
using MyKey.Identity.Mail;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <param name="MyKeyId">In mode Choose the wished ID, or blank for a generated one; in the other modes blank.</param>
/// <param name="Instead">The ID that the person saw when asking; blank: whichever it is. A change sent twice changes once.</param>
public sealed record NewMyKeyId(string? MyKeyId, string? Instead = null);

/// <summary>
/// Another MyKeyId for the same citizen (S0-5015): everything hangs on the inner id and stays. The old one is retired for ever and never
/// given again.
/// </summary>
public sealed class ChangeMyKeyId(Database database, TimeProvider clock, OpenSessions sessions, WriteNotice notices, OperationLog log)
{
    /// <param name="session">Must be A3; it alone stays open.</param>
    /// <returns>
    /// The ID that holds now, <c>New</c> when it changed; <c>card_login_required</c>, <c>id_format</c>, <c>field_unknown</c>; <c>id_taken</c>
    /// within the same three tries as at the issue; <c>id_suspended</c>, <c>id_revoked</c>.
    /// </returns>
    public async Task<Result<IssuedMyKeyId>> Change(Session session, IssueMode mode, NewMyKeyId wanted, CancellationToken stop = default)
    {
        if (session.RequireCard().Refused is { } no) return no;
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var wish = GiveId.Wish(mode, wanted.MyKeyId);
        if (wish.Refused is { } format) return format;
        // A refusal commits, for "taken" is counted.
        return await database.Write(tx => Change(tx, session, wish.Value, wanted.Instead), stop);
    }

    /// <summary>Whether a citizen who was stopped for a time has still to say if another ID is wanted (S0-1022b).</summary>
    public async Task<bool> IsOffered(CitizenId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<int>("select offer_id from idn_citizen where id = @Id", new { Id = id }) == 1;
    }

    /// <summary>The ID stays as it is.</summary>
    /// <returns><c>card_login_required</c>, <c>mykey_missing</c>.</returns>
    public async Task<Result<bool>> Keep(Session session, CancellationToken stop = default)
    {
        if (session.RequireCard().Refused is { } no) return no;
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        return await database.Write<Result<bool>>(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update idn_citizen set offer_id = 0 where id = @Id and offer_id = 1", new { Id = session.Citizen!.Value }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("id.kept", Actor.Of(session.Citizen!.Value), Citizen: session.Citizen));
            return rows == 1;
        }, stop);
    }

    private async Task<Result<IssuedMyKeyId>> Change(Transaction tx, Session session, MyKeyId? wish, string? instead)
    {
        var id = session.Citizen!.Value;
        await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Id and state = 1", new { Id = id }, tx.Handle);
        var citizen = Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, id), "a session's citizen exists");
        if (citizen.RequireActive().Refused is { } no) return no;
        var repeated = !string.IsNullOrEmpty(instead) && MyKeyId.ReadTyped(instead) is var seen && (!seen.Ok || seen.Value != citizen.MyKeyId);
        if (repeated || wish == citizen.MyKeyId) return new IssuedMyKeyId(id, citizen.MyKeyId, false);
        var tries = GiveId.TriesOf(session.Certificate!);
        if (wish is not null && await Tries.Failures(tx, tries) >= GiveId.TakenTries) wish = null;
        var given = await GiveId.Reserve(tx, id, wish, clock.NowMs(), current: false);
        if (given is null)
        {
            if (await GiveId.CountTaken(tx, tries) <= GiveId.TakenTries) return Refusal.Of("id_taken");
            wish = null;
            given = await GiveId.Reserve(tx, id, wish, clock.NowMs(), current: false);
        }
        await Switch(tx, id, citizen.MyKeyId, given!.Value);
        await tx.Connection.ExecuteAsync("update idn_citizen set offer_id = 0 where id = @Id", new { Id = id }, tx.Handle);
        await sessions.EndAll(tx, id, keep: session);
        await log.Write(tx, new Operation("id.changed", Actor.Of(id), Citizen: id, After: wish is null ? "generated" : "chosen"));
        await notices.Write(tx, id, Notice.IdChanged);
        return new IssuedMyKeyId(id, given.Value, true);
    }

    private async Task Switch(Transaction tx, CitizenId id, MyKeyId old, MyKeyId to)
    {
        var retired = await tx.Connection.ExecuteAsync("update idn_mykey_id set state = 2, since_ms = @Now where my_key_id = @Old and citizen = @Id and state = 1",
            new { Old = old.Value, Id = id, Now = clock.NowMs() }, tx.Handle);
        var current = await tx.Connection.ExecuteAsync("update idn_mykey_id set state = 1 where my_key_id = @To and citizen = @Id and state = 2", new { To = to.Value, Id = id }, tx.Handle);
        Must.Hold((retired, current) == (1, 1), "a citizen has one current MyKeyId, before and after");
    }
}
