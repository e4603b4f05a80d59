using System.Diagnostics;
using MyKey.App.Settlement;
using MyKey.Ledger;
using MyKey.Sandbox;

namespace MyKey.Load.Works;

/// <summary>A month of so many uses is closed while others pay (bar: 10,000,000 in 5 minutes in bounded memory, the p99 of the payments at most doubles).</summary>
internal static class Closing
{
    private const int LeastPayers = 20_000, UsesEach = 100;

    public static async Task Close(Workplace at, CancellationToken stop)
    {
        var payers = new Population(at.Options with { Accounts = Math.Max(LeastPayers, at.Size / UsesEach), RefusedPercent = 0 }, []);
        await Fill(at, payers, stop);
        await at.Rest();
        await Expiry.Pay(at, payers, TimeSpan.FromSeconds(at.Options.Seconds / 4.0), stop);
        var alone = await Expiry.Pay(at, payers, TimeSpan.FromSeconds(at.Options.Seconds), stop);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var paying = Expiry.Pay(at, payers, Timeout.InfiniteTimeSpan, ended.Token);
        var (job, process) = (at.Get<CloseMonths>(), Process.GetCurrentProcess());
        var (steps, before, most) = (0, Used(process), 0L);
        var seconds = await Workplace.Time(async () =>
        {
            for (; await job.Step(Actor.Job("load"), stop) is not null; steps++) most = Math.Max(most, Used(process));
        });
        await ended.CancelAsync();
        var beside = await paying;
        var closed = (await at.Get<FindMonths>().Closed(stop)).Single();
        var lines = 0;
        for (var after = Guid.Empty; await at.Get<FindLines>().Of(closed, null, after, stop) is { Count: > 0 } some; after = some[^1].Id) lines += some.Count;
        Must.Hold(closed.Transfers >= at.Size, "every use lies in the month");
        await at.Say($"a month of {closed.Transfers:#,0} transfers closed in {seconds:0.0} s, {closed.Transfers / seconds:#,0}/s, in {steps} steps; {lines:#,0} lines");
        await at.Say($"working set {before / 1e6:0} MB before, {most / 1e6:0} MB at most");
        await at.Say($"{Expiry.PerSecond} payments/s meanwhile: p50 {beside.Quantile(0.5):0.0} ms, p99 {beside.Quantile(0.99):0.0} ms; without: p50 {alone.Quantile(0.5):0.0} ms, p99 {alone.Quantile(0.99):0.0} ms");
        var audited = await Workplace.Time(async () => Must.Hold((await at.Get<AuditMonths>().Run(stop)).Holds, "the month is as its transfers"));
        await at.Say($"the same month added up anew by the audit in {audited:0.0} s");
    }

    /// <summary>Uses of the month before, posted by a ledger that lives then.</summary>
    private static async Task Fill(Workplace at, Population payers, CancellationToken stop)
    {
        var days = at.Clock.Today().Day + 4;
        await using var then = await at.Ago(days);
        var clock = new Earlier(at.Clock, TimeSpan.FromDays(days));
        await Workplace.Post(then, 2 * payers.Citizens, i => payers.Grant(i / 2, i % 2, clock), stop);
        var seconds = await Workplace.Time(() => Workplace.Post(then, at.Size, i => Population.Use(payers.Payment(new Random(i), clock)), stop));
        await at.Say($"{at.Size:#,0} uses posted in {seconds:0.0} s, {at.Size / seconds:#,0}/s");
    }

    private static long Used(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
