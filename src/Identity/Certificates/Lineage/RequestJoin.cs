using System.Security.Cryptography;
using Dapper;
using MyKey.Identity.Certificates.Crl;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Certificates.Lineage;

/// <summary>A new card that waits for a counter to see its holder.</summary>
/// <param name="Number">8 digits, told at the counter.</param>
/// <param name="MyKeyId">Of the account that it will open.</param>
/// <param name="AloneMs">From then on it opens the account without a counter, if nobody objects; null: only a counter does.</param>
public sealed record JoinRequest(string Number, MyKeyId MyKeyId, long MadeMs, long UntilMs, long? AloneMs);

/// <summary>
/// The slow way to the old account, where no authority tells the predecessor: ID and password of the account, <em>and</em> an old certificate that is
/// revoked or expired, <em>and</em> a counter that has seen the holder of the new card, or 72 hours in which nobody objected (<see cref="JoinAlone"/>). Whoever only knows the password gets nothing by it.
/// </summary>
public sealed class RequestJoin
{
    public const long LifeMs = 72L * 3_600_000;

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly JoinCertificate join;
    private readonly WriteNotice notices;
    private readonly OperationLog log;
    private readonly CheckPassword check;

    public RequestJoin(Database database, TimeProvider clock, JoinCertificate join, WriteNotice notices, OperationLog log, Tries tries, PasswordHash hash) =>
        (this.database, this.clock, this.join, this.notices, this.log, check) = (database, clock, join, notices, log, new CheckPassword(database, tries, hash));

    /// <param name="session">Opened with the new card, which has no ID yet.</param>
    /// <returns>
    /// The request, the same while it is open; <c>card_login_required</c>; <c>join_over</c> when the card has an ID by now; <c>login_failed</c>,
    /// <c>login_throttled</c>, <c>busy</c>, <c>id_suspended</c>, <c>id_revoked</c>; <c>old_card_alive</c> while the certificate of the account still holds.
    /// </returns>
    public async Task<Result<JoinRequest>> Ask(Session session, TypedPassword typed, CancellationToken stop = default)
    {
        if (session.RequireCard().Refused is { } no) return no;
        if (session.Citizen is not null) return Refusal.Of("join_over");
        var judged = await check.Check(typed, stop);
        if (judged.Refused is { } wrong) return wrong;
        var (citizen, certificate) = (judged.Value.Citizen, session.Certificate!);
        await database.Write(tx => check.Accept(tx, judged.Value), stop);
        return await database.WriteOrRefuse<JoinRequest>(async tx =>
        {
            if (!await IsOver(tx, citizen.Id, clock.NowMs())) return Refusal.Of("old_card_alive");
            if (await OfCard(tx.Connection, tx.Handle, certificate) is { } open && open.Citizen == citizen.Id) return open.Read();
            await tx.Connection.ExecuteAsync("update idn_join_request set state = 3 where authority = @Authority and serial = @Serial and state = 1", new { certificate.Authority, certificate.Serial }, tx.Handle);
            var now = clock.NowMs();
            var alone = await IsTold(tx, citizen.Id, now) ? now + JoinAlone.WaitMs : default(long?);
            var made = new Row { Number = await Free(tx), Citizen = citizen.Id, MyKeyId = citizen.MyKeyId.Value, MadeMs = now, UntilMs = (alone ?? now) + LifeMs, AloneMs = alone };
            var id = Ids.NewRandom<ChallengeId>();
            await tx.Connection.ExecuteAsync("""
                insert into idn_join_request(id, number, citizen, authority, serial, not_before_ms, not_after_ms, state, made_ms, until_ms, alone_ms)
                values (@Id, @Number, @Citizen, @Authority, @Serial, @NotBeforeMs, @NotAfterMs, 1, @MadeMs, @UntilMs, @AloneMs)
                """, new
            {
                Id = id, made.Number, made.Citizen, certificate.Authority, certificate.Serial, NotBeforeMs = certificate.NotBefore.ToUnixTimeMilliseconds(),
                NotAfterMs = certificate.NotAfter.ToUnixTimeMilliseconds(), made.MadeMs, made.UntilMs, made.AloneMs,
            }, tx.Handle);
            await log.Write(tx, new Operation("join.asked", Actor.Of(citizen.Id), id.Value, citizen.Id));
            await notices.Write(tx, citizen.Id, Notice.JoinAsked, alone is { } from ? [("from", from.ToString(System.Globalization.CultureInfo.InvariantCulture))] : []);
            return made.Read();
        }, stop);
    }

