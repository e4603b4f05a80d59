using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Grants;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Grants;

/// <summary>Goal: a grant that a crash left between storing and posting is posted or refused later, exactly once (S0-1006b, V-D3).</summary>
public class PostLeftGrantsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1006b_what_a_crash_left_is_posted_once_and_only_after_its_lease(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 50_000);
        var (alone, approved) = (await Leave(office, 10_001, alone: true), await Leave(office, 10_002, alone: false));
        var fresh = await Leave(office, 10_003, alone: true, agoMs: 0);

        await Task.WhenAll(Run(office), Run(office), office.Post(alone));
        await Run(office);

        Assert.Equal(["posted", "posted", "made"], await States(office, alone, approved, fresh));
        Assert.Equal((2800 + 20_003, 50_000 - 20_003), (await office.Usable(), await office.Rest()));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_what_can_not_be_posted_goes_and_what_was_approved_waits_again(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 50_000);
        var (alone, approved) = (await Leave(office, 10_001, alone: true), await Leave(office, 10_002, alone: false));
        await office.App.Database.WriteOrRefuse(tx => office.Town.Get<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(office.Programme)), new Points(10_000)));

        await Run(office);

        Assert.Equal(["", "waiting"], await States(office, alone, approved));
        Assert.Equal((2800, 10_000), (await office.Usable(), await office.Rest()));
        // Nothing of them counts to the officer's day any more.
        Assert.Equal("posted", (await (await office.Post(office.Request(10_000))).Content.ReadFromJsonAsync<GrantReply>())!.State);
        await using var connection = await office.App.Database.Open();
        Assert.Equal(2, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'grant.refused'"));
    }

    /// <summary>A grant as a process leaves it that dies before it is posted.</summary>
    private static async Task<GrantRequest> Leave(GrantOffice office, long points, bool alone, long agoMs = Limits.LeaseMs + 1_000)
    {
        var request = office.Request(points);
        Assert.Equal("waiting", (await (await office.Post(request)).Content.ReadFromJsonAsync<GrantReply>())!.State);
        await office.App.Database.Write(async tx =>
        {
            var row = new { request.Id, office.Programme, points, Alone = alone ? 1 : 0, Then = office.Town.Get<TimeProvider>().NowMs() - agoMs };
            await tx.Connection.ExecuteAsync("update pts_grant set state = 'made', alone = @Alone, made_ms = @Then where id = @Id", row, tx.Handle);
            await tx.Connection.ExecuteAsync("""
                insert into pts_grant_day(maker, programme, civil_day, granted) select maker, programme, civil_day, amount from pts_grant where id = @Id
                on conflict (maker, programme, civil_day) do update set granted = pts_grant_day.granted + excluded.granted
                """, row, tx.Handle);
            await tx.Connection.ExecuteAsync("""
                insert into pts_maker_day(maker, municipality, civil_day, what, points) select maker, municipality, civil_day, 'grant', amount from pts_grant where id = @Id
                on conflict (maker, municipality, civil_day, what) do update set points = pts_maker_day.points + excluded.points
                """, row, tx.Handle);
        });
        return request;
    }

    private static Task Run(GrantOffice office)
    {
        var job = office.Town.Get<PostLeftGrants>();
        return job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None);
    }

    private static async Task<List<string>> States(GrantOffice office, params GrantRequest[] requests)
    {
        var states = new List<string>();
        foreach (var request in requests) states.Add(await office.Town.Get<FindGrants>().One(new TransferId(request.Id)) is { } grant ? MyKey.App.Registry.Words<GrantState>.Of(grant.State) : "");
        return states;
    }
}
