using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Passkeys;

/// <summary>A member of staff adds a passkey beside the authenticator app, right after a confirmation (V-D3).</summary>
public sealed class RegisterPasskey(Database database, TimeProvider clock, PasskeyQuestions questions, PasskeyRules rules, OperationLog log)
{
    /// <summary>Passkeys of one member.</summary>
    public const int Most = 10;

    private const int LongestLabel = 40;

    /// <param name="origin">Of the page that asks, as a browser writes it.</param>
    /// <returns><c>confirm_required</c>, <c>passkey_limit</c>.</returns>
    public async Task<Result<AskedPasskey>> Ask(StaffMember member, Session session, string origin, CancellationToken stop = default)
    {
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        await using (var connection = await database.Open(stop))
            if (await connection.QuerySingleAsync<int>("select count(*) from idn_passkey where staff = @Id", new { member.Id }) >= Most) return Refusal.Of("passkey_limit", ("most", (long)Most));
        var (options, asked) = await rules.Creation(member.Id, member.Number, origin);
        return new AskedPasskey(await questions.Keep(new PasskeyQuestion(PasskeyPurpose.Register, session.Kind, member.Id, session.Hash, origin, asked), stop), options);
    }

    /// <param name="label">What the member calls it: 1 to 40 characters, no number of a person or card.</param>
    /// <returns><c>confirm_required</c>, <c>field_required</c> (label), <c>too_large</c>, <c>passkey_failed</c>, <c>passkey_known</c>, <c>passkey_limit</c>.</returns>
    public async Task<Result<PasskeyId>> Register(StaffMember member, Session session, PasskeyAnswer answer, string? label, CancellationToken stop = default)
    {
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        var name = Label(label);
        if (name.Refused is { } wrong) return wrong;
        var question = await questions.Take(answer.Question, PasskeyPurpose.Register, session.Kind, session.Hash, stop);
        if (question.Refused is { } no) return no;
        var made = await rules.Created(question.Value, answer.Credential);
        if (made.Refused is { } failed) return failed;
        var (id, key) = (Ids.New<PasskeyId>(clock), made.Value);
        return await database.WriteOrRefuse<PasskeyId>(async tx =>
        {
            // Locked, so that two at once count each other, and an end of the account comes wholly before or after.
            if (await tx.Connection.ExecuteAsync("update idn_staff set state = state where id = @Id and state = 2", new { member.Id }, tx.Handle) == 0) return Refusal.Of("login_required");
            if (await tx.Connection.QuerySingleAsync<int>("select count(*) from idn_passkey where staff = @Id", new { member.Id }, tx.Handle) >= Most) return Refusal.Of("passkey_limit", ("most", (long)Most));
            var rows = await tx.Connection.ExecuteAsync("""
                insert into idn_passkey(id, staff, credential, public_key, sign_count, transports, backup_eligible, backed_up, label, created_ms)
                values (@Id, @Staff, @Credential, @PublicKey, @SignCount, @Transports, @Eligible, @BackedUp, @Label, @Now) on conflict(credential) do nothing
                """, new
            {
                Id = id, Staff = member.Id, Credential = key.CredentialId, key.PublicKey, SignCount = (long)key.SignCount, Transports = string.Join(' ', (key.Transports ?? []).Where(IsTransport)),
                Eligible = key.IsBackupEligible ? 1 : 0, BackedUp = key.IsBackedUp ? 1 : 0, Label = name.Value, Now = clock.NowMs(),
            }, tx.Handle);
            if (rows == 0) return Refusal.Of("passkey_known");
            await log.Write(tx, new Operation("staff.passkey_added", Actor.Of(member.Id), member.Id.Value, After: name.Value));
            return id;
        }, stop);
    }

    private static bool IsTransport(string word) => word.Length is > 0 and <= 20 && word.All(c => char.IsAsciiLetterLower(c) || c == '-');

    private static Result<string> Label(string? typed)
    {
        var text = (typed ?? "").Trim();
        if (text.Length == 0) return Refusal.Of("field_required", ("field", "label"));
        if (text.Length > LongestLabel) return Refusal.Of("too_large");
        return FreeText.Check(text) is { } personal ? personal : text;
    }
}
