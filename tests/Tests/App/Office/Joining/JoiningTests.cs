using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Navi.Council;
using MyKey.App.Office.Joining;
using MyKey.App.Office.Shops;
using MyKey.App.Registry;
using MyKey.App.Settlement;
using MyKey.App.Terminals;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Office.Joining;

/// <summary>Goal: a municipality is told what is missing for each capability, and goes live only with all of it (S2-P8d, S2-P15b).</summary>
public class JoiningTests
{
    private const string Api = "/api/v1/office/joining";

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private static DateOnly Today => TimeProvider.System.Today();

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P15b_S2_P6c_S2_P6e_what_is_missing_vanishes_step_by_step_and_then_it_goes_live(Engine engine)
    {
        await using var app = await Open(engine);
        var desk = new StaffDesk(app);
        using var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin, Role.TerminalAdmin, Role.Officer);
        Assert.Equal(["brand", "expiry", "issuing", "account", "usage", "shop", "till"], await Missing(office, "shops"));
        Assert.Equal(["brand", "expiry", "issuing", "people", "budget"], await Missing(office, "grants"));
        Assert.Equal(["library", "library_desk"], await Missing(office, "library"));
        var early = await Set(office, "shops", new("dated", Today));
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Contains("ポイントの名前、ポイントの期限、ポイントの発行、自治体の口座、使えるお店の決まり、ポイントを使えるお店、お店の端末", await early.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        await Says("capability_incomplete", early);
        await Says("capability_incomplete", await office.PostAsync($"{Api}/issue", null, Stop));

        await Ok(office.PutAsJsonAsync("/api/v1/office/points", new { brand = "Aポイント", expiryDays = (int?)null, expiryMonths = 12 }, Stop));
        await Ok(office.PostAsync($"{Api}/issue", null, Stop));
        Assert.Equal(["account", "usage", "shop", "till"], await Missing(office, "shops"));
        // What one officer typed is no account yet; another one approves it (S2-P6e).
        using var approver = await desk.Officer("AP-001", Town.A, Role.Approver);
        var account = new WantedAccount(Guid.CreateVersion7(), null, null, new BankAccountEntry("0001", "アオイ", "002", "ホンテン", "current", "123", "エーシ"), "42", "エーシ");
        await Ok(office.PostAsJsonAsync("/api/v1/office/settlement/accounts", account, Stop));
        Assert.Equal(["account", "usage", "shop", "till"], await Missing(office, "shops"));
        Assert.Contains("href=\"/office/settlement/accounts\"", await office.GetStringAsync("/office/joining", Stop), StringComparison.Ordinal);
        await Ok(approver.PostAsync($"/api/v1/office/settlement/accounts/{account.Id}/approve", null, Stop));
        Assert.Equal(["usage", "shop", "till"], await Missing(office, "shops"));
        await Ok(office.PutAsJsonAsync("/api/v1/office/usage-rules", new { kind = "shop", area = "own" }, Stop));
        var shop = Guid.CreateVersion7();
        await Ok(office.PostAsJsonAsync("/api/v1/office/acceptors", new AcceptorRequest(shop, "shop", "はなや"), Stop));
        Assert.Equal(["till"], await Missing(office, "shops"));
        var code = await Read<TerminalCodeReply>(await office.PostAsJsonAsync("/api/v1/office/terminals", new TerminalRequest(Guid.CreateVersion7(), shop, "レジ1"), Stop));
        Assert.Equal(["till"], await Missing(office, "shops"));   // nobody has typed its number yet
        using var device = app.Client();
        await Ok(device.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(code.Code, Town.ShopCode), Stop));
        Assert.Empty(await Missing(office, "shops"));

