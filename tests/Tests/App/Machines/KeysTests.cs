using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MyKey.App.Machines;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Machines;

/// <summary>Goal: a shop's own system and a municipality's system work over the API by keys, each only where its key reaches (decision 7, V-D1).</summary>
public class KeysTests
{
    private const string Api = "/api/v1/office/machine-keys";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_a_shops_system_uses_reads_and_cancels(Engine engine)
    {
        await using var desk = await KeyDesk.Open(engine);
        var key = await desk.Give(desk.Wanted("uses.write", desk.Town.Shop.Value));
        using var till = desk.Machine(key);
        var id = Guid.CreateVersion7();
        var shown = await Read(await till.PostAsJsonAsync("/api/v1/citizen-tokens", new { myKeyId = "MY123456", code = await desk.Town.Code() }));
        var use = new { id, citizenToken = shown.GetProperty("citizenToken").GetString(), issuer = "132985", amount = 1000 };

        var used = await till.PostAsJsonAsync("/api/v1/uses", use);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (used.StatusCode, (await till.PostAsJsonAsync("/api/v1/uses", use)).StatusCode));
        var receipt = (await Read(used)).GetProperty("receipt").GetString();
        Assert.False((await Read(await till.GetAsync($"/api/v1/transfers/{receipt}"))).GetProperty("cancelled").GetBoolean());
        Assert.Equal(1800, await desk.Town.Usable(Town.A));

