using System.Net.Http.Json;
using MyKey.App.Libraries;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Demo;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.Sandbox;

/// <summary>Goal: the demonstration has the figure S2-P9 exactly, made through the public API.</summary>
public class DemoLibrariesTests
{
    [Fact]
    public async Task S2_P9a_the_figure_is_there_and_answers()
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        await town.Resident("MY654321", 2, Residents.A);
        var file = Path.Combine(TestDatabase.Servers.Folder, $"authenticators-{Guid.NewGuid():N}.json");
        var staff = new DemoStaff(town.App.Site, new Authenticators(file, TimeProvider.System));
        await staff.Begin((await town.Get<AddFirstOperator>().Add(DemoStaff.OperatorNumber)).Value, CancellationToken.None);
        await staff.Invite("OF-001", DemoTown.A, "terminal_admin", CancellationToken.None);
        await staff.Give("OF-001", DemoTown.B, "terminal_admin", CancellationToken.None);
        using var office = await staff.LogIn("office", "OF-001", CancellationToken.None);

        await new DemoLibraries(town.App.Site).Furnish(office, CancellationToken.None);

        using var a = await town.LoggedIn();
        Assert.Equal([("A1", "789145"), ("B1", "234209")], (await a.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!.Select(l => (l.Provider, l.UserNumber)));
        using var b = await town.LoggedIn("MY654321");
        Assert.Equal([("A1", "456578")], (await b.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!.Select(l => (l.Provider, l.UserNumber)));
        Assert.Equal(["A市立図書館", "B町立図書館"], (await a.GetFromJsonAsync<List<ListedLibrary>>("/api/v1/libraries"))!.Select(l => l.Name));
    }
}
