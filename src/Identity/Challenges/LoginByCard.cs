using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Challenges;

/// <param name="Citizen">null when this card has no MyKeyId yet: the session then serves to issue one.</param>
/// <param name="Purpose">What the person signed for, so that the page goes on from there.</param>
public sealed record LoggedInByCard(CitizenId? Citizen, string SessionToken, Purpose Purpose)
{
    /// <summary>The card is new here, and nobody tells whether its holder had another before.</summary>
    public bool MayHaveOne { get; init; }
}

/// <summary>What goes with a login by card of somebody who has an ID, in the same transaction.</summary>
public sealed record WithCardLogin(Func<Transaction, CitizenId, AuthCertificate, Task> Run);

/// <summary>Login by card and PIN (S0-5005c), and the rise of a session to A3; always with a new session.</summary>
public sealed class LoginByCard(Database database, UseCardCode use, JoinCertificate join, OpenSessions sessions, OperationLog log, IEnumerable<WithCardLogin> others)
{
    /// <param name="cookie">Pre-login cookie.</param>
    /// <param name="replaced">Session cookie that came along; it ends. For <c>step-up</c> it must be the same citizen's.</param>
    /// <param name="desk">The support desk at which the person is: the session is a sitting there.</param>
    /// <returns><c>auth_failed</c>, <c>id_suspended</c>, or <c>cert_revoked</c> for a certificate that another has replaced.</returns>
    public async Task<Result<LoggedInByCard>> Login(string? code, string? cookie, string? replaced = null, TerminalId? desk = null, CancellationToken stop = default) =>
        await Login(await use.Use(code, cookie, stop), (false, desk), replaced, stop);

    /// <summary>The same by a telephone that signed: the computer names the question, the cookie does the rest.</summary>
    public async Task<Result<LoggedInByCard>> LoginByPhone(string? challenge, string? cookie, string? replaced = null, TerminalId? desk = null, CancellationToken stop = default) =>
        await Login(await use.UseByPhone(challenge, cookie, stop), (true, desk), replaced, stop);

    private async Task<Result<LoggedInByCard>> Login(Result<CardProof> used, (bool ByPhone, TerminalId? Desk) way, string? replaced, CancellationToken stop)
    {
        if (used.Refused is { } no) return no;
        var proof = used.Value;
        // A tap and a payment's signature open nothing: each assurance has its own door.
        if (proof.Purpose is null || proof.Assurance != Assurance.A3) return Refusal.Of("auth_failed", ("why", "purpose"));
        var before = proof.Purpose == Purpose.StepUp ? await sessions.Find(replaced, SessionKind.Citizen, stop) : default(Result<Session>?);
        if (before?.Refused is { } gone) return gone;
        var lineage = await join.Run(proof.Certificate, stop);
        var opened = await database.WriteOrRefuse(tx => Open(tx, (proof, way.ByPhone, way.Desk), before?.Value, replaced), stop);
        return opened.Then<LoggedInByCard>(o => o with { MayHaveOne = o.Citizen is null && lineage == LineageState.Unknown });
    }

    private async Task<Result<LoggedInByCard>> Open(Transaction tx, (CardProof Proof, bool ByPhone, TerminalId? Desk) shown, Session? before, string? replaced)
    {
        var proof = shown.Proof;
        var found = await Holder(tx, proof.Certificate);
        // Whoever gave up the ID begins again with a new one (S0-5016c).
        if (found.Refused is { Code: not "id_revoked" } no) return no;
        var citizen = found.Ok ? found.Value : null;
        if (before is not null && (citizen is null || before.Citizen != citizen)) return Refusal.Of("auth_failed", ("why", "another person"));
        var token = await sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = proof.Certificate, Terminal = shown.Desk }, replaced);
        if (citizen is { } known)
        {
            await log.Write(tx, new Operation("citizen.logged_in", Actor.Of(known), Citizen: known, Terminal: shown.Desk, After: shown.ByPhone ? "A3 by telephone" : "A3"));
            foreach (var other in others) await other.Run(tx, known, proof.Certificate);
        }
        return new LoggedInByCard(citizen, token, proof.Purpose!);
    }

    /// <summary>The active citizen of a certificate, null when it is new; locked, so that a suspension comes wholly before or after.</summary>
    internal static async Task<Result<CitizenId?>> Holder(Transaction tx, AuthCertificate certificate)
    {
        var bound = await tx.Connection.QuerySingleOrDefaultAsync<(CitizenId Citizen, int State)?>(
            "select citizen, state from idn_certificate where authority = @Authority and serial = @Serial", new { certificate.Authority, certificate.Serial }, tx.Handle);
        if (bound is not { } row) return (CitizenId?)null;
        if (row.State == 2) return Refusal.Of("cert_revoked", ("reason", "superseded"));
        var active = await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Citizen and state = 1", new { row.Citizen }, tx.Handle);
        if (active == 1) return row.Citizen;
        return Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, row.Citizen), "a bound citizen exists").RequireActive().Refused!;
    }
}
