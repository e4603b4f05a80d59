using Dapper;
using MyKey.Identity.Keys;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Staffing;

/// <summary>What the enrolment page shows.</summary>
/// <param name="TotpUri">otpauth URI for the QR code; the same until the enrolment is finished.</param>
/// <param name="TotpText">The secret for typing.</param>
public sealed record StaffEnrolment(string Number, string TotpUri, string TotpText);

/// <summary>What somebody brings who was invited.</summary>
/// <param name="Token">Of the URL.</param>
/// <param name="Code">6 digits; only where two people made the invitation.</param>
public sealed record Invitation(string? Token, string? Code = null)
{
    public static implicit operator Invitation(string? token) => new(token);
}

/// <summary>
/// A new member sets a password and proves the authenticator app, by a URL that works once, 24 hours. The URL is made by
/// <see cref="AddFirstOperator"/> or <see cref="ChangeStaff"/>; where two people made it, the digits of the other one are needed before anything is shown.
/// </summary>
public sealed class EnrolStaff(Database database, TimeProvider clock, Kek kek, PasswordHash hash, Tries tries, InvitationCodes codes, OperationLog log)
{
    public const long UrlLifeMs = 24 * 3_600_000L;

    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 300_000, ForgetMs: UrlLifeMs);

    /// <param name="invitation">The URL's token, and the digits that whoever proposed the invitation told.</param>
    /// <returns><c>not_found</c> for a URL that is wrong, used or too old; <c>invitation_code_required</c>, <c>invitation_code_wrong</c>, <c>rate_limited</c>.</returns>
    public async Task<Result<StaffEnrolment>> Begin(Invitation invitation, CancellationToken stop = default)
    {
        var found = await Find(invitation, stop);
        if (found.Refused is { } no) return no;
        var secret = await Secret(found.Value, stop);
        return new StaffEnrolment(found.Value.Number, Totp.Uri(secret, found.Value.Number), Totp.Text(secret));
    }

    /// <returns><c>not_found</c>, <c>invitation_code_required</c>, <c>invitation_code_wrong</c>, <c>password_weak</c>, <c>totp_wrong</c>, <c>rate_limited</c>, <c>busy</c>.</returns>
    public async Task<Result<StaffId>> Finish(Invitation invitation, string? password, string? code, CancellationToken stop = default)
    {
        var found = await Find(invitation, stop);
        if (found.Refused is { } no) return no;
        var row = found.Value;
        if (PasswordRules.Check(password, row.Number) is { } weak) return weak;
        var key = TryKey.Of("staff.enrol", row.Id.Value.ToString("N"));
        if (await database.Write(tx => tries.Reserve(tx, key, Rule), stop) > 0) return Refusal.Of("rate_limited");
        if (Totp.Match(await Secret(row, stop), Typed.HalfWidth(code), clock.NowMs(), row.TotpStep) is not { } step) return Refusal.Of("totp_wrong");
        var made = await hash.Make(password!, stop);
        if (made.Refused is { } busy) return busy;
        return await database.WriteOrRefuse<StaffId>(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("""
                update idn_staff set state = 2, salt = @Salt, hash = @Hash, iterations = @Iterations, totp_step = @Step, enrol_hash = null, enrol_until_ms = null
                where id = @Id and enrol_hash = @EnrolHash and state = 1
                """, new { made.Value.Salt, made.Value.Hash, made.Value.Iterations, Step = step, row.Id, EnrolHash = Token.HashOf(invitation.Token) }, tx.Handle);
            if (rows == 0) return Refusal.Of("not_found");
            await tries.Clear(tx, key);
            await log.Write(tx, new Operation("staff.enrolled", Actor.Of(row.Id), row.Id.Value));
            return row.Id;
        }, stop);
    }

    internal static string TotpOwner(StaffId id) => $"totp:{id.Value:N}";

    private async Task<Result<Row>> Find(Invitation invitation, CancellationToken stop)
    {
        if (invitation.Token is not { Length: > 0 } token) return Refusal.Of("not_found");
        var row = await Find(token, stop);
        if (row is null) return Refusal.Of("not_found");
        return await codes.Check(token, invitation.Code, stop) is { } no ? no : row;
    }

    private async Task<Row?> Find(string token, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<Row>(
            "select id, number, totp, totp_step from idn_staff where enrol_hash = @Hash and state = 1 and enrol_until_ms > @Now", new { Hash = Token.HashOf(token), Now = clock.NowMs() });
    }

    /// <summary>The first look at the page makes the secret; a reload, or a second tab, shows the same.</summary>
    private async Task<byte[]> Secret(Row row, CancellationToken stop)
    {
        var owner = TotpOwner(row.Id);
        if (row.Totp is { } wrapped) return await kek.Unwrap(wrapped, owner, stop);
        var (_, fresh) = await kek.Wrap(Totp.NewSecret(), owner, stop);
        var kept = await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("update idn_staff set totp = @Fresh where id = @Id and totp is null", new { row.Id, Fresh = fresh }, tx.Handle);
            return await tx.Connection.QuerySingleAsync<byte[]>("select totp from idn_staff where id = @Id", new { row.Id }, tx.Handle);
        }, stop);
        return await kek.Unwrap(kept, owner, stop);
    }

    private sealed class Row
    {
        public StaffId Id { get; init; }

        public string Number { get; init; } = "";

        public byte[]? Totp { get; init; }

        public long TotpStep { get; init; }
    }
}
