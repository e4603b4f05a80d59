using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MyKey.App.Office.Shops;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Office.Shops;

/// <summary>Goal: an office registers its shops and their terminals, and nobody else's (S4-06a, V-D1, S0-4040).</summary>
public class ShopsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06a_from_the_shop_over_the_code_to_a_terminal_that_is_stopped_again(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        var shop = new AcceptorRequest(Guid.CreateVersion7(), "shop", "はなや");
        var made = await office.PostAsJsonAsync("/api/v1/office/acceptors", shop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(new AcceptorReply(shop.Id, "132985", "shop", "商店・商店街", "はなや", "active", null, null), await made.Content.ReadFromJsonAsync<AcceptorReply>());
        Assert.Equal(["はなや"], (await office.GetFromJsonAsync<AcceptorReply[]>("/api/v1/office/acceptors?search=はな"))!.Select(a => a.Name));

        var terminal = new TerminalRequest(Guid.CreateVersion7(), shop.Id, "レジ1");
        var first = (await (await office.PostAsJsonAsync("/api/v1/office/terminals", terminal)).Content.ReadFromJsonAsync<TerminalCodeReply>())!;
        var code = (await (await office.PostAsJsonAsync("/api/v1/office/terminals", terminal)).Content.ReadFromJsonAsync<TerminalCodeReply>())!;
        Assert.Equal(first.Id, code.Id);
        using var device = app.Client();
        await Refused(HttpStatusCode.UnprocessableEntity, "enrol_code_wrong", await device.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest("ABCDEFGHJK", Town.ShopCode)));
        var enrolled = await device.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(code.Code, Town.ShopCode));
        Assert.Equal(HttpStatusCode.Created, enrolled.StatusCode);
        Assert.Equal(code.Id, (await enrolled.Content.ReadFromJsonAsync<EnrolledTerminalReply>())!.Id);
        await Refused(HttpStatusCode.Gone, "token_expired", await Use(device));
        var listed = Assert.Single((await office.GetFromJsonAsync<TerminalReply[]>($"/api/v1/office/acceptors/{shop.Id}/terminals"))!);
        Assert.Equal("enrolled", listed.State);
        Assert.NotNull(listed.UsedMs);

        await Refused(HttpStatusCode.UnprocessableEntity, "field_required", await Stop(office, code.Id, ""));
        Assert.Equal(HttpStatusCode.OK, (await Stop(office, code.Id, "こわれた")).StatusCode);
        await Refused(HttpStatusCode.Forbidden, "terminal_revoked", await Use(device));
    }

    [Fact]
    public async Task S0_1016_a_terminal_is_there_for_payments_for_tickets_or_for_both_and_for_nothing_else()
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        var request = new TerminalRequest(Guid.CreateVersion7(), town.Shop.Value, "窓口", ["ticket_office", "shop"]);

        Assert.Equal(HttpStatusCode.Created, (await office.PostAsJsonAsync("/api/v1/office/terminals", request)).StatusCode);
        await Refused(HttpStatusCode.Conflict, "id_reused", await office.PostAsJsonAsync("/api/v1/office/terminals", request with { Profiles = ["shop"] }));
        await Refused(HttpStatusCode.UnprocessableEntity, "field_unknown", await office.PostAsJsonAsync("/api/v1/office/terminals", request with { Id = Guid.CreateVersion7(), Profiles = ["library_counter"] }));
        await Refused(HttpStatusCode.UnprocessableEntity, "field_required", await office.PostAsJsonAsync("/api/v1/office/terminals", request with { Id = Guid.CreateVersion7(), Profiles = [] }));
        Assert.Equal(["shop", "ticket_office"], Assert.Single((await office.GetFromJsonAsync<TerminalReply[]>($"/api/v1/office/acceptors/{town.Shop.Value}/terminals"))!).Profiles);
        Assert.Contains("券の窓口とお店の会計", await office.GetStringAsync($"/office/shops/{town.Shop.Value}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_4040_a_clinic_does_not_become_an_acceptor()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var office = await desk.Officer("TA-001", Town.A, Role.TerminalAdmin);

        await Refused(HttpStatusCode.Conflict, "acceptor_type_forbidden", await office.PostAsJsonAsync("/api/v1/office/acceptors", new AcceptorRequest(Guid.CreateVersion7(), "clinic", "みどり医院")));
        var page = await app.Submit(office, "/office/shops/new", "/office/shops/new", ("Id", $"{Guid.CreateVersion7()}"), ("Name", "みどり医院"), ("Kind", "clinic"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.StatusCode);
        Assert.Contains("この種類のお店は登録できません", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S4_06a_the_pages_do_the_same()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var office = await desk.Officer("TA-001", Town.A, Role.TerminalAdmin);
        var (shop, terminal) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        var made = await app.Submit(office, "/office/shops/new", "/office/shops/new", ("Id", $"{shop}"), ("Name", "はなや"), ("Kind", "shop"));
        Assert.Equal($"/office/shops/{shop}?saved=new", made.Headers.Location?.ToString());
        var empty = await app.Submit(office, "/office/shops/new", "/office/shops/new", ("Id", $"{Guid.CreateVersion7()}"), ("Name", ""), ("Kind", "shop"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        var page = await app.Submit(office, $"/office/shops/{shop}/terminal", $"/office/shops/{shop}/terminal", ("Terminal", $"{terminal}"), ("Label", "レジ1"), ("Profiles", "shop"));
        var code = Regex.Match(await page.Content.ReadAsStringAsync(), "<strong>([A-Z0-9-]{11})</strong>").Groups[1].Value;
        var renewed = await app.Submit(office, $"/office/shops/{shop}", $"/office/terminals/{terminal}/code");
        Assert.NotEqual(code, Regex.Match(await renewed.Content.ReadAsStringAsync(), "<strong>([A-Z0-9-]{11})</strong>").Groups[1].Value);

        var changed = await app.Submit(office, $"/office/shops/{shop}", $"/office/shops/{shop}", ("Name", "はなや本店"), ("State", "suspended"));
        Assert.Equal($"/office/shops/{shop}?saved=shop", changed.Headers.Location?.ToString());
        var noReason = await app.Submit(office, $"/office/terminals/{terminal}/stop", $"/office/terminals/{terminal}/stop", ("Reason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noReason.StatusCode);
        var stopped = await app.Submit(office, $"/office/terminals/{terminal}/stop", $"/office/terminals/{terminal}/stop", ("Reason", "なくした"));
        Assert.Equal($"/office/shops/{shop}?saved=stopped", stopped.Headers.Location?.ToString());
        Assert.Contains("はなや本店", await office.GetStringAsync("/office/shops?search=本店"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_11_an_office_names_its_shopping_streets_and_puts_its_shops_into_them()
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var (office, other) = (await desk.Officer("TA-001", Town.A, Role.TerminalAdmin), await desk.Officer("TB-001", Town.B, Role.TerminalAdmin));
        var (street, page) = (Guid.CreateVersion7(), "/office/shops/streets");

        Assert.Equal(page, (await app.Submit(office, page, page, ("Id", $"{street}"), ("Name", "中央商店街"))).Headers.Location?.ToString());
        Assert.Contains("この名前は、もう使われています", await (await app.Submit(office, page, page, ("Id", $"{Guid.CreateVersion7()}"), ("Name", "中央商店街"))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(page, (await app.Submit(office, page, page, ("Id", $"{street}"), ("Name", "中央通り商店街"))).Headers.Location?.ToString());
        await Refused(HttpStatusCode.Conflict, "name_taken", await office.PutAsJsonAsync($"/api/v1/office/shop-groups/{Guid.CreateVersion7()}", new ShopGroupRequest("中央通り商店街")));
        await Refused(HttpStatusCode.NotFound, "not_found", await other.PutAsJsonAsync($"/api/v1/office/shop-groups/{street}", new ShopGroupRequest("よその商店街")));
        Assert.Empty((await other.GetFromJsonAsync<ShopGroupReply[]>("/api/v1/office/shop-groups"))!);
        Assert.Equal([new ShopGroupReply(street, "中央通り商店街")], (await office.GetFromJsonAsync<ShopGroupReply[]>("/api/v1/office/shop-groups"))!);

        var shop = $"/office/shops/{town.Shop.Value}";
        Assert.Equal($"{shop}?saved=shop", (await app.Submit(office, shop, shop, ("Name", "くらしの店"), ("State", "active"), ("Street", $"{street}"))).Headers.Location?.ToString());
        Assert.Contains("1店", await office.GetStringAsync(page), StringComparison.Ordinal);
        var acceptor = $"/api/v1/office/acceptors/{town.Shop.Value}";
        await Refused(HttpStatusCode.UnprocessableEntity, "field_unknown", await office.PutAsJsonAsync(acceptor, new AcceptorChange("くらしの店", "active", Guid.CreateVersion7())));
        var left = await (await office.PutAsJsonAsync(acceptor, new AcceptorChange("くらしの店", "active"))).Content.ReadFromJsonAsync<AcceptorReply>();
        Assert.Null(left!.Group);
    }

    [Fact]
    public async Task S0_4043_a_shop_says_what_it_does_with_other_vouchers_on_its_terminal_and_nothing_is_forbidden()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var office = await new StaffDesk(till.App).Officer("TA-001", Town.A, Role.TerminalAdmin);
        var (shop, page) = ($"/api/v1/office/acceptors/{till.Town.Shop.Value}", $"/office/shops/{till.Town.Shop.Value}");
        var before = (await office.GetFromJsonAsync<AcceptorReply[]>("/api/v1/office/acceptors"))!.Single(a => a.Id == till.Town.Shop.Value);
        Assert.Null(before.Note);
        await Refused(HttpStatusCode.RequestEntityTooLarge, "too_large", await office.PutAsJsonAsync(shop, new AcceptorChange(before.Name, "active", Note: new string('あ', 101))));
        await Refused(HttpStatusCode.UnprocessableEntity, "pan_refused", await office.PutAsJsonAsync(shop, new AcceptorChange(before.Name, "active", Note: "4111111111111111")));
        var wrong = await till.App.Submit(office, page, page, ("Name", before.Name), ("State", "active"), ("Note", new string('あ', 101)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("id=\"Note-e\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal($"{page}?saved=shop", (await till.App.Submit(office, page, page, ("Name", before.Name), ("State", "active"), ("Note", "商品券といっしょに使えます"))).Headers.Location?.ToString());
        Assert.Equal("商品券といっしょに使えます", (await office.GetFromJsonAsync<AcceptorReply[]>("/api/v1/office/acceptors"))!.Single(a => a.Id == till.Town.Shop.Value).Note);
        Assert.Contains("value=\"商品券といっしょに使えます\"", WebUtility.HtmlDecode(await office.GetStringAsync(page)), StringComparison.Ordinal);
        var token = await till.CitizenToken();
        var held = await till.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: token);
        using var browser = till.App.Client();
        browser.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={till.Cookie}; mykey-shown={token}");
        Assert.Contains("ほかの券といっしょに使うとき：商品券といっしょに使えます", WebUtility.HtmlDecode(await browser.GetStringAsync("/terminal/points")), StringComparison.Ordinal);
        Assert.Equal("商品券といっしょに使えます", held.Body.GetProperty("note").GetString());
    }

    [Fact]
    public async Task V_D3_another_office_and_another_role_see_none_of_it()
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var other = await desk.Officer("TB-001", Town.B, Role.TerminalAdmin);
        var officer = await desk.Officer("OF-001", Town.A, Role.Officer);

        Assert.Empty((await other.GetFromJsonAsync<AcceptorReply[]>("/api/v1/office/acceptors"))!);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/office/shops/{town.Shop.Value}")).StatusCode);
        await Refused(HttpStatusCode.NotFound, "not_found", await other.PutAsJsonAsync($"/api/v1/office/acceptors/{town.Shop.Value}", new AcceptorChange("よその店", "closed")));
        await Refused(HttpStatusCode.NotFound, "not_found", await other.PostAsJsonAsync("/api/v1/office/terminals", new TerminalRequest(Guid.CreateVersion7(), town.Shop.Value, "レジ")));
        Assert.Equal(HttpStatusCode.Forbidden, (await officer.GetAsync("/office/shops")).StatusCode);
        await Refused(HttpStatusCode.Forbidden, "role_forbidden", await officer.GetAsync("/api/v1/office/acceptors"));
        using var nobody = app.Client();
        await Refused(HttpStatusCode.Unauthorized, "login_required", await nobody.GetAsync("/api/v1/office/acceptors"));
    }

    private static Task<HttpResponseMessage> Use(HttpClient device) =>
        device.PostAsJsonAsync("/api/v1/uses", new UseRequest(Guid.CreateVersion7(), "no-token", Town.A.Value, 1));

    private static Task<HttpResponseMessage> Stop(HttpClient office, Guid terminal, string reason) =>
        office.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/office/terminals/{terminal}") { Content = JsonContent.Create(new ReasonRequest(reason)) });

    private static async Task Refused(HttpStatusCode status, string code, HttpResponseMessage answer)
    {
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status, answer.StatusCode);
    }
}