    /// <summary>The open request of the card of this session, or null.</summary>
    public async Task<JoinRequest?> Mine(Session session, CancellationToken stop = default)
    {
        if (session.Certificate is not { } certificate) return null;
        await using var connection = await database.Open(stop);
        return (await OfCard(connection, null, certificate))?.Read();
    }

    /// <summary>What asks for the account of this citizen, for him to object.</summary>
    public async Task<JoinRequest?> For(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<Row?>($"{Row.Select} where r.citizen = @citizen and r.state = 1 and r.until_ms > @Now order by r.made_ms desc", new { citizen, Now = clock.NowMs() }))?.Read();
    }

    /// <summary>The citizen says no to whatever card asks for the account.</summary>
    /// <returns>false when nothing asks; <c>mykey_missing</c>.</returns>
    public async Task<Result<bool>> Object(Session session, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var citizen = session.Citizen!.Value;
        return await database.Write<Result<bool>>(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update idn_join_request set state = 3 where citizen = @citizen and state = 1", new { citizen }, tx.Handle);
            if (rows > 0) await log.Write(tx, new Operation("join.objected", Actor.Of(citizen), Citizen: citizen));
            return rows > 0;
        }, stop);
    }

    /// <summary>What a counter looks at before it confirms.</summary>
    /// <returns><c>role_forbidden</c>, <c>join_unknown</c>.</returns>
    public async Task<Result<JoinRequest>> Find(StaffMember by, MunicipalityCode office, string? number, CancellationToken stop = default)
    {
        if (Forbidden(by, office) is { } no) return no;
        await using var connection = await database.Open(stop);
        return await Open(connection, null, number) is { } row ? row.Read() : Refusal.Of("join_unknown");
    }

    /// <summary>The counter has seen the holder of the new card: it opens the old account from now on.</summary>
    /// <returns><c>role_forbidden</c>, <c>join_unknown</c>, <c>old_card_alive</c>; <c>join_over</c> when the card has an ID by now; <c>id_suspended</c>, <c>id_revoked</c>.</returns>
    public async Task<Result<JoinRequest>> Confirm(StaffMember by, MunicipalityCode office, string? number, CancellationToken stop = default)
    {
        if (Forbidden(by, office) is { } no) return no;
        return await database.WriteOrRefuse<JoinRequest>(async tx =>
        {
            if (await Open(tx.Connection, tx.Handle, number) is not { } row) return Refusal.Of("join_unknown");
            await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Citizen", new { row.Citizen }, tx.Handle);
            var citizen = Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, row.Citizen), "who asked exists");
            if (citizen.RequireActive().Refused is { } stopped) return stopped;
            if (!await IsOver(tx, citizen.Id, clock.NowMs())) return Refusal.Of("old_card_alive");
            if (await tx.Connection.ExecuteAsync("update idn_join_request set state = 2, staff = @By where id = @Id and state = 1", new { row.Id, By = by.Id }, tx.Handle) == 0) return Refusal.Of("join_unknown");
            var certificate = new AuthCertificate(row.Authority, row.Serial, DateTimeOffset.FromUnixTimeMilliseconds(row.NotBeforeMs), DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfterMs));
            await log.Write(tx, new Operation("join.confirmed", Actor.Of(by.Id), row.Id.Value, citizen.Id, After: office.Value));
            return await join.Replace(tx, certificate, citizen.Id, JoinCause.Counter, Actor.Of(by.Id)) ? row.Read() : Refusal.Of("join_over");
        }, stop);
    }

    private static Refusal? Forbidden(StaffMember by, MunicipalityCode office) =>
        by.Require(Role.SupportDesk, office).Ok ? null : by.Require(Role.Officer, office).Refused;

    /// <summary>Whether the certificate of the account holds no more: the authority's lists name it, or its last day is past.</summary>
    internal static async Task<bool> IsOver(Transaction tx, CitizenId citizen, long nowMs)
    {
        var held = await tx.Connection.QuerySingleOrDefaultAsync<(string Authority, string Serial, long NotAfterMs)?>("select authority, serial, not_after_ms from idn_certificate where citizen = @citizen and state = 1", new { citizen }, tx.Handle);
        return held is { } one && (one.NotAfterMs < nowMs || await RevokedRuns.Name(tx.Connection, tx.Handle, one.Authority, one.Serial));
    }

    /// <summary>Whether the citizen hears of it by a mailbox that is old enough to be believed.</summary>
    private static async Task<bool> IsTold(Transaction tx, CitizenId citizen, long nowMs) =>
        await tx.Connection.ExecuteScalarAsync<long>("select count(*) from idn_mail where citizen = @citizen and since_ms <= @Since", new { citizen, Since = nowMs - JoinAlone.MailboxAgeMs }, tx.Handle) > 0;

    private Task<Row?> OfCard(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? handle, AuthCertificate certificate) => connection.QuerySingleOrDefaultAsync<Row?>(
        $"{Row.Select} where r.authority = @Authority and r.serial = @Serial and r.state = 1 and r.until_ms > @Now", new { certificate.Authority, certificate.Serial, Now = clock.NowMs() }, handle);

    private Task<Row?> Open(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? handle, string? number) => connection.QuerySingleOrDefaultAsync<Row?>(
        $"{Row.Select} where r.number = @Number and r.state = 1 and r.until_ms > @Now", new { Number = Digits(number), Now = clock.NowMs() }, handle);

    private static string Digits(string? typed) => new([.. Typed.HalfWidth(typed).Where(char.IsAsciiDigit)]);

    /// <summary>A number that no open request has; one whose days are over gives its number back.</summary>
    private async Task<string> Free(Transaction tx)
    {
        await tx.Connection.ExecuteAsync("update idn_join_request set state = 3 where state = 1 and until_ms <= @Now", new { Now = clock.NowMs() }, tx.Handle);
        for (var round = 0; round < 20; round++)
        {
            var number = RandomNumberGenerator.GetString("0123456789", 8);
            if (await tx.Connection.ExecuteScalarAsync<long>("select count(*) from idn_join_request where number = @number and state = 1", new { number }, tx.Handle) == 0) return number;
        }
        throw new BrokenProperty("a free number is found in twenty draws", nameof(RequestJoin), 0);
    }

    private sealed record Row
    {
        public const string Select = """
            select r.id, r.number, r.citizen, r.authority, r.serial, r.not_before_ms, r.not_after_ms, r.made_ms, r.until_ms, r.alone_ms, m.my_key_id
            from idn_join_request r join idn_mykey_id m on m.citizen = r.citizen and m.state = 1
            """;

        public ChallengeId Id { get; init; }
        public string Number { get; init; } = "";
        public CitizenId Citizen { get; init; }
        public string Authority { get; init; } = "";
        public string Serial { get; init; } = "";
        public long NotBeforeMs { get; init; }
        public long NotAfterMs { get; init; }
        public long MadeMs { get; init; }
        public long UntilMs { get; init; }
        public long? AloneMs { get; init; }
        public string MyKeyId { get; init; } = "";

        public JoinRequest Read() => new(Number, Citizens.MyKeyId.Stored(MyKeyId), MadeMs, UntilMs, AloneMs);
    }
}
