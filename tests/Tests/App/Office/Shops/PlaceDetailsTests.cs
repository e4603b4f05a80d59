using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using MyKey.App.Office.Shops;
using MyKey.App.Registry;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Office.Shops;

/// <summary>Goal: an office tells everybody about its own shops, one by one or by a file, and nobody else's (S0-1008, S2-P10g).</summary>
public class PlaceDetailsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_details_of_a_shop_by_call_with_a_code_for_what_is_wrong(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var (office, other, approver) = (await desk.Officer("TA-001", Town.A, Role.TerminalAdmin), await desk.Officer("TB-001", Town.B, Role.TerminalAdmin), await desk.Officer("AP-001", Town.A, Role.Approver));
        var path = $"/api/v1/office/places/{town.Shop.Value}/details";
        var good = new PlaceDetailsRequest("S-1", "くらしのみせ", "前の店", "1丁目", "駅から5分", "月-金 9:00-17:00", "0120-000-000", "https://shop.example/", ["ticket", "terminal"], new DateOnly(2017, 4, 1));

        var saved = await (await office.PutAsJsonAsync(path, good)).Content.ReadFromJsonAsync<PlaceDetailsReply>();
        Assert.Equal(("S-1", "くらしのみせ", "月-金 9:00-17:00"), (saved!.OwnNo, saved.Kana, saved.Hours));
        Assert.Equal(["terminal", "ticket"], saved.Ways);
        Assert.Equal(saved.Address, (await office.GetFromJsonAsync<PlaceDetailsReply>(path))!.Address);
        await Refused(HttpStatusCode.UnprocessableEntity, "kana_format", await office.PutAsJsonAsync(path, good with { Kana = "暮らし" }));
        await Refused(HttpStatusCode.UnprocessableEntity, "hours_format", await office.PutAsJsonAsync(path, good with { Hours = "いつでも" }));
        await Refused(HttpStatusCode.UnprocessableEntity, "phone_format", await office.PutAsJsonAsync(path, good with { Phone = "でんわ" }));
        foreach (var web in new[] { "http://shop.example/", "javascript:alert(1)", "https://a@shop.example/", "shop" }) await Refused(HttpStatusCode.UnprocessableEntity, "address_format", await office.PutAsJsonAsync(path, good with { Web = web }));
        await Refused(HttpStatusCode.UnprocessableEntity, "field_unknown", await office.PutAsJsonAsync(path, good with { Ways = ["cash"] }));
        await Refused(HttpStatusCode.UnprocessableEntity, "my_number_refused", await office.PutAsJsonAsync(path, good with { Address = "1234 5678 9018" }));
        await Refused(HttpStatusCode.RequestEntityTooLarge, "too_large", await office.PutAsJsonAsync(path, good with { Access = new string('あ', 201) }));
        await Refused(HttpStatusCode.UnprocessableEntity, "number_format", await office.PutAsJsonAsync(path, good with { OwnNo = "あ" }));
        await Refused(HttpStatusCode.NotFound, "not_found", await other.PutAsJsonAsync(path, good));
        await Refused(HttpStatusCode.Forbidden, "role_forbidden", await approver.PutAsJsonAsync(path, good));
        var second = await town.OpenShop("となりの店");
        await Refused(HttpStatusCode.Conflict, "own_number_taken", await office.PutAsJsonAsync($"/api/v1/office/places/{second.Value}/details", good));
        Assert.Equal(saved.Address, (await office.GetFromJsonAsync<PlaceDetailsReply>(path))!.Address);
    }

    [Fact]
    public async Task S0_1008_the_page_does_the_same_and_keeps_what_was_typed()
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        var page = $"/office/places/{town.Shop.Value}/details";
        var wrong = await app.Submit(office, page, page, ("Hours", "いつでも"), ("Address", "1丁目"), ("Ways", "terminal"));
        var html = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("id=\"Hours-e\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"1丁目\"", html, StringComparison.Ordinal);
        Assert.Equal($"{page}?saved=1", (await app.Submit(office, page, page, ("Hours", "月-金 9:00-17:00"), ("Address", "1丁目"), ("Ways", "terminal"), ("From", "2017-04-01"))).Headers.Location?.ToString());
        Assert.Contains("月-金 9:00-17:00", WebUtility.HtmlDecode(await office.GetStringAsync(page)), StringComparison.Ordinal);
        Assert.Contains("案内を変えました", await office.GetStringAsync($"{page}?saved=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_1008_a_library_is_described_as_well_and_keeps_its_own_days()
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        var library = Ids.New<ServiceProviderId>(TimeProvider.System);
        Assert.True((await town.Get<SaveServiceProvider>().Run(library, Town.A, new ProviderEntry("A1", "library", "中央図書館", 6, 10, Letters: false, From: new DateOnly(2017, 4, 1)), Actor.Job("test"))).Ok);
        var saved = await (await office.PutAsJsonAsync($"/api/v1/office/places/{library.Value}/details", new PlaceDetailsRequest(Address: "1丁目", Hours: "火-日 9:00-19:00"))).Content.ReadFromJsonAsync<PlaceDetailsReply>();
        Assert.Equal(("1丁目", new DateOnly(2017, 4, 1)), (saved!.Address, saved.From!.Value));
        Assert.Contains($"/office/places/{library.Value}/details", await office.GetStringAsync($"/office/providers/{library.Value}"), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"Ways\"", await office.GetStringAsync($"/office/places/{library.Value}/details"), StringComparison.Ordinal);
        Assert.Contains("火-日 9:00-19:00", await office.GetStringAsync($"/navi/places/{library.Value}"), StringComparison.Ordinal);
        Assert.True((await town.Get<SaveServiceProvider>().Run(library, Town.A, new ProviderEntry("A1", "library", "新しい図書館", 6, 10, Letters: false), Actor.Job("test"))).Ok);
        Assert.Equal("1丁目", (await office.GetFromJsonAsync<PlaceDetailsReply>($"/api/v1/office/places/{library.Value}/details"))!.Address);
    }

    [Fact]
    public async Task S2_P10g_Y_D1_a_file_by_page_and_by_call()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var (office, other) = (await desk.Officer("TA-001", Town.A, Role.TerminalAdmin), await desk.Officer("TB-001", Town.B, Role.TerminalAdmin));
        const string files = "/api/v1/office/acceptor-files", page = "/office/shops/files";
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes("番号,名前,種類\n1,はなや,shop\n2,医院,clinic\n")) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        var sent = await office.PostAsync(files, body);
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        var looked = (await sent.Content.ReadFromJsonAsync<ShopFileReply>())!;
        var rows = (await office.GetFromJsonAsync<ShopFileLineReply[]>($"{files}/{looked.Hash}/rows"))!;
        Assert.Equal([("added", null), ("refused", "acceptor_type_forbidden")], rows.Select(r => (r.Outcome, r.Code)));
        Assert.Contains("この種類のお店は登録できません", rows[1].Message, StringComparison.Ordinal);
        await Refused(HttpStatusCode.NotFound, "not_found", await other.PostAsync($"{files}/{looked.Hash}/take-in", null));

        var shown = await office.GetStringAsync($"{page}/{looked.Hash}");
        Assert.Contains("3行目　この種類のお店は登録できません", shown, StringComparison.Ordinal);
        Assert.Contains("1件を取りこむ", shown, StringComparison.Ordinal);
        Assert.Equal($"{page}/{looked.Hash}", (await app.Submit(office, $"{page}/{looked.Hash}", $"{page}/{looked.Hash}")).Headers.Location?.ToString());
        Assert.Contains("お店を取りこみました", await office.GetStringAsync($"{page}/{looked.Hash}"), StringComparison.Ordinal);
        Assert.Contains("取りこみました", await office.GetStringAsync(page), StringComparison.Ordinal);
        Assert.NotNull(Assert.Single((await office.GetFromJsonAsync<ShopFileReply[]>(files))!).TakenMs);
        Assert.Contains("はなや", await office.GetStringAsync("/office/shops"), StringComparison.Ordinal);

        var html = await office.GetStringAsync(page);
        var token = Regex.Match(html, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(Encoding.UTF8.GetBytes("番号,名前\n")), "Csv", "shops.csv" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = form, Headers = { { "Origin", app.Site.ToString().TrimEnd('/') } } };
        var missing = await office.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
        Assert.Contains("id=\"Csv-e\"", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task Refused(HttpStatusCode status, string code, HttpResponseMessage answer)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
