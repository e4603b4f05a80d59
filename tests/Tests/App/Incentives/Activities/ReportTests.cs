using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Activities;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.Applications;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Activities;

/// <summary>Goal: whoever was there is reported once, by a code that is good now and here, and gets what the offer gives, once, whatever breaks in between.</summary>
public class ReportTests
{
    private static Task<GrantOffice> Open(Engine engine, TestClock clock) => OpenApp(TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine));

    private static async Task<GrantOffice> OpenApp(Task<TestApp> app) => await GrantOffice.Open(await app, 10_000);

    private static async Task<string?> Refused(Task<Result<Report>> report) => (await report).Refused?.Code;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34_a_valid_code_in_time_reports_once_and_everything_else_is_refused(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await Open(engine, clock);
        var (offer, activity) = await Activating.Begin(office, change: a => a with { Day = clock.Today(), From = "12:01", Until = "12:10" });
        var other = await Activating.Open(office.Officer, Activating.Today(offer, clock.Today(), "ほかの清掃") with { From = "14:00", Until = "15:00" });
        var (me, you) = (office.Town.Citizen, (await office.Town.Issue("MY654321", 2)).Id);
        Task<string> Now(int steps = 0, ActivityId? of = null) => Activating.Digits(office, of ?? activity, steps);

        // Not yet; then about 90 seconds, and a screen that is a little fast.
        Assert.Equal("qr_invalid", await Refused(Activating.Report(office, me, await Now())));
        clock.Jump(TimeSpan.FromMinutes(2));
        foreach (var wrong in (string[])[await Now(-3), await Now(2), await Now(0, other), "00000", "123456789012345", $"/a/{activity.Value:N}{await Now(-3)}", $"/a/{other.Value:N}{await Now()}", "javascript:1"])
        {
            Assert.Equal("qr_invalid", await Refused(Activating.Report(office, me, wrong)));
            clock.Jump(TimeSpan.FromMilliseconds(1));
            await office.App.Database.Write(tx => tx.Connection.ExecuteAsync("delete from idn_try where scope = 'attend'", transaction: tx.Handle));
        }
        var id = Guid.CreateVersion7();
        var report = (await Activating.Report(office, me, $"http://mykey.localhost/a/{activity.Value:N}{await Now(-2)}", id)).Value;
        Assert.Equal((ReportState.Granted, 500), (report.State, report.Credited?.Value));
        Assert.Equal(2800 + 500, await office.Town.Usable(Town.A));
        // The same again answers again; another one is a second one.
        Assert.Equal(report, (await Activating.Report(office, me, "", id)).Value with { });
        Assert.Equal("already_reported", await Refused(Activating.Report(office, me, await Now(1))));
        Assert.Equal("id_reused", await Refused(Activating.Report(office, you, await Now(), id)));
        Assert.Equal(2800 + 500, await office.Town.Usable(Town.A));
        Assert.Equal(ReportState.Granted, (await Activating.Report(office, you, $"　{(await Now())[..4]} {(await Now())[4..]}")).Value.State);
        clock.Jump(TimeSpan.FromMinutes(15));
        Assert.Equal("qr_invalid", await Refused(Activating.Report(office, (await office.Town.Issue("MY777777", 3)).Id, await Now())));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        Assert.True((await office.Town.Get<AuditReports>().Run()).Holds);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34_many_at_the_same_moment_report_once_each_and_the_budget_holds(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (offer, activity) = await Activating.Begin(office, budget: 1_200);
        var people = new List<CitizenId> { office.Town.Citizen };
        for (var serial = 2; serial <= 3; serial++) people.Add((await office.Town.Issue($"MY65432{serial}", serial)).Id);
        var code = $"/a/{activity.Value:N}{await Activating.Digits(office, activity)}";

        var answers = await Task.WhenAll(people.SelectMany(p => Enumerable.Range(0, 4).Select(_ => Activating.Report(office, p, code))));
        // 1,200 are enough for two; who was the third was there all the same, and nothing is lost.
        Assert.Equal(3, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => Assert.Contains(a.Refused!.Code, (string[])["already_reported", "code_throttled"]));
        var counts = await office.Town.Get<FindReports>().Counts(activity);
        Assert.Equal((2, 1), (counts[ReportState.Granted], counts[ReportState.Waiting]));
        var waiting = Assert.Single(answers, a => a.Ok && a.Value.State == ReportState.Waiting).Value;
        Assert.Equal("budget_exhausted", waiting.Why);
        Assert.Equal("budget_exhausted", (await Decide(office.Officer, activity, "accept", waiting.Id))[0].Code);
        await Activating.Budget(office, offer, 5_000);
        Assert.Equal("granted", (await Decide(office.Officer, activity, "accept", waiting.Id))[0].State);
        Assert.Equal("granted", (await Decide(office.Officer, activity, "accept", waiting.Id))[0].State);
        var sum = 0L;
        foreach (var p in people) sum += await office.Town.Usable(Town.A, p);
        Assert.Equal(2800 + 1_500, sum);
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_what_a_crash_left_is_granted_once_and_the_audit_finds_what_was_not(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (_, activity) = await Activating.Begin(office, offered: o => o with { Screening = "by_hand" });
        var (first, second) = ((await Activating.Report(office, office.Town.Citizen, await Activating.Digits(office, activity))).Value, (await Activating.Report(office, (await office.Town.Issue("MY654321", 2)).Id, await Activating.Digits(office, activity))).Value);
        Assert.Equal((ReportState.Waiting, null), (first.State, first.Why));
        await Leave(office, first.Id, "accepted", null);
        var job = office.Town.Get<PostLeftReports>();
        await Task.WhenAll(Run(job), Run(job));
        await Run(job);
        Assert.Equal(ReportState.Granted, (await office.Town.Get<FindReports>().One(first.Id))!.State);
        Assert.Equal(2800 + 500, await office.Town.Usable(Town.A));
        Assert.True((await office.Town.Get<AuditReports>().Run()).Holds);
        Assert.Contains("reports", office.Town.Get<IEnumerable<RowAuditPart>>().Select(p => p.Name));

        await Leave(office, second.Id, "granted", 500);
        Assert.Contains("its transfer is missing", (await office.Town.Get<AuditReports>().Run()).Broken, StringComparison.Ordinal);

        static Task<JobResult> Run(PostLeftReports job) => job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None);
    }

    private static Task Leave(GrantOffice office, TransferId id, string state, long? credited) => office.App.Database.Write(tx => tx.Connection.ExecuteAsync(
        "update inc_report set state = @state, credited = @credited, decided_day = @Day, decided_ms = @Then, expires_on = @Last where id = @id",
        new { id, state, credited, Day = office.Town.Get<TimeProvider>().Today(), Then = office.Town.Get<TimeProvider>().NowMs() - Limits.LeaseMs - 1_000, Last = office.Town.Get<TimeProvider>().Today().AddDays(100) }, tx.Handle));

    internal static async Task<DecidedReply[]> Decide(HttpClient officer, ActivityId activity, string how, TransferId id, string? reason = null)
    {
        var answer = await Activating.Ok(officer.PostAsJsonAsync($"{Activating.Activities}/{activity.Value}/reports/{how}", new DecideRequest([id.Value], reason)));
        return (await answer.Content.ReadFromJsonAsync<DecidedReply[]>())!;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34_a_slip_reports_one_person_once_until_its_last_day_and_only_its_hash_is_kept(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await Open(engine, clock);
        var (_, activity) = await Activating.Begin(office, change: a => a with { Day = clock.Today(), From = "12:05", Until = "13:00", ReportUntil = clock.Today().AddDays(2) });
        var sheet = new SlipsRequest(Guid.CreateVersion7());
        var path = $"/api/v1/activities/{activity.Value}/slips";
        var slips = (await (await Activating.Ok(office.Officer.PostAsJsonAsync(path, sheet))).Content.ReadFromJsonAsync<SlipReply[]>())!;
        Assert.Equal((24, 24), (slips.Length, slips.Select(s => s.Code).Distinct().Count()));
        Assert.Equal("slips_printed", await GrantOffice.Code(await office.Officer.PostAsJsonAsync(path, sheet)));
        await using (var connection = await office.App.Database.Open())
            Assert.All(await connection.QueryAsync<byte[]>("select code_hash from inc_slip"), h => Assert.Equal(32, h.Length));

        var (me, you) = (office.Town.Citizen, (await office.Town.Issue("MY654321", 2)).Id);
        Assert.Equal("not_started", await Refused(Activating.Report(office, me, slips[0].Code)));
        clock.Jump(TimeSpan.FromMinutes(6));
        Assert.Equal("qr_invalid", await Refused(Activating.Report(office, me, slips[0].Code[..13] + (slips[0].Code[13] == '0' ? '1' : '0'))));
        // Two at the same moment with one slip.
        var both = await Task.WhenAll(Activating.Report(office, me, slips[0].Link), Activating.Report(office, you, slips[0].Code));
        Assert.Single(both, b => b.Ok);
        Assert.Equal("qr_invalid", Assert.Single(both, b => !b.Ok).Refused!.Code);
        var left = both[0].Ok ? you : me;
        // Somebody else tries it again and again: the office hears of it.
        for (var i = 0; i < 3; i++) Assert.Equal("qr_invalid", await Refused(Activating.Report(office, left, slips[0].Code)));
        Assert.Contains(await office.Town.Get<WatchReports>().Of(activity), a => a is { Kind: "slip", About: "1" });
        clock.Jump(TimeSpan.FromDays(2));
        Assert.Equal(ReportState.Granted, (await Activating.Report(office, left, slips[1].Code)).Value.State);
        clock.Jump(TimeSpan.FromDays(1));
        Assert.Equal("report_closed", await Refused(Activating.Report(office, (await office.Town.Issue("MY777777", 3)).Id, slips[2].Code)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_34_patterns_of_sharing_are_told_and_block_nothing_and_wrong_codes_wait(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await Applying.Set(office.App.Services, "attend.alarm_step", "2", "platform");
        await Applying.Set(office.App.Services, "attend.alarm_wrong", "2", "platform");
        var (offer, activity) = await Activating.Begin(office);
        var same = await Activating.Open(office.Officer, Activating.Today(offer, office.Town.Get<TimeProvider>().Today(), "同じ日の講習"));
        var code = await Activating.Digits(office, activity);
        var people = new List<CitizenId> { office.Town.Citizen };
        for (var serial = 2; serial <= 4; serial++) people.Add((await office.Town.Issue($"MY65432{serial}", serial)).Id);
        var watch = office.Town.Get<WatchReports>();
        foreach (var p in people[..2]) Assert.Equal(ReportState.Granted, (await Activating.Report(office, p, code)).Value.State);
        Assert.Empty(await watch.Of(activity));
        Assert.Equal(ReportState.Granted, (await Activating.Report(office, people[2], code)).Value.State);
        Assert.Equal("step", Assert.Single(await watch.Of(activity)).Kind);
        Assert.Equal(ReportState.Granted, (await Activating.Report(office, people[0], await Activating.Digits(office, same))).Value.State);
        Assert.Equal("same_time", Assert.Single(await watch.Of(same)).Kind);

        // Links that were handed on and are too old; then this citizen waits, and nobody else does.
        var old = $"/a/{activity.Value:N}{await Activating.Digits(office, activity, -50)}";
        for (var i = 0; i < 5; i++) Assert.Equal("qr_invalid", await Refused(Activating.Report(office, people[3], old)));
        Assert.Equal("code_throttled", await Refused(Activating.Report(office, people[3], await Activating.Digits(office, activity))));
        Assert.Contains(await watch.Of(activity), a => a.Kind == "wrong");
        Assert.Equal(2, await watch.MarkSeen(activity, Ids.NewRandom<StaffId>()));
        Assert.Empty(await watch.Of(activity));
        await using var connection = await office.App.Database.Open();
        Assert.Equal(3, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'activity.alarm_raised'"));
    }
}
