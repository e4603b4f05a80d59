using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Mail;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Outbox;

namespace MyKey.App.Mail;

/// <param name="Notice">null for a number.</param>
public sealed record UnsentMail(Guid Id, Notice? Notice, long MadeMs, int Tries, string Answer);

/// <summary>Mails that the relay does not take: an operator has them sent again or lets them go. To whom they go is shown to nobody.</summary>
public sealed class UnsentMails(Database database, Outbox outbox, OperationLog log)
{
    public async Task<IReadOnlyList<UnsentMail>> All(CancellationToken stop = default) => [.. (await outbox.Stuck(stop)).Where(m => m.Kind is WriteNotice.Kind or MailCodes.Kind)
        .Select(m => new UnsentMail(m.Id, m.Kind == WriteNotice.Kind ? WriteNotice.Read(m).Notice : null, m.MadeMs, m.Tries, m.Answer))];

    /// <returns><c>role_forbidden</c>; <c>not_found</c>, also when it is not stuck any more.</returns>
    public Task<Result<bool>> SendAgain(StaffAtWork work, Guid id, CancellationToken stop = default) =>
        Change(work, tx => outbox.SendAgain(tx, id), new Operation("mail.sent_again", work.Actor, id), stop);

    /// <returns>As <see cref="SendAgain"/>.</returns>
    public Task<Result<bool>> Drop(StaffAtWork work, Guid id, CancellationToken stop = default) =>
        Change(work, tx => Outbox.Drop(tx, id), new Operation("mail.dropped", work.Actor, id), stop);

    private async Task<Result<bool>> Change(StaffAtWork work, Func<Transaction, Task<bool>> change, Operation operation, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (!await change(tx)) return Refusal.Of("not_found");
            await log.Write(tx, operation);
            return true;
        }, stop);
    }
}

/// <summary><c>/api/v1/operator/mails</c>.</summary>
public static class UnsentEndpoint
{
    public static void MapUnsent(this WebApplication app)
    {
        app.MapGet("/api/v1/operator/mails", List);
        app.MapPost("/api/v1/operator/mails/{id:guid}/send", Send);
        app.MapDelete("/api/v1/operator/mails/{id:guid}", Drop);
    }

    private static async Task<Answer<List<UnsentMail>>> List(HttpContext context, UnsentMails mails, CancellationToken stop) =>
        await context.AtPlatform<List<UnsentMail>>(async _ => (await mails.All(stop)).ToList());

    private static async Task<Answer<bool>> Send(Guid id, HttpContext context, UnsentMails mails, CancellationToken stop) => await context.AtPlatform(work => mails.SendAgain(work, id, stop));

    private static async Task<Answer<bool>> Drop(Guid id, HttpContext context, UnsentMails mails, CancellationToken stop) => await context.AtPlatform(work => mails.Drop(work, id, stop));
}
