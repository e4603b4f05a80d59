using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Keys;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Mail;

/// <summary>A mailbox as a citizen types it.</summary>
/// <param name="Password">Needed in a session by ID and password; not looked at in a card session.</param>
public sealed record NewMail(string? Mailbox, string? Password, ClientNetwork Network, string? DeviceToken = null);

/// <summary>What is on file of a citizen.</summary>
/// <param name="Waiting">Typed, and its number not yet.</param>
public sealed record MailOnFile(Mailbox? Mailbox, Mailbox? Waiting, IReadOnlySet<Notice> Off);

/// <summary>A citizen's mailbox (S0-5004a, K-15): optional, verified by a number typed on the page, taken away at any time.</summary>
public sealed class KeepMail
{
    /// <summary>Three numbers at once, then the next one waits, up to a quarter of an hour; forgotten after a day.</summary>
    private static readonly TryRule Rule = new(Free: 3, LongestWaitMs: 900_000, ForgetMs: Jst.DayMs);

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Kek kek;
    private readonly MailCodes codes;
    private readonly WriteNotice notices;
    private readonly OperationLog log;
    private readonly FindCitizen find;
    private readonly Tries tries;
    private readonly CheckPassword check;

    public KeepMail(Database database, TimeProvider clock, Kek kek, MailCodes codes, WriteNotice notices, OperationLog log, FindCitizen find, Tries tries, PasswordHash hash)
    {
        (this.database, this.clock, this.kek, this.codes, this.notices, this.log, this.find, this.tries) = (database, clock, kek, codes, notices, log, find, tries);
        check = new CheckPassword(database, tries, hash);
    }

    /// <summary>Sends a number to the mailbox; what is on file stays until the number is typed.</summary>
    /// <returns><c>mail_format</c>; <c>mail_throttled</c> (fact <c>wait</c>, s); in an ID session <c>login_failed</c>, <c>login_throttled</c>; <c>busy</c>, <c>id_suspended</c>.</returns>
    public async Task<Result<Mailbox>> Ask(Session session, NewMail typed, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var citizen = Must.Have(await find.Get(session.Citizen!.Value, stop), "a session's citizen exists");
        if (citizen.RequireActive().Refused is { } no) return no;
        var mailbox = Mailbox.Read(typed.Mailbox);
        if (mailbox.Refused is { } form) return form;
        CheckedPassword? password = null;
        if (!session.RequireCard().Ok)
        {
            var judged = await check.Check(new TypedPassword(citizen.MyKeyId.Value, typed.Password, typed.Network, typed.DeviceToken), stop);
            if (judged.Refused is { } wrong) return wrong;
            password = judged.Value;
        }
        var wrapped = await kek.Wrap(mailbox.Value.Bytes(), Owner(citizen.Id), stop);
        return await database.Write<Result<Mailbox>>(async tx =>
        {
            if (password is not null) await check.Accept(tx, password);
            var waitMs = await tries.Reserve(tx, TryKey.Of("mail", citizen.Id.Value.ToString("N")), Rule);
            if (waitMs > 0) return Refusal.Of("mail_throttled", ("wait", Tries.Seconds(waitMs)));
            await tx.Connection.ExecuteAsync("update idn_mail_code set state = 2 where citizen = @Id and purpose = 1 and state = 1", new { citizen.Id }, tx.Handle);
            await codes.Write(tx, MailCodePurpose.Verify, citizen.Id, wrapped, Ids.NewV7(clock));
            await log.Write(tx, new Operation("mail.asked", Actor.Of(citizen.Id), Citizen: citizen.Id));
            return mailbox.Value;
        }, stop);
    }

    /// <summary>The number from the mail: from now on notices go there. The mailbox before hears of it, too.</summary>
    /// <returns><c>mail_code_wrong</c>.</returns>
    public async Task<Result<Mailbox>> Confirm(Session session, string? code, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var citizen = session.Citizen!.Value;
        if (await Open(citizen, stop) is not { } open) return Refusal.Of("mail_code_wrong");
        var right = await codes.CodeOf(open.Id, stop);
        var done = await database.Write<Result<MailCodes.Row>>(async tx =>
        {
            var active = await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @citizen and state = 1", new { citizen }, tx.Handle);
            if (active == 0) return Refusal.Of("id_suspended");
            var judged = await codes.Judge(tx, open.Id, MailCodePurpose.Verify, right, code);
            if (judged.Refused is not null) return judged;
            var before = await Wrapped(tx, citizen);
            if (before is not null) await notices.WriteTo(tx, citizen, Notice.MailSet, before);
            await tx.Connection.ExecuteAsync("""
                insert into idn_mail(citizen, kek_id, wrapped, since_ms) values (@citizen, @KekId, @Wrapped, @Now)
                on conflict(citizen) do update set kek_id = excluded.kek_id, wrapped = excluded.wrapped, since_ms = excluded.since_ms
                """, new { citizen, judged.Value.KekId, judged.Value.Wrapped, Now = clock.NowMs() }, tx.Handle);
            await notices.Write(tx, citizen, before is null && await IsNew(tx, citizen) ? Notice.IdIssued : Notice.MailSet);
            await tries.Clear(tx, TryKey.Of("mail", citizen.Value.ToString("N")));
            await log.Write(tx, new Operation("mail.set", Actor.Of(citizen), Citizen: citizen, After: before is null ? "first" : "another"));
            return judged;
        }, stop);
        return done.Refused is { } no ? no : Mailbox.Stored(await kek.Unwrap(done.Value.Wrapped, Owner(citizen), stop));
    }

