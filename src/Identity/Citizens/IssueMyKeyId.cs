using System.Security.Cryptography;
using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Identity.Keys;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>How an ID comes into being (K-01, setting <c>id.issue_mode</c>; the caller says which holds today).</summary>
public enum IssueMode { Choose = 1, Generate = 2, AutoOnCardLogin = 3 }

/// <param name="New">false when this certificate had an ID already: the same is answered, and nothing was written (S0-1002b).</param>
public sealed record IssuedMyKeyId(CitizenId Citizen, MyKeyId Id, bool New);

/// <summary>
/// Issues a MyKeyId to the holder of a certificate, at the holder's wish, in a session opened with card and PIN (S0-1002a, S4-02).
/// </summary>
public sealed class IssueMyKeyId(Database database, TimeProvider clock, Kek kek, OperationLog log)
{
    /// <param name="session">Must be A3; else <c>card_login_required</c>.</param>
    /// <param name="chosen">In mode Choose the wished ID, or blank for a generated one; in the other modes blank.</param>
    /// <returns>
    /// The ID; <c>id_format</c>; <c>id_taken</c> at most three times per certificate, afterwards one is generated, so that nobody can ask
    /// through the list of IDs; <c>id_suspended</c>. One that was given up is as none.
    /// </returns>
    public async Task<Result<IssuedMyKeyId>> Issue(Session session, IssueMode mode, string? chosen, CancellationToken stop = default)
    {
        if (session.RequireCard().Refused is { } no) return no;
        var wish = GiveId.Wish(mode, chosen);
        if (wish.Refused is { } format) return format;
        // Outside the transaction: the first key of all is made in one of its own.
        var citizen = Ids.NewRandom<CitizenId>();
        var key = await kek.Wrap(RandomNumberGenerator.GetBytes(32), $"citizen:{citizen.Value:N}:1", stop);
        return await database.Write(tx => Issue(tx, session, wish.Value, citizen, key), stop);
    }

    private async Task<Result<IssuedMyKeyId>> Issue(Transaction tx, Session session, MyKeyId? wish, CitizenId citizen, (string KekId, byte[] Wrapped) key)
    {
        var certificate = session.Certificate!;
        if (await Existing(tx, session) is { } known) return known;
        var tries = GiveId.TriesOf(certificate);
        if (wish is not null && await Tries.Failures(tx, tries) >= GiveId.TakenTries) wish = null;
        var id = await GiveId.Reserve(tx, citizen, wish, clock.NowMs());
        if (id is null)
        {
            if (await Existing(tx, session) is { } own) return own;
            if (await GiveId.CountTaken(tx, tries) <= GiveId.TakenTries) return Refusal.Of("id_taken");
            wish = null;
            id = await GiveId.Reserve(tx, citizen, wish, clock.NowMs());
        }
        if (await Bind(tx, citizen, certificate) == 0)
        {
            // The same card issued at the same instant elsewhere: that one stands. Bound and without an ID is a certificate that another has replaced.
            await tx.Connection.ExecuteAsync("delete from idn_mykey_id where my_key_id = @Id and citizen = @Citizen", new { Id = id!.Value.Value, Citizen = citizen }, tx.Handle);
            return await Existing(tx, session) ?? (Result<IssuedMyKeyId>)Refusal.Of("cert_revoked", ("reason", "superseded"));
        }
        await tx.Connection.ExecuteAsync("insert into idn_citizen(id, state, created_ms) values (@Citizen, @State, @Now)",
            new { Citizen = citizen, State = CitizenState.Active, Now = clock.NowMs() }, tx.Handle);
        await tx.Connection.ExecuteAsync("insert into idn_key(citizen, key_no, kek_id, wrapped) values (@Citizen, 1, @KekId, @Wrapped)",
            new { Citizen = citizen, key.KekId, key.Wrapped }, tx.Handle);
        await OpenSessions.Bind(tx, session, citizen);
        await log.Write(tx, new Operation("id.issued", Actor.Of(citizen), Citizen: citizen, After: wish is null ? "generated" : "chosen"));
        return new IssuedMyKeyId(citizen, id!.Value, true);
    }

    private static async Task<Result<IssuedMyKeyId>?> Existing(Transaction tx, Session session)
    {
        var citizen = await FindCitizen.ByCertificate(tx.Connection, tx.Handle, session.Certificate!);
        if (citizen is not { State: not CitizenState.Revoked }) return null;
        if (citizen.RequireActive().Refused is { } no) return no;
        await OpenSessions.Bind(tx, session, citizen.Id);
        return new IssuedMyKeyId(citizen.Id, citizen.MyKeyId, false);
    }

    /// <summary>A certificate whose ID was given up goes to the new citizen with its person key, so that once-per-person rules hold on (S0-5016c).</summary>
    private Task<int> Bind(Transaction tx, CitizenId citizen, AuthCertificate certificate) =>
        tx.Connection.ExecuteAsync("""
            insert into idn_certificate(authority, serial, citizen, person_key, not_before_ms, not_after_ms, state, seen_ms)
            values (@Authority, @Serial, @Citizen, @PersonKey, @NotBeforeMs, @NotAfterMs, 1, @Now)
            on conflict(authority, serial) do update set citizen = excluded.citizen, seen_ms = excluded.seen_ms
            where idn_certificate.state = 1 and exists (select 1 from idn_citizen c where c.id = idn_certificate.citizen and c.state = 3)
            """, new
        {
            certificate.Authority, certificate.Serial, Citizen = citizen, PersonKey = Ids.NewRandom<PersonKey>(),
            NotBeforeMs = certificate.NotBefore.ToUnixTimeMilliseconds(), NotAfterMs = certificate.NotAfter.ToUnixTimeMilliseconds(), Now = clock.NowMs(),
        }, tx.Handle);
}
