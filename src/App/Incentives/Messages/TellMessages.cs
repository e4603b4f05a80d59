using Dapper;
using MyKey.App.Mail;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Messages;

/// <summary>Whoever has a mailbox and wants it hears by mail that there is something to read on My Page, and nothing of what it says; once, whatever breaks off in between.</summary>
public sealed class TellMessages(Database database, PointNotices hearers, WriteNotice notices, TimeProvider clock) : IJob
{
    public const string JobName = "incentives-tell-messages";

    internal const int PeopleAtOnce = 500;

    private const string Next = "select citizen, message from inc_message_to where told_ms is null order by sent_ms, message, citizen limit @PeopleAtOnce";

    private const string Told = "update inc_message_to set told_ms = @Now where citizen = @Citizen and message = @Message and told_ms is null";

    public string Name => JobName;

    public TimeSpan Every => TimeSpan.FromSeconds(20);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var some = await Some(stop);
        var wanting = await hearers.Hearers(Notice.OfferMessage, [.. some.Select(s => s.Citizen)], stop);
        var mails = await database.Write(async tx =>
        {
            var written = 0;
            foreach (var (citizen, message) in some)
            {
                // Another process may have told this one meanwhile.
                if (await tx.Connection.ExecuteAsync(Told, new { Now = clock.NowMs(), Citizen = citizen, Message = message }, tx.Handle) == 0 || !wanting.Contains(citizen)) continue;
                await notices.Write(tx, citizen, Notice.OfferMessage);
                written++;
            }
            return written;
        }, stop);
        return new JobResult($"{mails} mails to {some.Count} people", More: some.Count == PeopleAtOnce);
    }

    private async Task<IReadOnlyList<(CitizenId Citizen, Guid Message)>> Some(CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(CitizenId Citizen, Guid Message)>(Next, new { PeopleAtOnce })).AsList();
    }
}
