using System.Net.Http.Json;
using MyKey.App.Libraries;
using MyKey.App.UsePoints;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Cards;
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
        // A link takes a token and is no use of points: the audit of uses does not look for one.
        Assert.Null((await town.Get<AuditUses>().Run()).Broken);

        using var a = await town.LoggedIn();
        Assert.Equal([("A1", "789145"), ("B1", "234209")], (await a.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!.Select(l => (l.Provider, l.UserNumber)));
        using var b = await town.LoggedIn("MY654321");
        Assert.Equal([("A1", "456578")], (await b.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!.Select(l => (l.Provider, l.UserNumber)));
        Assert.Equal(["A市立図書館", "B町立図書館"], (await a.GetFromJsonAsync<List<ListedLibrary>>("/api/v1/libraries"))!.Select(l => l.Name));
    }

    [Fact]
    public async Task S2_P9a_S2_P17d_the_towns_and_their_libraries_load_within_the_standard_limits()
    {
        await using var house = await CardTown.Start(MyKey.Kernel.Db.Engine.Sqlite, "MyKey:Limits:AttemptsPerMinute=60");
        var cards = Directory.CreateTempSubdirectory("mykey-cards-").FullName;
        FirstCards.Make(cards, house.Authority);
        var staff = new DemoStaff(house.App.Site, new Authenticators(Path.Combine(cards, "authenticators.txt"), TimeProvider.System));
        await staff.Begin((await house.Residents.Get<AddFirstOperator>().Add(DemoStaff.OperatorNumber)).Value, CancellationToken.None);

        await DemoTown.Begin(staff, CancellationToken.None);
        await new DemoTown(house.App.Site, cards).Furnish(staff, CancellationToken.None);

        using var anybody = house.App.Client();
        var libraries = (await anybody.GetFromJsonAsync<List<ListedLibrary>>("/api/v1/libraries"))!;
        Assert.Equal(["AO1", "TO1", "A1", "B1", "IC1", "MI1", "US1", "KA1"], libraries.Select(l => l.Code));
        Directory.Delete(cards, recursive: true);
    }
}
