using System.Net;
using System.Net.Http.Json;
using MyKey.App.Libraries;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Libraries;

/// <summary>Goal: who knows citizens by numbers of their own is data: the kinds, the form of the numbers, the days (S2-P3a, S2-P17n, K-24, K-27).</summary>
public class ProvidersTests
{
    private const string Kinds = "/api/v1/operator/provider-kinds";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3a_the_nine_kinds_and_clinics_are_there_and_one_more_needs_no_new_program(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        var platform = await desk.Desk.Operator();
        var kinds = (await platform.GetFromJsonAsync<List<ProviderKindReply>>(Kinds))!;
        Assert.Equal(["bicycle_parking", "clinic", "course", "gym", "library", "museum", "plaza", "public_transport", "shopping_street", "sports_facility"], kinds.Select(k => k.Code));
        var pool = LibraryDesk.Library("P1", "市民プール") with { Kind = "pool" };
        Assert.Equal("field_unknown", await LibraryDesk.Code(await desk.Save(Guid.CreateVersion7(), pool)));

        Assert.Equal(HttpStatusCode.OK, (await platform.PutAsJsonAsync($"{Kinds}/pool", new ProviderKindRequest("プール"))).StatusCode);
        Assert.Equal("pool", (await LibraryDesk.Read<ProviderReply>(await desk.Save(Guid.CreateVersion7(), pool))).Kind);
        Assert.Equal("水泳場、スイエイジョウ", (await LibraryDesk.Read<ProviderKindReply>(await platform.PutAsJsonAsync($"{Kinds}/pool", new ProviderKindRequest("プール", "水泳場、スイエイジョウ")))).Words);
        Assert.Equal("number_format", await LibraryDesk.Code(await platform.PutAsJsonAsync($"{Kinds}/Pool2", new ProviderKindRequest("プール"))));
        Assert.Equal("field_required", await LibraryDesk.Code(await platform.PutAsJsonAsync($"{Kinds}/pool", new ProviderKindRequest(" "))));
        Assert.Equal("login_required", await LibraryDesk.Code(await desk.Office.PutAsJsonAsync($"{Kinds}/pool", new ProviderKindRequest("x"))));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_3006_a_provider_keeps_code_and_kind_and_belongs_to_its_office(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        var again = LibraryDesk.Library("a1", "A市立中央図書館", selfLink: true) with { Shortest = 5, Until = new DateOnly(2099, 3, 31) };
        var saved = await LibraryDesk.Read<ProviderReply>(await desk.Save(desk.A1, again));
        Assert.Equal(("A1", "A市立中央図書館", 5, true, new DateOnly(2099, 3, 31)), (saved.Code, saved.Name, saved.Shortest, saved.SelfLink, saved.Until!.Value));
        Assert.Equal(saved, await desk.Office.GetFromJsonAsync<ProviderReply>($"{LibraryDesk.Providers}/{desk.A1}"));

        Assert.Equal("id_reused", await LibraryDesk.Code(await desk.Save(desk.A1, again with { Code = "A2" })));
        Assert.Equal("id_reused", await LibraryDesk.Code(await desk.Save(desk.A1, again with { Kind = "gym" })));
        Assert.Equal("not_found", await LibraryDesk.Code(await desk.Save(desk.B1, again)));
        Assert.Equal("not_found", await LibraryDesk.Code(await desk.Office.GetAsync($"{LibraryDesk.Providers}/{desk.B1}")));
        var other = Guid.CreateVersion7();
        Assert.Equal("provider_code_taken", await LibraryDesk.Code(await desk.Save(other, LibraryDesk.Library("B1", "別の図書館"))));
        Assert.Equal("number_format", await LibraryDesk.Code(await desk.Save(other, LibraryDesk.Library("A-1", "別の図書館"))));
        Assert.Equal("number_length", await LibraryDesk.Code(await desk.Save(other, LibraryDesk.Library("A9", "別の図書館") with { Longest = 21 })));
        Assert.Equal("number_length", await LibraryDesk.Code(await desk.Save(other, LibraryDesk.Library("A9", "別の図書館") with { Shortest = 9 })));
        Assert.Equal("out_of_period", await LibraryDesk.Code(await desk.Save(other, LibraryDesk.Library("A9", "別の図書館") with { From = new DateOnly(2030, 2, 1), Until = new DateOnly(2030, 1, 1) })));
        Assert.Equal("field_required", await LibraryDesk.Code(await desk.Save(other, LibraryDesk.Library("A9", " "))));
        Assert.Single((await desk.Office.GetFromJsonAsync<List<ProviderReply>>(LibraryDesk.Providers))!);
    }

    [Fact]
    public async Task K_24_a_library_of_a_town_that_is_no_member_of_the_council_is_registered()
    {
        await using var desk = await LibraryDesk.Open();
        Assert.Null((await desk.Town.Get<RegistryCache>().View()).Find(Town.A)!.MemberFrom);
        Assert.Equal("A1", (await desk.Office.GetFromJsonAsync<ProviderReply>($"{LibraryDesk.Providers}/{desk.A1}"))!.Code);
    }

    [Fact]
    public async Task S2_P17n_K_27_a_clinic_is_linked_but_takes_no_points()
    {
        await using var desk = await LibraryDesk.Open();
        Assert.Equal(HttpStatusCode.OK, (await desk.Save(Guid.CreateVersion7(), new ProviderRequest("みどり診療所", 1, 8, "CL1", "clinic"))).StatusCode);
        var shop = new { id = Guid.CreateVersion7(), kind = "clinic", name = "みどり診療所" };
        Assert.Equal("acceptor_type_forbidden", await LibraryDesk.Code(await desk.Office.PostAsJsonAsync("/api/v1/office/acceptors", shop)));
    }

    [Theory]
    [InlineData("７８９ 145", true, "789145")]
    [InlineData("789-145", true, "789145")]
    [InlineData("ab12345", false, "AB12345")]
    [InlineData("12345", true, null)]
    [InlineData("123456789", true, null)]
    [InlineData("AB12345", true, null)]
    [InlineData("", true, null)]
    [InlineData(null, true, null)]
    public void S0_3002b_a_number_has_the_form_that_its_provider_says(string? typed, bool digits, string? read)
    {
        var number = new NumberFormat(6, 8, !digits).Read(typed);
        if (read is null) Assert.Equal("number_format", number.Refused?.Code);
        else Assert.Equal(read, number.Value);
    }

    [Fact]
    public void S0_1002a_digits_that_could_be_a_my_number_are_no_number_of_a_library() =>
        Assert.Equal("my_number_refused", new NumberFormat(12, 12, false).Read("123456789018").Refused?.Code);

    [Fact]
    public async Task V_D1_a_device_is_registered_for_a_counter_or_a_machine_and_for_nothing_else()
    {
        await using var desk = await LibraryDesk.Open();
        using var counter = await desk.Device(desk.A1);
        using var machine = await desk.Device(desk.A1, "self_lending");
        var devices = (await desk.Office.GetFromJsonAsync<List<ProviderDeviceReply>>($"{LibraryDesk.Providers}/{desk.A1}/devices"))!;
        Assert.Equal(["library_counter", "self_lending"], devices.Select(d => d.Profile).Order(StringComparer.Ordinal));
        foreach (var profile in new[] { "shop", "ticket_office", "" })
            Assert.Equal("field_unknown", await LibraryDesk.Code(await desk.Office.PostAsJsonAsync($"{LibraryDesk.Providers}/{desk.A1}/devices", new ProviderDeviceRequest(Guid.CreateVersion7(), "x", profile))));
        await desk.Save(desk.A1, LibraryDesk.Library("A1", "A市立図書館") with { State = "ended" });
        Assert.Equal("provider_ended", await LibraryDesk.Code(await desk.Office.PostAsJsonAsync($"{LibraryDesk.Providers}/{desk.A1}/devices", new ProviderDeviceRequest(Guid.CreateVersion7(), "x", "library_counter"))));
    }
}
