using System.Text.Json;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// The figure S2-P9 exactly: library A1 of A市 and B1 of B町, MY123456 with 789145 and 234209, MY654321 with 456578, each linked at a counter by somebody who shows the
/// number of My Page; and the six libraries of the source's page (S2-P17d). Everything by the public API.
/// </summary>
public sealed class DemoLibraries(Uri site)
{
    private const string DeviceCode = "482615";

    private static readonly (string Town, string Code, string Name)[] Tiles =
    [
        ("020001", "AO1", "青森県立図書館"), ("131164", "TO1", "豊島区立図書館"), ("232033", "IC1", "一宮市立図書館"), ("336661", "MI1", "美咲町立図書館"), ("442062", "US1", "臼杵市立臼杵図書館"),
        ("460001", "KA1", "鹿児島県立図書館"),
    ];

    /// <param name="office">Terminal administrator of both towns.</param>
    public async Task Furnish(DemoClient office, CancellationToken stop)
    {
        using var a = await Library(office, DemoTown.A, ("A1", "A市立図書館"), stop);
        using var b = await Library(office, DemoTown.B, ("B1", "B町立図書館"), stop);
        await Link(a, "MY123456", DemoTown.A, "789145", stop);
        await Link(b, "MY123456", DemoTown.B, "234209", stop);
        await Link(a, "MY654321", DemoTown.A, "456578", stop);
    }

    /// <param name="office">Terminal administrator of the six.</param>
    public static async Task Six(DemoClient office, CancellationToken stop)
    {
        foreach (var (town, code, name) in Tiles)
        {
            office.WorkFor(town);
            await Register(office, (code, name), stop);
        }
    }

    public static IEnumerable<string> TownsOfSix => Tiles.Select(t => t.Town);

    /// <returns>Its counter.</returns>
    private async Task<DemoClient> Library(DemoClient office, string town, (string Code, string Name) library, CancellationToken stop)
    {
        office.WorkFor(town);
        var id = await Register(office, library, stop);
        var given = await office.Send<JsonElement>(HttpMethod.Post, $"/api/v1/office/providers/{id}/devices", new { id = Guid.CreateVersion7(), label = "カウンター1", profile = "library_counter" }, stop);
        var counter = new DemoClient(site);
        await counter.Send(HttpMethod.Post, "/api/v1/terminals", new { code = given.GetProperty("code").GetString(), shopCode = DeviceCode }, stop);
        return counter;
    }

    private static async Task<Guid> Register(DemoClient office, (string Code, string Name) library, CancellationToken stop)
    {
        var id = Guid.CreateVersion7();
        await office.Send(HttpMethod.Put, $"/api/v1/office/providers/{id}", new { name = library.Name, code = library.Code, kind = "library", shortest = 6, longest = 8 }, stop);
        return id;
    }

    private async Task Link(DemoClient counter, string myKeyId, string town, string userNumber, CancellationToken stop)
    {
        using var resident = new DemoClient(site);
        await resident.Send(HttpMethod.Post, "/api/v1/my/sessions", new { myKeyId, password = DemoTown.ResidentPassword }, stop);
        var code = await resident.Send<JsonElement>(HttpMethod.Post, "/api/v1/my/codes", new { municipality = town }, stop);
        var shown = await counter.Send<JsonElement>(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId, code = code.GetProperty("code").GetString() }, stop);
        await counter.Send(HttpMethod.Post, "/api/v1/links", new { id = Guid.CreateVersion7(), citizenToken = shown.GetProperty("citizenToken").GetString(), userNumber }, stop);
    }
}
