using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Recalls;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.YearCaps;

/// <summary>Goal: nobody gets more out of a programme in a fiscal year than it says, and whoever asks for more gives the rest and is told so (S4-03).</summary>
public class YearCapTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_03_a_grant_above_the_cap_credits_only_the_rest_and_says_so(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Begin(GrantOffice.Rules(cap: 2_000));
        await office.Town.Issue("AB123456", 2);

        Assert.Equal((1_500, 1_500, false), await Given(await office.Post(office.Request(1_500))));
        var request = office.Request(800);
        Assert.Equal((500, 800, true), await Given(await office.Post(request)));
        var again = await office.Post(request);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal((500, 800, true), await Given(again));
        Assert.Equal("id_reused", await GrantOffice.Code(await office.Post(request with { Points = 500 })));
        Assert.Equal("cap_reached", await GrantOffice.Code(await office.Post(office.Request(1))));
        Assert.Equal((4_800, 8_000), (await office.Usable(), await office.Rest()));

        var stored = await office.Store("マイキーID,ポイント,行事\nMY123456,300,春\nAB123456,1500,春\nAB123456,800,夏\nAB123456,10,秋\n");
        Assert.Equal((2, 2_000L), (stored.Good, stored.Points));
        await office.Officer.Do("commit", stored);
        Assert.Equal((2, 2), await office.Done(stored) is var done ? (done.Posted, done.Refused) : default);
        var rows = (await office.Officer.GetFromJsonAsync<List<BatchRowReply>>($"{GrantFiles.Batches}/{stored.Hash}/rows"))!;
        Assert.Equal([("refused", "cap_reached", 0L), ("posted", "", 1_500L), ("posted", "cap_reached", 500L), ("refused", "cap_reached", 0L)], rows.Select(r => (r.State, r.Code, r.Granted)));
        Assert.Contains("残りだけ付与しました,1年の上限があるので、500ポイントだけです。", await office.Officer.GetStringAsync($"{GrantFiles.Batches}/{stored.Hash}/rows.csv"), StringComparison.Ordinal);
        Assert.Equal(6_000, await office.Rest());
        await Holds(office);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_03_two_officers_and_a_file_at_once_never_exceed_the_cap(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Begin(GrantOffice.Rules(cap: 2_000));
        using var other = await office.Desk.Officer("OF-004", Town.A, Role.Officer);
        var lines = string.Concat(Enumerable.Range(1, 6).Select(i => $"MY123456,150,回{i}\n"));
        var stored = await office.Store($"マイキーID,ポイント,行事\n{lines}");
        await office.Officer.Do("commit", stored);
        var batch = (await office.Town.Get<FindBatches>().One(Town.A, stored.Hash))!;
        var post = office.Town.Get<PostBatches>();

        await Task.WhenAll([post.Some(batch, 100), .. Enumerable.Range(0, 12).Select(i => (Task)(i % 2 == 0 ? office.Officer : other).PostAsJsonAsync("/api/v1/office/grants", office.Request(330)))]);
        await office.Done(stored);
        // Whoever was told "busy" in the crowd asks again.
        await office.Post(office.Request(2_000));

        Assert.Equal((2_800 + 2_000, 8_000), (await office.Usable(), await office.Rest()));
        await Holds(office);
    }

    [Fact]
    public async Task Invariant_19_S4_03_the_audit_names_a_year_that_was_counted_wrong()
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules(cap: 2_000));
        await office.Post(office.Request(1_500));
        await Holds(office);
        await office.App.Database.Write(tx => tx.Connection.ExecuteAsync("update pts_grant_year set granted = 1400", transaction: tx.Handle));
        Assert.Contains("pts_grant_year", (await office.Town.Get<AuditRecalls>().Run()).Broken, StringComparison.Ordinal);
        await office.App.Database.Write(tx => tx.Connection.ExecuteAsync("update pts_grant_counted set granted = 1400", transaction: tx.Handle));
        Assert.Contains("the ledger says 1500", (await office.Town.Get<AuditRecalls>().Run()).Broken, StringComparison.Ordinal);
    }

    private static async Task<(long Points, long Asked, bool Capped)> Given(HttpResponseMessage answer)
    {
        var reply = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<GrantReply>())!;
        return (reply.Points, reply.Asked, reply.Capped);
    }

    private static async Task Holds(GrantOffice office)
    {
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        Assert.Null((await office.Town.Get<AuditRecalls>().Run()).Broken);
    }
}
