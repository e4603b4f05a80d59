using MyKey.App.Reserved;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.Load.Works;

/// <summary>The day after their last one, reserved points go to the base municipality of their citizens, each with one lot (bar: 100,000 in 30 s).</summary>
internal static class DueMove
{
    private const int AtOnce = 16;
    private const int DaysOfChoice = 14;

    public static async Task Move(Workplace at, CancellationToken stop)
    {
        await at.Town.Issue(at.Size, stop);
        var people = at.Town.People;
        await Parallel.ForEachAsync(people, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (citizen, token) => await ChooseBase(at, citizen, token));
        var partner = Ids.New<PartnerId>(at.Clock);
        var lastDay = at.Clock.Today().AddDays(-1);
        await using (var then = await at.Ago(DaysOfChoice + 1))
            await Workplace.Post(then, people.Length, i => Transfer.Reserve(Ids.New<TransferId>(at.Clock), people[i], new Points(100), new ExchangedLot(lastDay, partner, (1, 1)), Actor.Job("load")), stop);

        var (job, runs) = (at.Get<MoveDueReserved>(), 0);
        var seconds = await Workplace.Time(async () =>
        {
            for (var more = true; more; runs++) more = (await job.Run(new JobRun(job.Name, Ids.NewV7(at.Clock), runs + 1, long.MaxValue), stop)).More;
        });
        var left = 0;
        for (var bucket = 0; bucket < Buckets.Default.Count; bucket++) left += (await at.Get<ReservedReading>().Due(bucket, at.Clock.Today(), null, at.Size)).Count;
        Must.Hold(left == 0, "every lot has moved");
        await at.Say($"{people.Length:#,0} reserved lots moved in {seconds:0.0} s, {people.Length / seconds:#,0}/s, in {runs} runs");
    }

    private static async Task ChooseBase(Workplace at, CitizenId citizen, CancellationToken stop)
    {
        var now = at.Clock.GetUtcNow();
        var session = new Session(SessionKind.Citizen, Assurance.A3, citizen, null, null, new AuthCertificate(new string('a', 64), "1", now.AddYears(-1), now.AddYears(4)), at.Clock.NowMs(), 0, long.MaxValue);
        Must.Hold((await at.Get<ChangeSettings>().SetBaseMunicipality(session, at.Municipality, stop)).Ok, "a base municipality is chosen");
    }
}
