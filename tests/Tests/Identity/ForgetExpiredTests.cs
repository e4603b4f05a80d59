using MyKey.Identity;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity;

/// <summary>Goal: what can never be used again goes, and nothing else.</summary>
public class ForgetExpiredTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Old_rows_go_live_ones_stay(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.CardSession();
        people.Clock.Advance(TimeSpan.FromDays(60));
        await people.CardSession(2);
        var job = people.Get<IEnumerable<IJob>>().OfType<ForgetExpired>().Single();
        await job.Run(new JobRun(job.Name, Guid.Empty, 1, long.MaxValue), default);
        Assert.Equal(2, await people.Count("idn_session"));
        people.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal("forgot 1", (await job.Run(new JobRun(job.Name, Guid.Empty, 2, long.MaxValue), default)).Text);
        Assert.Equal(1, await people.Count("idn_session"));
    }
}
