using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Libraries;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.Machines;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Libraries;

/// <summary>Goal: each provider gets its own number of whoever shows himself, and nothing else (S0-1001, S2-P9).</summary>
public class LinksTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9a_S0_1001_the_figure_answers_exactly_its_numbers(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        using var b = await desk.Device(desk.B1, office: desk.OfficeB);
        var (_, other) = await desk.Town.Issue("MY654321", 7);
        Assert.Equal("not_linked", await LibraryDesk.Code(await Look(a, await desk.Shown(a))));
        Assert.Equal(HttpStatusCode.Created, (await Link(a, await desk.Shown(a), "789145")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Link(b, await desk.Shown(b, Town.B), "２３４２０９")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Link(a, await desk.Shown(a, id: "MY654321", session: other), "456578")).StatusCode);

        Assert.Equal("789145", await Number(a, await desk.Shown(a)));
        Assert.Equal("234209", await Number(b, await desk.Shown(b, Town.B)));
        Assert.Equal("456578", await Number(a, await desk.Shown(a, id: "MY654321", session: other)));
        // Another provider's number is told to nobody, and a token serves at the device where it was shown.
        Assert.Equal("scope_denied", await LibraryDesk.Code(await a.PostAsJsonAsync($"{LibraryDesk.Links}/lookups", new LookupRequest(await desk.Shown(a), "B1"))));
        Assert.Equal("token_expired", await LibraryDesk.Code(await Look(b, await desk.Shown(a))));
        var answer = await (await Look(a, await desk.Shown(a))).Content.ReadAsStringAsync();
        Assert.Equal("{\"userNumber\":\"789145\"}", answer);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_3006_one_number_for_each_provider_and_one_citizen_for_each_number(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        var (_, other) = await desk.Town.Issue("MY654321", 7);
        var (id, token) = (Guid.CreateVersion7(), await desk.Shown(a));
        for (var click = 0; click < 2; click++) Assert.Equal(HttpStatusCode.Created, (await Link(a, token, "789145", id)).StatusCode);
        // The token is used up by that link.
        Assert.Equal("token_expired", await LibraryDesk.Code(await Look(a, token)));
        Assert.Equal("link_exists", await LibraryDesk.Code(await Link(a, await desk.Shown(a), "789146")));
        Assert.Equal(HttpStatusCode.Created, (await Link(a, await desk.Shown(a), "789145")).StatusCode);
        var taken = await Link(a, await desk.Shown(a, id: "MY654321", session: other), "789145");
        Assert.DoesNotContain("MY123456", await taken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("number_linked", await LibraryDesk.Code(taken));
        foreach (var wrong in new[] { "", "12345", "ABCDEF", "123456789" }) Assert.Equal("number_format", await LibraryDesk.Code(await Link(a, await desk.Shown(a), wrong)));

        using var b = await desk.Device(desk.B1, office: desk.OfficeB);
        Assert.Equal(HttpStatusCode.Created, (await Link(b, await desk.Shown(b, Town.B), "789145")).StatusCode);
        Assert.Equal(2, await desk.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select count(*) from lib_link", transaction: tx.Handle)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_3006_presses_at_one_instant_leave_one_link(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        var (_, other) = await desk.Town.Issue("MY654321", 7);
        string[] tokens = [await desk.Shown(a), await desk.Shown(a), await desk.Shown(a, id: "MY654321", session: other), await desk.Shown(a, id: "MY654321", session: other)];
        var answers = await Task.WhenAll(tokens.Select((t, i) => Link(a, t, i % 2 == 0 ? "789145" : "456578")));
        Assert.All(answers, r => Assert.True(r.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{r.StatusCode}"));
        var rows = await desk.App.Database.Write(async tx => (await tx.Connection.QueryAsync<(string Number, CitizenId Citizen)>("select number, citizen from lib_link", transaction: tx.Handle)).ToList());
        Assert.Equal((rows.Count, rows.Count), (rows.Select(r => r.Number).Distinct().Count(), rows.Select(r => r.Citizen).Distinct().Count()));
        Assert.NotEmpty(rows);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5014a_S0_5014b_the_flag_is_the_providers_and_the_end_is_both_sides(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        using var citizen = desk.Citizen();
        Assert.Equal("not_linked", await LibraryDesk.Code(await a.PutAsJsonAsync($"{LibraryDesk.Links}/notice", new NoticeRequest(await desk.Shown(a), true))));
        await Link(a, await desk.Shown(a), "789145");
        Assert.False(Assert.Single((await citizen.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!).AddressNotice);
        Assert.True((await LibraryDesk.Read<LinkReply>(await a.PutAsJsonAsync($"{LibraryDesk.Links}/notice", new NoticeRequest(await desk.Shown(a), true)))).AddressNotice);
        Assert.True(Assert.Single((await citizen.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!).AddressNotice);
        Assert.Equal("provider_only", await LibraryDesk.Code(await citizen.PutAsJsonAsync("/api/v1/my/links/A1/notice", new MyNoticeRequest(false))));
        Assert.True(Assert.Single((await citizen.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!).AddressNotice);

        Assert.Equal(HttpStatusCode.OK, (await citizen.DeleteAsync("/api/v1/my/links/A1")).StatusCode);
        Assert.Equal("not_found", await LibraryDesk.Code(await citizen.DeleteAsync("/api/v1/my/links/A1")));
        Assert.Equal("not_linked", await LibraryDesk.Code(await Look(a, await desk.Shown(a))));
        // Anew, the flag is off again.
        Assert.False((await LibraryDesk.Read<LinkReply>(await Link(a, await desk.Shown(a), "789145"))).AddressNotice);
        using var end = new HttpRequestMessage(HttpMethod.Delete, LibraryDesk.Links) { Content = JsonContent.Create(new LinkEndRequest(Guid.CreateVersion7(), await desk.Shown(a))) };
        Assert.Equal(HttpStatusCode.OK, (await a.SendAsync(end)).StatusCode);
        Assert.Empty((await citizen.GetFromJsonAsync<List<MyLinkReply>>("/api/v1/my/links"))!);
        Assert.Equal(["link.made", "link.notice_set", "link.ended", "link.made", "link.ended"], await desk.Logged("link."));
    }

    [Fact]
    public async Task S0_3005_there_is_no_place_for_what_somebody_borrows()
    {
        await using var desk = await LibraryDesk.Open();
        using var a = await desk.Device(desk.A1);
        Assert.Equal("field_unknown", await LibraryDesk.Code(await a.PostAsJsonAsync(LibraryDesk.Links, new { id = Guid.CreateVersion7(), citizenToken = await desk.Shown(a), userNumber = "789145", book = "x" })));
        Assert.Equal("field_unknown", await LibraryDesk.Code(await a.PostAsJsonAsync($"{LibraryDesk.Links}/lookups", new { citizenToken = await desk.Shown(a), loan = 1 })));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_3002b_a_citizen_links_a_number_alone_only_where_the_provider_lets_him(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var citizen = desk.Citizen();
        Assert.Equal("self_link_closed", await LibraryDesk.Code(await citizen.PostAsJsonAsync("/api/v1/my/links", new MyLinkRequest("A1", "789145"))));
        await desk.Save(desk.A1, LibraryDesk.Library("A1", "A市立図書館", selfLink: true));
        Assert.Equal("number_format", await LibraryDesk.Code(await citizen.PostAsJsonAsync("/api/v1/my/links", new MyLinkRequest("A1", "12"))));
        Assert.Equal("not_found", await LibraryDesk.Code(await citizen.PostAsJsonAsync("/api/v1/my/links", new MyLinkRequest("Z9", "789145"))));
        Assert.Equal(HttpStatusCode.Created, (await citizen.PostAsJsonAsync("/api/v1/my/links", new MyLinkRequest("a1", "789145"))).StatusCode);
        // At once at the counter, without any nightly work (S0-5018).
        using var a = await desk.Device(desk.A1);
        Assert.Equal("789145", await Number(a, await desk.Shown(a)));
        await desk.Save(desk.A1, LibraryDesk.Library("A1", "A市立図書館", selfLink: true) with { State = "ended" });
        Assert.Equal("provider_ended", await LibraryDesk.Code(await Look(a, "x")));
        Assert.Equal("provider_ended", await LibraryDesk.Code(await citizen.PostAsJsonAsync("/api/v1/my/links", new MyLinkRequest("A1", "789145"))));
        using var nobody = desk.App.Client();
        Assert.Equal("login_required", await LibraryDesk.Code(await nobody.GetAsync("/api/v1/my/links")));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_33_each_look_up_is_recorded_once_and_says_less_after_its_days(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        using var machine = await desk.Device(desk.A1, "self_lending");
        using var citizen = desk.Citizen();
        await Look(a, await desk.Shown(a));
        await Link(a, await desk.Shown(a), "789145");
        var token = await desk.Shown(a);
        for (var load = 0; load < 3; load++) Assert.Equal("789145", await Number(a, token));
        await Look(machine, await desk.Shown(machine));
        Assert.Equal(HttpStatusCode.OK, (await citizen.PutAsync("/api/v1/my/link-blocks/A1", null)).StatusCode);
        Assert.Equal("link_blocked", await LibraryDesk.Code(await Look(a, await desk.Shown(a))));
        Assert.Equal("link_blocked", await LibraryDesk.Code(await Link(a, await desk.Shown(a), "789145")));

        var seen = (await citizen.GetFromJsonAsync<List<MyLookupReply>>("/api/v1/my/lookups"))!;
        Assert.Equal([("A1", "counter", "blocked"), ("A1", "machine", "told"), ("A1", "counter", "told"), ("A1", "counter", "not_linked")], seen.Select(l => (l.Provider!, l.Device, l.Answer)));
        Assert.Equal(HttpStatusCode.OK, (await citizen.DeleteAsync("/api/v1/my/link-blocks/A1")).StatusCode);
        Assert.Equal("789145", await Number(a, await desk.Shown(a)));

        await desk.App.Database.Write(tx => tx.Connection.ExecuteAsync("update lib_lookup set at_ms = at_ms - 7776000000 where answer = 'not_linked'", transaction: tx.Handle));
        Assert.Equal("reduced 1", (await desk.Town.Get<ReduceLookups>().Run(new JobRun("reduce-lookups", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken)).Text);
        seen = (await citizen.GetFromJsonAsync<List<MyLookupReply>>("/api/v1/my/lookups"))!;
        Assert.Equal([(null, "library"), ("A1", "library")], seen.TakeLast(2).Reverse().Select(l => (l.Provider, l.Kind)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9b_cards_held_at_one_instant_get_each_its_own_number_and_one_record(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        var expected = new List<(string Token, string? Number)>();
        for (var n = 0; n < 8; n++)
        {
            var (id, session) = ($"AB12345{n}", (await desk.Town.Issue($"AB12345{n}", 20 + n)).Session);
            if (n % 4 != 3) Assert.Equal(HttpStatusCode.Created, (await Link(a, await desk.Shown(a, id: id, session: session), $"70000{n}")).StatusCode);
            expected.Add((await desk.Shown(a, id: id, session: session), n % 4 != 3 ? $"70000{n}" : null));
        }
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).SelectMany(_ => expected).Select(async e => (e.Number, Answer: await Look(a, e.Token))));
        foreach (var (number, answer) in answers)
            Assert.Equal(number ?? "not_linked", number is null ? await LibraryDesk.Code(answer) : (await LibraryDesk.Read<LookupReply>(answer)).UserNumber);
        Assert.Equal(8, await desk.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select count(*) from lib_lookup", transaction: tx.Handle)));
    }

    [Fact]
    public async Task V_D1_a_librarys_device_opens_no_points_and_a_shops_no_numbers()
    {
        await using var desk = await LibraryDesk.Open();
        using var a = await desk.Device(desk.A1);
        using var machine = await desk.Device(desk.A1, "self_lending");
        var token = await desk.Shown(a);
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await a.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = token, issuer = "132985", amount = 1 })));
        using var holdings = new HttpRequestMessage(HttpMethod.Get, "/api/v1/holdings") { Headers = { { "Citizen-Token", token } } };
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await a.SendAsync(holdings)));
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await Link(machine, await desk.Shown(machine), "789145")));
        using var shop = desk.App.Client();
        shop.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={await desk.Town.Terminal(desk.Town.Shop)}");
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await Look(shop, "x")));
        using var nobody = desk.App.Client();
        Assert.Equal("terminal_unknown", await LibraryDesk.Code(await Look(nobody, "x")));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9d_a_librarys_own_system_reads_and_links_by_its_key_as_far_as_it_reaches(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        await using var keys = await KeyDesk.In(desk.App, desk.Town, desk.Desk);
        using var writes = keys.Machine(await keys.Give(keys.Wanted("links.write", desk.A1)));
        using var reads = keys.Machine(await keys.Give(keys.Wanted("links.read", desk.A1)));
        Assert.Equal("not_linked", await LibraryDesk.Code(await Look(reads, await desk.Shown(reads))));
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await Link(reads, await desk.Shown(reads), "789145")));
        Assert.Equal(HttpStatusCode.Created, (await Link(writes, await desk.Shown(writes), "789145")).StatusCode);
        Assert.Equal("789145", await Number(reads, await desk.Shown(reads)));
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await writes.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = await desk.Shown(writes), issuer = "132985", amount = 1 })));
        Assert.Equal("not_found", await LibraryDesk.Code(await keys.Asking.PostAsJsonAsync("/api/v1/office/machine-keys", keys.Wanted("links.read", desk.B1))));
        Assert.Equal("not_found", await LibraryDesk.Code(await keys.Asking.PostAsJsonAsync("/api/v1/office/machine-keys", keys.Wanted("links.read", desk.Town.Shop.Value))));
        Assert.Equal("field_required", await LibraryDesk.Code(await keys.Asking.PostAsJsonAsync("/api/v1/office/machine-keys", keys.Wanted("links.read", null))));
        Assert.Equal("field_unknown", await LibraryDesk.Code(await keys.Asking.PostAsJsonAsync("/api/v1/office/machine-keys", keys.Wanted("links.read", desk.A1) with { Scopes = ["links.read", "uses.write"] })));
        using var citizen = desk.Citizen();
        Assert.Equal(["system", "system"], (await citizen.GetFromJsonAsync<List<MyLookupReply>>("/api/v1/my/lookups"))!.Select(l => l.Device));
    }

    [Fact]
    public async Task K_13_a_machine_asks_for_as_much_as_its_setting_says()
    {
        await using var desk = await LibraryDesk.Open();
        using var a = await desk.Device(desk.A1);
        using var machine = await desk.Device(desk.A1, "self_lending");
        await Link(a, await desk.Shown(a), "789145");
        foreach (var (way, code) in new[] { ("tap", "789145"), ("code", "789145"), ("pin", "step_up_required") })
        {
            Assert.True((await desk.Town.Get<SetSetting>().Run(new SetSetting.Change("lending.way", SettingPlace.StandingIn(Town.A), way, Actor.Job("test")))).Ok);
            var answer = await Look(machine, await desk.Shown(machine));
            Assert.Equal(code, answer.IsSuccessStatusCode ? (await LibraryDesk.Read<LookupReply>(answer)).UserNumber : await LibraryDesk.Code(answer));
        }
        // A counter has staff: the setting is not for it.
        Assert.Equal("789145", await Number(a, await desk.Shown(a)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9e_a_stopped_id_gives_no_number_and_an_ended_one_leaves_no_link(Engine engine)
    {
        await using var desk = await LibraryDesk.Open(engine);
        using var a = await desk.Device(desk.A1);
        await Link(a, await desk.Shown(a), "789145");
        var token = await desk.Shown(a);
        await desk.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_citizen set state = 2 where id = @Citizen", new { desk.Town.Citizen }, tx.Handle));
        Assert.Equal("id_suspended", await LibraryDesk.Code(await Look(a, token)));
        await desk.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_citizen set state = 1 where id = @Citizen", new { desk.Town.Citizen }, tx.Handle));
        Assert.Equal("789145", await Number(a, token));

        await desk.App.Database.Write(tx => desk.Town.Get<EndLinks>().All(tx, desk.Town.Citizen));
        Assert.Equal("not_linked", await LibraryDesk.Code(await Look(a, await desk.Shown(a))));
        Assert.Equal(["link.made", "link.ended"], await desk.Logged("link."));
    }

    internal static Task<HttpResponseMessage> Look(HttpClient device, string token) => device.PostAsJsonAsync($"{LibraryDesk.Links}/lookups", new LookupRequest(token));

    internal static async Task<string> Number(HttpClient device, string token) => (await LibraryDesk.Read<LookupReply>(await Look(device, token))).UserNumber;

    internal static Task<HttpResponseMessage> Link(HttpClient device, string token, string number, Guid? id = null) =>
        device.PostAsJsonAsync(LibraryDesk.Links, new LinkRequest(id ?? Guid.CreateVersion7(), token, number));
}
