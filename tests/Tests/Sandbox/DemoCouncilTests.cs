using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Navi.Council;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Demo;
using MyKey.Tests.Support;

namespace MyKey.Tests.Sandbox;

/// <summary>Goal: the demonstration has the council of the source: 228 members, 33 bodies with 9, 21 and 11 capabilities, entered over the public API (S2-P2g, S2-P14, S2-P15).</summary>
public class DemoCouncilTests
{
    [Fact]
    public async Task S2_P2g_S2_P15_the_members_and_the_table_of_the_source_are_there()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var app = await TestApp.Start();
        var staff = new DemoStaff(app.Site, new Authenticators(Path.Combine(TestDatabase.Servers.Folder, $"authenticators-{Guid.NewGuid():N}.json"), TimeProvider.System));
        await staff.Begin((await app.Services.GetRequiredService<AddFirstOperator>().Add(DemoStaff.OperatorNumber)).Value, stop);
        await staff.Operator.Upload("/api/v1/operator/municipalities/import", "council228.csv", stop);
        await staff.Operator.Upload("/api/v1/operator/municipalities/council?from=2017-08-30", "council228.csv", stop);

        await DemoCouncil.Furnish(staff.Operator, stop);

        using var anybody = app.Client();
        var council = (await anybody.GetFromJsonAsync<CouncilReply>("/api/v1/council", stop))!;
        Assert.Equal((228, 228), (council.Members, council.List.Count));
        Assert.All(council.Prefectures, p => Assert.True(p.Members > 0, p.Name));   // members in 47 prefectures
        Assert.All(council.List, m => Assert.Equal(new DateOnly(2017, 8, 30), m.Since));
        Assert.Equal(("chair", "徳島県知事"), Assert.Single(council.Posts.Select(p => (p.Post, p.Head))));
        var table = (await anybody.GetFromJsonAsync<List<CapableReply>>("/api/v1/capabilities", stop))!;
        Assert.Equal(33, table.Count);
        var counts = table.SelectMany(c => c.Capabilities).CountBy(c => c.Capability).ToDictionary();
        Assert.Equal((9, 21, 11), (counts["library"], counts["online"], counts["shops"]));
        Assert.Equal(41, counts.Values.Sum());
        var shown = table.SelectMany(c => c.Capabilities).Select(c => c.Shown).ToHashSet();
        Assert.Superset(new HashSet<string> { "●", "※準備中", "H29.10頃未定" }, shown);
        Assert.DoesNotContain(table, c => c.Name == "一宮市");   // K-24
    }
}
