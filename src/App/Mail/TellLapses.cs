using System.Globalization;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Mail;

/// <summary>
/// Who has a mailbox hears of points that lapse, 30 days before and 7 (S0-5004c): what comes due in a day is in one mail, and a day on which the job did not run is
/// made up for. By day only, for mails make telephones ring.
/// </summary>
public sealed class TellLapses(LapseMarks marks, LedgerReading reading, MailOptions options, TimeProvider clock) : IJob
{
    public const int FirstHour = 9, LastHour = 18;

    private const int CitizensPerRun = 500;

    public string Name => "mail-tell-lapses";

    public TimeSpan Every => TimeSpan.FromMinutes(15);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        if (!options.On || Jst.At(clock.NowMs()).Hour is < FirstHour or >= LastHour) return new JobResult("not now");
        var (today, told) = (clock.Today(), 0);
        var behind = await marks.Behind(today, CitizensPerRun, stop);
        foreach (var mark in behind)
        {
            var facts = Due(await reading.Holdings(mark.Citizen, today), mark, today);
            if (await marks.Tell(mark, today, facts, stop) && facts.Count > 0) told++;
        }
        return new JobResult($"told {told} of {behind.Count}", More: behind.Count == CitizensPerRun);
    }

    /// <summary>Of each municipality's points the first last day that the citizen has not been told of.</summary>
    private static List<(string Name, string Value)> Due(IReadOnlyList<Holding> holdings, LapseMark mark, DateOnly today) =>
    [
        .. from holding in holdings
           let days = holding.Lots.Select(l => l.ExpiresOn).Where(d => (d > mark.Told30 && d <= today.AddDays(LapseMarks.Early)) || (d > mark.Told7 && d <= today.AddDays(LapseMarks.Late))).ToList()
           where days.Count > 0
           select (holding.Issuer.Value, days.Min().ToNumber().ToString(CultureInfo.InvariantCulture)),
    ];
}