    /// <summary>No mailbox any more; the one that was hears of it. Taking away what is not there is no error.</summary>
    public async Task<Result<bool>> Remove(Session session, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var citizen = session.Citizen!.Value;
        return await database.Write<Result<bool>>(async tx =>
        {
            if (!await Forget(tx, citizen, Notice.MailRemoved)) return false;
            await log.Write(tx, new Operation("mail.removed", Actor.Of(citizen), Citizen: citizen));
            return true;
        }, stop);
    }

    /// <summary>Whether a kind of notice comes.</summary>
    /// <returns><c>notice_fixed</c> for those about the safety of the ID.</returns>
    public async Task<Result<bool>> Switch(Session session, Notice notice, bool on, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        if (!notice.CanBeOff()) return Refusal.Of("notice_fixed");
        var citizen = session.Citizen!.Value;
        return await database.Write<Result<bool>>(async tx =>
        {
            var row = new { citizen, Notice = notice.ToString() };
            var rows = on
                ? await tx.Connection.ExecuteAsync("delete from idn_mail_off where citizen = @citizen and notice = @Notice", row, tx.Handle)
                : await tx.Connection.ExecuteAsync("insert into idn_mail_off(citizen, notice) values (@citizen, @Notice) on conflict do nothing", row, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("mail.notice_switched", Actor.Of(citizen), Citizen: citizen, After: $"{notice} {(on ? "on" : "off")}"));
            return on;
        }, stop);
    }

    public async Task<MailOnFile> Of(CitizenId citizen, CancellationToken stop = default)
    {
        var open = await Open(citizen, stop);
        await using var connection = await database.Open(stop);
        var off = (await connection.QueryAsync<string>("select notice from idn_mail_off where citizen = @citizen", new { citizen })).Select(Enum.Parse<Notice>).ToHashSet();
        var waiting = open is null ? default(Mailbox?) : Mailbox.Stored(await kek.Unwrap(open.Wrapped, Owner(citizen), stop));
        return new MailOnFile(await codes.OnFile(connection, citizen, stop), waiting, off);
    }

    /// <summary>With the ID goes the mailbox, which hears of it as the last thing.</summary>
    internal Task Revoked(Transaction tx, CitizenId citizen) => Forget(tx, citizen, Notice.Revoked);

    internal static string Owner(CitizenId citizen) => $"mail:{citizen.Value:N}";

    private async Task<bool> Forget(Transaction tx, CitizenId citizen, Notice last)
    {
        await tx.Connection.ExecuteAsync("delete from idn_mail_code where citizen = @citizen", new { citizen }, tx.Handle);
        await tx.Connection.ExecuteAsync("delete from idn_mail_off where citizen = @citizen", new { citizen }, tx.Handle);
        if (await Wrapped(tx, citizen) is not { } wrapped) return false;
        await tx.Connection.ExecuteAsync("delete from idn_mail where citizen = @citizen", new { citizen }, tx.Handle);
        await notices.WriteTo(tx, citizen, last, wrapped);
        return true;
    }

    private async Task<bool> IsNew(Transaction tx, CitizenId citizen) =>
        await tx.Connection.ExecuteScalarAsync<long>("select created_ms from idn_citizen where id = @citizen", new { citizen }, tx.Handle) > clock.NowMs() - Jst.DayMs;

    private static Task<byte[]?> Wrapped(Transaction tx, CitizenId citizen) =>
        tx.Connection.QuerySingleOrDefaultAsync<byte[]?>("select wrapped from idn_mail where citizen = @citizen", new { citizen }, tx.Handle);

    private async Task<MailCodes.Row?> Open(CitizenId citizen, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<MailCodes.Row>("""
            select id, citizen, kek_id, wrapped from idn_mail_code where citizen = @citizen and purpose = 1 and state = 1 and expires_ms > @Now order by made_ms desc, id desc limit 1
            """, new { citizen, Now = clock.NowMs() });
    }
}
