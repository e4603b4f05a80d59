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
    private const int TakenTries = 3;

    /// <param name="session">Must be A3; else <c>card_login_required</c>.</param>
    /// <param name="chosen">In mode Choose the wished ID, or blank for a generated one; in the other modes blank.</param>
    /// <returns>
    /// The ID; <c>id_format</c>; <c>id_taken</c> at most three times per certificate, afterwards one is generated, so that nobody can ask
    /// through the list of IDs; <c>id_suspended</c>, <c>id_revoked</c>.
    /// </returns>
    public async Task<Result<IssuedMyKeyId>> Issue(Session session, IssueMode mode, string? chosen, CancellationToken stop = default)
    {
        if (session.RequireCard().Refused is { } no) return no;
        MyKeyId? wish = null;
        if (!string.IsNullOrEmpty(chosen))
        {
            if (mode != IssueMode.Choose) return Refusal.Of("field_unknown", ("field", "myKeyId"));
            var read = MyKeyId.Read(chosen);
            if (read.Refused is { } format) return format;
            wish = read.Value;
        }
        // Outside the transaction: the first key of all is made in one of its own.
        var citizen = Ids.NewRandom<CitizenId>();
        var key = await kek.Wrap(RandomNumberGenerator.GetBytes(32), $"citizen:{citizen.Value:N}:1", stop);
        return await database.Write(tx => Issue(tx, session, wish, citizen, key), stop);
    }

    private async Task<Result<IssuedMyKeyId>> Issue(Transaction tx, Session session, MyKeyId? wish, CitizenId citizen, (string KekId, byte[] Wrapped) key)
    {
        var certificate = session.Certificate!;
        if (await Existing(tx, session) is { } known) return known;
        var tries = TryKey.Of("id.choose", certificate.Authority, certificate.Serial);
        if (wish is not null && await Tries.Failures(tx, tries) >= TakenTries) wish = null;
        var id = await Reserve(tx, citizen, wish);
        if (id is null)
        {
            if (await Existing(tx, session) is { } own) return own;
            if (await CountTaken(tx, tries) <= TakenTries) return Refusal.Of("id_taken");
            wish = null;
            id = await Reserve(tx, citizen, wish);
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
        if (citizen is null) return null;
        if (citizen.RequireActive().Refused is { } no) return no;
        await OpenSessions.Bind(tx, session, citizen.Id);
        return new IssuedMyKeyId(citizen.Id, citizen.MyKeyId, false);
    }

    /// <summary>Counts for ever (last_ms never grows old): three questions per certificate, whatever the number of sessions.</summary>
    private static Task<int> CountTaken(Transaction tx, TryKey tries) =>
        tx.Connection.QuerySingleAsync<int>("""
            insert into idn_try(scope, key, failures, last_ms, until_ms) values (@Scope, @Key, 1, @Never, 0)
            on conflict(scope, key) do update set failures = idn_try.failures + 1
            returning failures
            """, new { tries.Scope, tries.Key, Never = long.MaxValue }, tx.Handle);

    /// <returns>The ID that now belongs to the citizen; null when the wish is taken.</returns>
    private async Task<MyKeyId?> Reserve(Transaction tx, CitizenId citizen, MyKeyId? wish)
    {
        for (var round = 0; round < 20; round++)
        {
            var id = wish ?? MyKeyId.Generate();
            var rows = await tx.Connection.ExecuteAsync("""
                insert into idn_mykey_id(my_key_id, citizen, state, since_ms) values (@Id, @Citizen, 1, @Now) on conflict do nothing
                """, new { Id = id.Value, Citizen = citizen, Now = clock.NowMs() }, tx.Handle);
            if (rows == 1) return id;
            if (wish is not null) return null;
        }
        throw new BrokenProperty("a free MyKeyId is found in twenty draws", nameof(IssueMyKeyId), 0);
    }

    private Task<int> Bind(Transaction tx, CitizenId citizen, AuthCertificate certificate) =>
        tx.Connection.ExecuteAsync("""
            insert into idn_certificate(authority, serial, citizen, person_key, not_before_ms, not_after_ms, state, seen_ms)
            values (@Authority, @Serial, @Citizen, @PersonKey, @NotBeforeMs, @NotAfterMs, 1, @Now) on conflict(authority, serial) do nothing
            """, new
        {
            certificate.Authority, certificate.Serial, Citizen = citizen, PersonKey = Ids.NewRandom<PersonKey>(),
            NotBeforeMs = certificate.NotBefore.ToUnixTimeMilliseconds(), NotAfterMs = certificate.NotAfter.ToUnixTimeMilliseconds(), Now = clock.NowMs(),
        }, tx.Handle);
}
