using System.Data.Common;
using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Certificates.Lineage;

/// <summary>How a certificate came to its citizen; stored.</summary>
public enum JoinCause { None = 0, Renewed = 1, Reissued = 2, Counter = 3 }

/// <summary>A card that took the place of another, of which its citizen has not been told yet.</summary>
public sealed record JoinedCard(JoinCause Cause, long JoinedMs);

/// <summary>
/// A renewed or reissued card comes to the account of the one before by itself (S0-4029a, S0-1012): at its first login the authority is asked for the
/// predecessor, step by step until one is known here. Without an answer nothing is joined; people do it by hand (<see cref="RequestJoin"/>).
/// </summary>
public sealed class JoinCertificate(Database database, FindCitizen citizens, TimeProvider clock, OpenSessions sessions, WriteNotice notices, OperationLog log, IEnumerable<ISerialLineage> lineage)
{
    /// <summary>Whoever never came by for so many renewals, of which each holds for years, joins by hand.</summary>
    public const int MostSteps = 10;

    /// <summary>Joins a certificate that is new here, where the authority says whose it succeeds. Safe to run twice and at once.</summary>
    /// <returns>What the authority said in the end: <c>First</c>, <c>Succeeds</c> where it is joined (or known), <c>Unknown</c>.</returns>
    public async Task<LineageState> Run(AuthCertificate certificate, CancellationToken stop = default)
    {
        if (await IsKnown(certificate.Authority, certificate.Serial, stop)) return LineageState.Succeeds;
        var (authority, serial, cause) = (certificate.Authority, certificate.Serial, JoinCause.None);
        for (var step = 0; step < MostSteps; step++)
        {
            var answer = await Before(authority, serial, stop);
            // A chain that ends elsewhere than it began is the chain of nobody known here.
            if (answer.State != LineageState.Succeeds) return answer.State;
            if (cause == JoinCause.None) cause = answer.Cause == LineageCause.Renewed ? JoinCause.Renewed : JoinCause.Reissued;
            (authority, serial) = (answer.Authority, answer.Serial);
            if (await IsKnown(authority, serial, stop)) return await Join(certificate, authority, serial, cause, stop);
        }
        return LineageState.Unknown;
    }

    /// <summary>Whose card it is; one that was renewed since comes to its account first (S1-28).</summary>
    /// <returns>null for the card of nobody who is known.</returns>
    public async Task<Citizen?> Holder(AuthCertificate certificate, CancellationToken stop = default)
    {
        if (await citizens.ByCertificate(certificate, stop) is { } known) return known;
        await Run(certificate, stop);
        return await citizens.ByCertificate(certificate, stop);
    }

    /// <summary>What the citizen is told once on My Page.</summary>
    public async Task<JoinedCard?> Untold(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(JoinCause Cause, long JoinedMs)?>(
            "select cause, joined_ms from idn_certificate where citizen = @citizen and state = 1 and told = 0", new { citizen });
        return row is { } found ? new JoinedCard(found.Cause, found.JoinedMs) : null;
    }

    public Task Told(CitizenId citizen, CancellationToken stop = default) => database.Write(async tx =>
    {
        var rows = await tx.Connection.ExecuteAsync("update idn_certificate set told = 1 where citizen = @citizen and state = 1 and told = 0", new { citizen }, tx.Handle);
        if (rows == 1) await log.Write(tx, new Operation("certificate.join_seen", Actor.Of(citizen), Citizen: citizen));
    }, stop);

    /// <summary>The certificate takes the place of its citizen's active one, with the same person key; sessions of that one end.</summary>
    /// <returns>false when another has been there first, or nothing is active.</returns>
    internal async Task<bool> Replace(Transaction tx, AuthCertificate certificate, CitizenId citizen, JoinCause cause, Actor by)
    {
        var old = await tx.Connection.QuerySingleOrDefaultAsync<(string Authority, string Serial, PersonKey Person)?>("""
            update idn_certificate set state = 2 where citizen = @citizen and state = 1
            and not exists (select 1 from idn_certificate n where n.authority = @Authority and n.serial = @Serial) returning authority, serial, person_key
            """, new { citizen, certificate.Authority, certificate.Serial }, tx.Handle);
        if (old is not { } before) return false;
        await tx.Connection.ExecuteAsync("""
            insert into idn_certificate(authority, serial, citizen, person_key, not_before_ms, not_after_ms, state, seen_ms, cause, joined_ms, told)
            values (@Authority, @Serial, @Citizen, @Person, @NotBeforeMs, @NotAfterMs, 1, @Now, @Cause, @Now, 0)
            """, new
        {
            certificate.Authority, certificate.Serial, Citizen = citizen, before.Person, NotBeforeMs = certificate.NotBefore.ToUnixTimeMilliseconds(),
            NotAfterMs = certificate.NotAfter.ToUnixTimeMilliseconds(), Now = clock.NowMs(), Cause = cause,
        }, tx.Handle);
        await sessions.EndAll(tx, before.Authority, before.Serial);
        await log.Write(tx, new Operation("certificate.joined", by, Citizen: citizen, After: cause.ToString().ToLowerInvariant()));
        await notices.Write(tx, citizen, Notice.CardJoined);
        return true;
    }

    private async Task<LineageAnswer> Before(string authority, string serial, CancellationToken stop) =>
        lineage.FirstOrDefault() is { } source ? await source.Before(authority, serial, stop) : LineageAnswer.Unknown;

    private async Task<LineageState> Join(AuthCertificate certificate, string authority, string serial, JoinCause cause, CancellationToken stop) => await database.Write(async tx =>
    {
        var holder = await tx.Connection.QuerySingleOrDefaultAsync<(CitizenId Citizen, int State)?>(
            "select citizen, state from idn_certificate where authority = @authority and serial = @serial", new { authority, serial }, tx.Handle);
        // One that another has replaced already has two successors: the authority contradicts itself, and nobody is joined by that.
        if (holder is not { State: 1 } found) return await IsKnown(tx.Connection, tx.Handle, certificate.Authority, certificate.Serial) ? LineageState.Succeeds : LineageState.Unknown;
        await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Citizen", new { found.Citizen }, tx.Handle);
        if (await Replace(tx, certificate, found.Citizen, cause, Actor.Of(found.Citizen))) return LineageState.Succeeds;
        return await IsKnown(tx.Connection, tx.Handle, certificate.Authority, certificate.Serial) ? LineageState.Succeeds : LineageState.Unknown;
    }, stop);

    private async Task<bool> IsKnown(string authority, string serial, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await IsKnown(connection, null, authority, serial);
    }

    private static async Task<bool> IsKnown(DbConnection connection, DbTransaction? handle, string authority, string serial) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from idn_certificate where authority = @authority and serial = @serial", new { authority, serial }, handle) > 0;
}