        var other = await desk.Give(desk.Wanted("uses.write", (await desk.Town.OpenShop("となりの店")).Value));
        using var stranger = desk.Machine(other);
        await Says(HttpStatusCode.Forbidden, "scope_denied", await stranger.GetAsync($"/api/v1/transfers/{receipt}"));
        await Says(HttpStatusCode.Forbidden, "scope_denied", await stranger.PostAsJsonAsync("/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt }));

        Assert.Equal(HttpStatusCode.Created, (await till.PostAsJsonAsync("/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt })).StatusCode);
        Assert.True((await Read(await till.GetAsync($"/api/v1/transfers/{receipt}"))).GetProperty("cancelled").GetBoolean());
        Assert.Equal(2800, await desk.Town.Usable(Town.A));
        Assert.NotNull((await desk.Keys()).Single(k => k.Acceptor == desk.Town.Shop.Value).UsedMs);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6d_a_municipalitys_system_grants_from_its_own_programmes(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 50_000);
        await using var desk = await KeyDesk.In(office.App, office.Town, office.Desk);
        var key = await desk.Give(desk.Wanted("grants.write", null));
        using var system = desk.Machine(key);

        var request = office.Request(200);
        Assert.Equal(HttpStatusCode.Created, (await system.PostAsJsonAsync("/api/v1/office/grants", request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await system.PostAsJsonAsync("/api/v1/office/grants", request)).StatusCode);
        Assert.Equal("posted", (await Read(await system.GetAsync($"/api/v1/office/grants/{request.Id}"))).GetProperty("state").GetString());
        Assert.Equal(3000, await office.Usable());
        var large = await system.PostAsJsonAsync("/api/v1/office/grants", office.Request(10_000));
        Assert.Equal("waiting", (await Read(large)).GetProperty("state").GetString());

        await Says(HttpStatusCode.Forbidden, "role_forbidden", await system.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = "x", issuer = "132985", amount = 1 }), "insufficient_scope");
        await Says(HttpStatusCode.Unauthorized, "login_required", await system.GetAsync("/api/v1/office/grants/waiting"));
        using var elsewhere = desk.Machine(await desk.GiveIn(Town.B, desk.Wanted("grants.write", null)));
        await Says(HttpStatusCode.NotFound, "not_found", await elsewhere.PostAsJsonAsync("/api/v1/office/grants", office.Request(1)));
        await Says(HttpStatusCode.NotFound, "not_found", await elsewhere.GetAsync($"/api/v1/office/grants/{request.Id}"));
    }

    [Fact]
    public async Task V_D1_a_wrong_a_revoked_and_a_foreign_key_open_nothing()
    {
        await using var desk = await KeyDesk.Open(Engine.Sqlite);
        var wanted = desk.Wanted("uses.write", desk.Town.Shop.Value);
        var key = await desk.Give(wanted);
        using var till = desk.Machine(key);
        using var guesser = desk.Machine(key[..^1] + (key[^1] == 'A' ? 'B' : 'A'));
        await Says(HttpStatusCode.Unauthorized, "key_unknown", await guesser.GetAsync("/api/v1/transfers/x"), "invalid_token");
        await Says(HttpStatusCode.UnprocessableEntity, "number_format", await till.GetAsync("/api/v1/transfers/x"));
        await Says(HttpStatusCode.Forbidden, "role_forbidden", await till.PostAsJsonAsync("/api/v1/office/grants", new { id = Guid.CreateVersion7(), programme = Guid.CreateVersion7(), myKeyId = "MY123456", points = 1 }), "insufficient_scope");

        await Says(HttpStatusCode.NotFound, "not_found", await desk.Elsewhere.PostAsJsonAsync($"{Api}/{wanted.Id}/revoke", new ReasonRequest("よその自治体")));
        Assert.Empty((await desk.Elsewhere.GetFromJsonAsync<KeyReply[]>(Api))!);
        Assert.Equal(HttpStatusCode.OK, (await desk.Asking.PostAsJsonAsync($"{Api}/{wanted.Id}/revoke", new ReasonRequest("もれたおそれ"))).StatusCode);
        await Says(HttpStatusCode.Unauthorized, "key_unknown", await till.GetAsync("/api/v1/transfers/x"), "invalid_token");
        Assert.Equal("revoked", (await desk.Keys()).Single().State);
    }

    [Fact]
    public async Task V_D2_wrong_keys_and_too_many_calls_are_bounded()
    {
        await using var desk = await KeyDesk.Open(Engine.Sqlite, "MyKey:Limits:MachinePerMinute=3");
        using var till = desk.Machine(await desk.Give(desk.Wanted("uses.write", desk.Town.Shop.Value)));
        for (var i = 0; i < 3; i++) await Says(HttpStatusCode.UnprocessableEntity, "number_format", await till.GetAsync("/api/v1/transfers/x"));
        await Says(HttpStatusCode.TooManyRequests, "rate_limited", await till.GetAsync("/api/v1/transfers/x"));

        using var guesser = desk.Machine("mk_live_guess");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 61; i++) answers.Add((await guesser.GetAsync("/api/v1/transfers/x")).StatusCode);
        Assert.Equal((60, HttpStatusCode.TooManyRequests), (answers.Count(a => a == HttpStatusCode.Unauthorized), answers[^1]));
    }

    [Fact]
    public async Task V_D3_the_pages_ask_approve_and_stop()
    {
        await using var desk = await KeyDesk.Open(Engine.Sqlite);
        const string list = "/office/machine-keys";
        var empty = await desk.App.Submit(desk.Asking, $"{list}/new", $"{list}/new", ("Id", $"{Guid.CreateVersion7()}"), ("Label", "レジ"), ("Scope", "uses.write"), ("Shop", ""), ("Days", "90"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        var id = $"{Guid.CreateVersion7()}";
        var asked = await desk.App.Submit(desk.Asking, $"{list}/new", $"{list}/new", ("Id", id), ("Label", "くらしの店のレジ"), ("Scope", "uses.write"), ("Shop", $"{desk.Town.Shop.Value}"), ("Days", "90"));
        Assert.Equal($"{list}?saved=waits", asked.Headers.Location?.ToString());
        Assert.DoesNotContain("handler=approve", await desk.Asking.GetStringAsync(list), StringComparison.Ordinal);

        var given = await (await desk.App.Submit(desk.Approving, list, $"{list}?handler=approve", ("key", id))).Content.ReadAsStringAsync();
        var key = Regex.Match(given, "mk_live_[A-Za-z0-9_-]+").Value;
        Assert.DoesNotContain("mk_live_", await desk.Approving.GetStringAsync(list), StringComparison.Ordinal);
        using var till = desk.Machine(key);
        await Says(HttpStatusCode.UnprocessableEntity, "number_format", await till.GetAsync("/api/v1/transfers/x"));

        var platform = await desk.Staff.Operator();
        Assert.Contains("くらしの店のレジ（A市）", WebUtility.HtmlDecode(await platform.GetStringAsync("/operator/machine-keys")), StringComparison.Ordinal);
        var stop = $"/operator/machine-keys/{id}/revoke";
        Assert.Equal("/operator/machine-keys?saved=stopped", (await desk.App.Submit(platform, stop, stop, ("Reason", "調査"))).Headers.Location?.ToString());
        await Says(HttpStatusCode.Unauthorized, "key_unknown", await till.GetAsync("/api/v1/transfers/x"), "invalid_token");
    }

    private static async Task<JsonElement> Read(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task Says(HttpStatusCode status, string code, HttpResponseMessage answer, string? challenge = null)
    {
        Assert.Equal((status, code), (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        if (challenge is not null) Assert.Contains($"error=\"{challenge}\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