        Assert.True((await Read<CapabilityReply>(await Set(office, "shops", new("dated", Today)))).Live);
        await Says("capability_incomplete", await Set(office, "tickets", new("dated", Today.AddDays(60))));
        using var anybody = app.Client();
        Assert.Equal([("132985", "shops", "●")], (await anybody.GetFromJsonAsync<List<CapableReply>>("/api/v1/capabilities", Stop))!.SelectMany(c => c.Capabilities.Select(x => (c.Code, x.Capability, x.Shown))));
        // What was closed is not there any more, whoever ticked what.
        await Ok(office.PutAsJsonAsync($"/api/v1/office/acceptors/{shop}", new { name = "はなや", state = "suspended", group = (Guid?)null }, Stop));
        Assert.Equal(["shop", "till"], await Missing(office, "shops"));
    }

    [Fact]
    public async Task S2_P15b_granting_needs_two_people_and_a_budget()
    {
        await using var app = await Open(Engine.Sqlite);
        var desk = new StaffDesk(app);
        using var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin, Role.Officer, Role.Approver);
        await Ok(office.PutAsJsonAsync("/api/v1/office/points", new { brand = "Aポイント", expiryDays = (int?)null, expiryMonths = 12 }, Stop));
        await Ok(office.PostAsync($"{Api}/issue", null, Stop));
        Assert.Equal(["people", "budget"], await Missing(office, "grants"));   // one person with both roles is no second one
        await desk.Invite("AP-001", Town.A, Role.Approver);
        Assert.Equal(["budget"], await Missing(office, "grants"));
        var programme = Guid.CreateVersion7();
        await Ok(office.PostAsJsonAsync("/api/v1/office/programmes", new { id = programme, name = "健康ウォーク", kind = "activity", from = Today, until = Today.AddDays(30) }, Stop));
        Assert.Equal(["budget"], await Missing(office, "grants"));
        await Ok(office.PutAsJsonAsync($"/api/v1/office/programmes/{programme}/budget", new { id = Guid.CreateVersion7(), total = 5_000 }, Stop));
        Assert.Empty(await Missing(office, "grants"));
    }

    [Fact]
    public async Task K_24_a_library_goes_live_without_membership_and_points_do_not_begin_without_it()
    {
        await using var app = await Open(Engine.Sqlite, member: false);
        using var office = await new StaffDesk(app).Officer("SA-001", Town.A, Role.StaffAdmin, Role.TerminalAdmin);
        await Ok(office.PutAsJsonAsync("/api/v1/office/points", new { brand = "Aポイント", expiryDays = (int?)null, expiryMonths = 12 }, Stop));
        await Says("not_member", await office.PostAsync($"{Api}/issue", null, Stop));
        Assert.Contains("member", await Missing(office, "shops"));
        Assert.DoesNotContain("member", await Missing(office, "library"));
    }

    [Fact]
    public async Task S2_P15b_V_D3_who_is_not_the_staff_admin_looks_only_and_whatever_has_no_day_may_be_said_at_once()
    {
        await using var app = await Open(Engine.Sqlite);
        var desk = new StaffDesk(app);
        using var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin);
        using var looks = await desk.Officer("OF-001", Town.A, Role.Officer);
        await Says("role_forbidden", await Set(looks, "shops", new("when_ready")));
        await Says("role_forbidden", await looks.PostAsync($"{Api}/issue", null, Stop));
        Assert.Equal("※準備中", (await Read<CapabilityReply>(await Set(office, "shops", new("when_ready")))).Shown);
        Assert.Equal("春ごろ", (await Read<CapabilityReply>(await Set(office, "shops", new("undecided", Said: "春ごろ")))).Shown);
        await Says("field_required", await Set(office, "shops", new("undecided")));
        await Says("field_unknown", await Set(office, "lottery", new("when_ready")));

        var list = await looks.GetStringAsync("/office/joining", Stop);
        foreach (var said in new[] { "始めるまでの準備", "春ごろ", "まだ決めていません", "href=\"/office/points\"" }) Assert.Contains(said, list, StringComparison.Ordinal);
        Assert.DoesNotContain("発行を始める", list, StringComparison.Ordinal);
        const string one = "/office/joining/shops";
        Assert.DoesNotContain("載せる</button>", await looks.GetStringAsync(one, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("公開する</button>", await office.GetStringAsync(one, Stop), StringComparison.Ordinal);   // something is missing
        var forced = await app.Submit(office, one, $"{one}?handler=publish", ("Day", $"{Today:yyyy-MM-dd}"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forced.StatusCode);
        Assert.Contains("まだ公開できません", WebUtility.HtmlDecode(await forced.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(office, one, $"{one}?handler=other", ("State", "dated"), ("Said", ""))).StatusCode);
        Assert.Equal($"{one}?saved=1", (await app.Submit(office, one, $"{one}?handler=other", ("State", "when_ready"), ("Said", "くだもの"))).Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.GetAsync("/office/joining/lottery", Stop)).StatusCode);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8d_each_outlet_says_whether_device_line_and_card_are_ready(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var town = await Town.Build(app.Services);
        using var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        Assert.Equal([("くらしの店", "端末")], await Outlets());
        var (bare, waiting) = (await town.OpenShop("たねや"), await town.OpenShop("ゆうびん屋"));
        await town.EnrolCode(waiting);
        var token = await town.Terminal(town.Shop);
        Assert.Equal([("たねや", "端末"), ("ゆうびん屋", "端末に番号を入れる"), ("くらしの店", "通信、カードの読み取り")], await Outlets());
        Assert.NotNull((await town.Get<MyKey.Identity.Terminals.FindTerminal>().ByToken(token, Stop)).Value);
        Assert.Equal(("くらしの店", "カードの読み取り"), (await Outlets())[^1]);

        // A card was read there: the line that the log has of it.
        var terminal = (await town.Get<MyKey.Identity.Terminals.FindTerminal>().All(Town.A, Stop)).Single(t => t.Holder == town.Shop.Value);
        await app.Database.Write(tx => town.Get<MyKey.Kernel.OperationLog.OperationLog>().Write(tx, new("card.tapped", Actor.Of(terminal.Id), Citizen: town.Citizen, Terminal: terminal.Id)), Stop);
        var ready = (await office.GetFromJsonAsync<List<OutletReply>>($"{Api}/outlets", Stop))!.Single(o => o.Id == town.Shop.Value);
        Assert.Empty(ready.Missing);
        Assert.NotNull(Assert.Single(ready.Devices).CardMs);
        var page = await office.GetStringAsync("/office/joining/outlets", Stop);
        foreach (var said in new[] { "くらしの店", "たねや", "番号を待っています", "3か所", $"/office/shops/{bare.Value}" }) Assert.Contains(said, page, StringComparison.Ordinal);

        async Task<List<(string, string)>> Outlets() => [.. (await office.GetFromJsonAsync<List<OutletReply>>($"{Api}/outlets", Stop))!.Select(o => (o.Name, string.Join('、', o.Missing)))];
    }

    private static async Task<TestApp> Open(Engine engine, bool member = true)
    {
        var app = await TestApp.Start(engine: engine);
        await app.Services.GetRequiredService<ImportMunicipalities>().Run("code,prefecture,name\n132985,東京都,A市\n"u8.ToArray(), Actor.Job("test"), Stop);
        if (member) await app.Services.GetRequiredService<ImportCouncil>().Run("code\n132985\n"u8.ToArray(), new DateOnly(2017, 8, 30), Actor.Job("test"), Stop);
        return app;
    }

    private static async Task<IReadOnlyList<string>> Missing(HttpClient office, string capability) => (await office.GetFromJsonAsync<JoiningReply>(Api, Stop))!.Capabilities.Single(c => c.Capability == capability).Missing;

    private static Task<HttpResponseMessage> Set(HttpClient office, string capability, WantedCapability wanted) => office.PutAsJsonAsync($"{Api}/{capability}", wanted, Stop);

    private static async Task Ok(Task<HttpResponseMessage> call)
    {
        var answer = await call;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        return (await answer.Content.ReadFromJsonAsync<T>(Stop))!;
    }

    private static async Task Says(string code, HttpResponseMessage answer) => Assert.Contains($"\"{code}\"", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
}
