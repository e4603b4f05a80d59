using MyKey.Identity.Citizens;
using MyKey.Identity.Keys;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Mail;

/// <summary>
/// A citizen stops the own ID without card and password, by a number that goes to the mailbox on file (K-28, S0-0019). What is answered, and what work it takes, is the
/// same whether ID and mailbox are anybody's: whose they are is looked at when the mail goes out.
/// </summary>
public sealed class StopByMail(Database database, TimeProvider clock, Kek kek, MailCodes codes, SuspendCitizen suspend, FindCitizen find, Tries tries)
{
    private static readonly TryRule Rule = new(Free: 3, LongestWaitMs: 900_000, ForgetMs: Jst.DayMs);

    /// <returns>What the number is typed for; <c>mail_format</c>, <c>mail_throttled</c> (fact <c>wait</c>, s).</returns>
    public async Task<Result<Guid>> Ask(string? myKeyId, string? mailbox, ClientNetwork network, CancellationToken stop = default)
    {
        var read = Mailbox.Read(mailbox);
        if (read.Refused is { } form) return form;
        var id = MyKeyId.ReadTyped(myKeyId);
        var citizen = id.Ok ? await find.ById(id.Value, stop) : null;
        var request = Ids.NewV7(clock);
        var wrapped = await kek.Wrap(read.Value.Bytes(), MailCodes.Owner(request), stop);
        return await database.Write<Result<Guid>>(async tx =>
        {
            var waitMs = await tries.Reserve(tx, TryKey.Of("mail-stop", id.Ok ? id.Value.Value : Typed.HalfWidth(myKeyId), network.Prefix), Rule);
            if (waitMs > 0) return Refusal.Of("mail_throttled", ("wait", Tries.Seconds(waitMs)));
            return await codes.Write(tx, MailCodePurpose.Stop, citizen?.Id, wrapped, request);
        }, stop);
    }

    /// <returns><c>mail_code_wrong</c>, whatever is wrong. One that is stopped already is no error.</returns>
    public async Task<Result<CitizenState>> Confirm(Guid request, string? code, CancellationToken stop = default)
    {
        var right = await codes.CodeOf(request, stop);
        return await database.Write<Result<CitizenState>>(async tx =>
        {
            var judged = await codes.Judge(tx, request, MailCodePurpose.Stop, right, code);
            if (judged.Refused is { } no) return no;
            if (judged.Value.Citizen is not { } id) return Refusal.Of("mail_code_wrong");
            var typed = Mailbox.Stored(await kek.Unwrap(judged.Value.Wrapped, MailCodes.Owner(request), stop));
            // The mailbox may have been taken away, or be another, since the number went out.
            if (await codes.OnFile(tx, id, stop) is not { } own || own != typed) return Refusal.Of("mail_code_wrong");
            return await suspend.Own(tx, Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, id), "who has a mailbox exists"));
        }, stop);
    }
}
