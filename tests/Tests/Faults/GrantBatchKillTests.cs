using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.GrantBatches;
using MyKey.App.SignIn;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>Goal: a file of grants that a dying process left in the middle is gone on with, every line once (S2-P6b).</summary>
public class GrantBatchKillTests
{
    private const int Lines = 2_000;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6b_kill_9_in_the_middle_of_a_file_leaves_every_line_once(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        BatchReply stored;
        await using (var app = new AppProcess(engine == Engine.Postgres ? $"postgres:{test.ConnectionString}" : test.ConnectionString))
        {
            using var officer = new HttpClient();
            await using (var office = await GrantOffice.Open(await TestApp.Over(test, [$"MyKey:KekFile={AppProcess.KekFile}"]), 10_000))
            {
                stored = await office.Store("マイキーID,ポイント,行事\n" + string.Concat(Enumerable.Range(1, Lines).Select(i => string.Create(CultureInfo.InvariantCulture, $"MY123456,2,回{i}\n"))));
                await app.Start();
                officer.BaseAddress = new Uri($"http://127.0.0.1:{app.Port}");
                var login = new StaffSessionRequest("office", "OF-001", StaffDesk.Password, office.Desk.Code("OF-001"), Town.A.Value);
                Assert.Equal(HttpStatusCode.Created, (await officer.PostAsJsonAsync("/api/v1/staff/sessions", login)).StatusCode);
            }
            Assert.Equal(HttpStatusCode.OK, (await officer.Do("commit", stored)).StatusCode);
            for (var since = Stopwatch.StartNew(); ; await Task.Delay(5))
            {
                var now = (await officer.GetFromJsonAsync<BatchReply>($"{GrantFiles.Batches}/{stored.Hash}"))!;
                if (now.Posted > 0) break;
                Assert.True(since.Elapsed.TotalSeconds < 60, "the file is being posted");
            }
            await app.Kill();
        }

        await using var next = await TestApp.Over(test, [$"MyKey:KekFile={AppProcess.KekFile}"]);
        var (find, post) = (next.Services.GetRequiredService<FindBatches>(), next.Services.GetRequiredService<PostBatches>());
        var left = (await find.NextRunning())!;
        var progress = await find.ProgressOf(left);
        Assert.True(progress.Posted < Lines, "it died in the middle");
        // The dead process held its job; another goes on without waiting for that.
        while (await post.Some(left, PostBatches.RowsPerRun) > 0) { }

        Assert.Equal(new BatchProgress(Lines, 0, 0), await find.ProgressOf(left));
        Assert.Null(await find.NextRunning());
        var budget = (await next.Services.GetRequiredService<Limits>().Read(LimitId.Budget(left.Programme)))!;
        Assert.Equal((2 * Lines, 10_000 - 2 * Lines), (budget.Taken.Value, budget.Rest.Value));
        var audit = await next.Services.GetRequiredService<Audit>().Run();
        Assert.True(audit.Holds, audit.Broken);
    }
}
