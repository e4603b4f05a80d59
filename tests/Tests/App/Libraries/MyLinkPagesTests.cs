using System.Net;
using System.Net.Http.Json;
using MyKey.App.Libraries;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Libraries;

/// <summary>Goal: a citizen sees which numbers hang on the ID and who asked for them, and decides who may; the list of libraries is for everybody (S0-1001, S0-5014b, K-33, S0-3001).</summary>
public class MyLinkPagesTests
{
    [Fact]
    public async Task S0_1001_K_33_numbers_are_masked_until_asked_for_and_one_provider_can_be_shut_out()
    {
        await using var desk = await LibraryDesk.Open();
        using var a = await desk.Device(desk.A1);
        using var citizen = desk.Citizen();
        Assert.Contains("登録は、まだありません", await Page(citizen, "/my/links"), StringComparison.Ordinal);
        await LinksTests.Link(a, await desk.Shown(a), "789145");
        await LinksTests.Look(a, await desk.Shown(a));
        var list = await Page(citizen, "/my/links");
        Assert.Contains("＊＊＊145", list, StringComparison.Ordinal);
        Assert.DoesNotContain("789145", list, StringComparison.Ordinal);
        Assert.Contains("利用しない", list, StringComparison.Ordinal);
        Assert.Contains("789145", await Page(citizen, "/my/links/A1?show=number"), StringComparison.Ordinal);
        Assert.Contains("利用者カード", await Page(citizen, "/my"), StringComparison.Ordinal);
        var seen = await Page(citizen, "/my/lookups");
        Assert.Contains("A市立図書館", seen, StringComparison.Ordinal);
        Assert.Contains("窓口", seen, StringComparison.Ordinal);

        Assert.Equal("/my/links/A1", (await desk.App.Submit(citizen, "/my/links/A1", "/my/links/A1?handler=Block", ("blocked", "true"))).Headers.Location!.OriginalString);
        Assert.Equal("link_blocked", await LibraryDesk.Code(await LinksTests.Look(a, await desk.Shown(a))));
        Assert.Contains("見せなかった", await Page(citizen, "/my/lookups"), StringComparison.Ordinal);
        await desk.App.Submit(citizen, "/my/links/A1", "/my/links/A1?handler=Block", ("blocked", "false"));
        Assert.Equal("789145", await LinksTests.Number(a, await desk.Shown(a)));

        Assert.Equal("/my/links?saved=ended", (await desk.App.Submit(citizen, "/my/links/A1", "/my/links/A1?handler=End")).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.NotFound, (await citizen.GetAsync("/my/links/A1")).StatusCode);
    }

    [Fact]
    public async Task S0_3002b_a_page_to_link_stands_where_the_provider_lets_citizens_link()
    {
        await using var desk = await LibraryDesk.Open();
        using var citizen = desk.Citizen();
        Assert.DoesNotContain("/my/links/A1/new", await Page(citizen, "/my/links"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await citizen.GetAsync("/my/links/A1/new")).StatusCode);
        await desk.Save(desk.A1, LibraryDesk.Library("A1", "A市立図書館", selfLink: true));
        Assert.Contains("/my/links/A1/new", await Page(citizen, "/my/links"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.App.Submit(citizen, "/my/links/A1/new", "/my/links/A1/new", ("Number", "1"))).StatusCode);
        Assert.Equal("/my/links?saved=linked", (await desk.App.Submit(citizen, "/my/links/A1/new", "/my/links/A1/new", ("Number", "789145"))).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task S0_3001_the_list_shows_libraries_that_work_and_no_others()
    {
        await using var desk = await LibraryDesk.Open();
        await desk.Save(Guid.CreateVersion7(), LibraryDesk.Library("G1", "A市ジム") with { Kind = "gym" });
        await desk.Save(Guid.CreateVersion7(), LibraryDesk.Library("A2", "来年の図書館") with { From = new DateOnly(2099, 1, 1) });
        await desk.Save(desk.B1, LibraryDesk.Library("B1", "B町立図書館") with { State = "ended" }, desk.OfficeB);
        using var anybody = desk.App.Client();
        Assert.Equal(["A市立図書館"], (await anybody.GetFromJsonAsync<List<ListedLibrary>>("/api/v1/libraries"))!.Select(l => l.Name));
        var page = await Page(anybody, "/libraries");
        Assert.Contains("A市立図書館", page, StringComparison.Ordinal);
        Assert.DoesNotContain("B町立図書館", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ジム", page, StringComparison.Ordinal);
        Assert.Contains("/libraries", await Page(anybody, "/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P3a_an_office_registers_a_library_and_its_device_on_pages()
    {
        await using var desk = await LibraryDesk.Open();
        var (office, id) = (desk.Office, Guid.CreateVersion7());
        (string, string)[] form = [("Id", $"{id}"), ("Name", "西図書館"), ("Code", "A2"), ("Kind", "library"), ("Shortest", "６"), ("Longest", "8"), ("Letters", "letters"), ("SelfLink", "counter")];
        var saved = await desk.App.Submit(office, "/office/providers", "/office/providers", form);
        Assert.Equal($"/office/providers/{id}?saved=new", saved.Headers.Location!.OriginalString);
        var page = $"/office/providers/{id}";
        Assert.Contains("英字と数字で6から8けた", await Page(office, $"{page}?saved=new"), StringComparison.Ordinal);
        Assert.Equal($"{page}?saved=1", (await desk.App.Submit(office, page, page, ("Name", "西分館"), ("Shortest", "6"), ("Longest", "8"), ("Letters", "digits"), ("SelfLink", "self"), ("State", "active"))).Headers.Location!.OriginalString);
        var given = WebUtility.HtmlDecode(await (await desk.App.Submit(office, page, $"{page}?handler=Device", ("Device", $"{Guid.CreateVersion7()}"), ("Label", "貸出機1"), ("Profile", "self_lending"))).Content.ReadAsStringAsync());
        Assert.Contains("登録用の番号", given, StringComparison.Ordinal);
        Assert.Contains("自動貸出機（カードをかざす）", await Page(office, page), StringComparison.Ordinal);
        Assert.Contains("西分館", await Page(office, "/office/providers"), StringComparison.Ordinal);

        var platform = await desk.Desk.Operator();
        Assert.Equal("/operator/provider-kinds", (await desk.App.Submit(platform, "/operator/provider-kinds", "/operator/provider-kinds", ("Code", "pool"), ("Name", "プール"), ("OtherWords", "水泳場"))).Headers.Location!.OriginalString);
        foreach (var said in new[] { "プール", "水泳場", "トショカン" }) Assert.Contains(said, await Page(platform, "/operator/provider-kinds"), StringComparison.Ordinal);
    }

    private static async Task<string> Page(HttpClient client, string path) => WebUtility.HtmlDecode(await client.GetStringAsync(path));
}
