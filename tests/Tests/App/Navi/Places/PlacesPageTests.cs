using System.Net;
using System.Net.Http.Json;
using MyKey.App.Office.Shops;
using MyKey.App.Operator.Municipalities;
using MyKey.App.Places;
using MyKey.App.Registry;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Places;

/// <summary>Goal: before any login anybody finds where points pay, and is not left alone where nothing is near (S0-1008, S0-4011).</summary>
public class PlacesPageTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_S2_P18e_found_by_prefecture_municipality_kind_words_and_day_by_page_and_by_call(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var town = await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("TA-001", Town.A, Role.TerminalAdmin);
        await office.PutAsJsonAsync($"/api/v1/office/places/{town.Shop.Value}/details", new PlaceDetailsRequest(Kana: "くらしのみせ", Address: "1丁目", Access: "駅から5分", Hours: "月-日祝 9:00-17:00", Web: "https://shop.example/", Ways: ["terminal"]));
        using var anybody = app.Client();

        foreach (var query in new[] { "", "?prefecture=13", "?prefecture=13&municipality=132985", "?kind=shop", "?text=クラシノミセ", "?text=ｸﾗｼﾉ&open=2026-12-05", $"?points={Town.A.Value}", "?prefecture=13&kind=shop&text=くらし&open=2026-12-05" })
        {
            Assert.Contains("くらしの店", await anybody.GetStringAsync($"/navi/places{query}"), StringComparison.Ordinal);
            Assert.Equal(town.Shop.Value, Assert.Single((await anybody.GetFromJsonAsync<PlacesReply>($"/api/v1/places{query}"))!.Places).Id);
        }
        foreach (var query in new[] { "?prefecture=14", "?prefecture=13&municipality=134988", "?kind=museum", "?text=ない店", $"?points={Town.C.Value}" })
        {
            Assert.DoesNotContain("くらしの店", await anybody.GetStringAsync($"/navi/places{query}"), StringComparison.Ordinal);
            Assert.Empty((await anybody.GetFromJsonAsync<PlacesReply>($"/api/v1/places{query}"))!.Places);
        }
        var page = await anybody.GetStringAsync($"/navi/places/{town.Shop.Value}");
        foreach (var said in new[] { "くらしの店", "商店・商店街", "1丁目", "駅から5分", "月-日祝 9:00-17:00", "https://shop.example/", "端末にカードをかざす", "A市ポイント", "B町ポイント" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain("C村", page, StringComparison.Ordinal);
        var one = (await anybody.GetFromJsonAsync<OnePlaceReply>($"/api/v1/places/{town.Shop.Value}"))!;
        Assert.Equal([Town.A.Value, Town.B.Value], one.Points.Select(p => p.Municipality));   // S0-4001b
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync($"/navi/places/{Guid.CreateVersion7()}")).StatusCode);
    }

    [Fact]
    public async Task S0_4011_where_nothing_is_found_online_shops_and_tickets_are_said()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        using var anybody = app.Client();
        var page = await anybody.GetStringAsync("/navi/places?prefecture=1&text=そば&open=2026-12-05");
        foreach (var said in new[] { "見つかりませんでした", "href=\"/online\"", "href=\"/crowdfunding\"", "ポイント券", "開いている日を決めずにさがす", "全国からさがす" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Contains("href=\"/navi/places\"", await anybody.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_1008_what_cannot_be_looked_for_is_refused_with_a_code()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        using var anybody = app.Client();
        foreach (var (query, code) in new[] { ("prefecture=48", "field_unknown"), ("kind=space", "field_unknown"), ("municipality=1", "number_format"), ("municipality=011002", "municipality_unknown"), ("text=あ", "keyword_short"), ("open=きのう", "number_format"), ("after=x", "number_format"), ($"text={new string('あ', 61)}", "too_large") })
        {
            var answer = await anybody.GetAsync($"/api/v1/places?{query}");
            Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        var page = await anybody.GetAsync("/navi/places?text=あ");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.StatusCode);
        Assert.Contains("id=\"Text-e\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("antenna_shop")]
    [InlineData("public_transport")]
    [InlineData("tourist_office")]
    public async Task S2_P3g_S2_P18k_every_kind_where_points_can_be_spent_is_a_kind_to_search_by(string kind)
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var id = Ids.New<AcceptorId>(town.Get<TimeProvider>());
        Assert.True((await town.Get<RegisterAcceptor>().Run(new(id, Town.A, kind, "駅のところ", Actor.Job("test")))).Ok);
        using var anybody = app.Client();
        Assert.Equal(id.Value, Assert.Single((await anybody.GetFromJsonAsync<PlacesReply>($"/api/v1/places?kind={kind}"))!.Places).Id);
        var kinds = (await anybody.GetFromJsonAsync<PlaceKindReply[]>("/api/v1/places/kinds"))!.Select(k => k.Code).ToList();
        foreach (var code in new[] { kind, "online_shop", "crowdfunding", "library", "support" }) Assert.Contains(code, kinds);
        Assert.DoesNotContain("pharmacy", kinds);
    }

    [Fact]
    public async Task S0_1008_an_operator_says_what_a_municipality_was_called_before()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var operatorAtWork = await new StaffDesk(app).Operator();
        const string page = "/operator/municipalities/132985";
        Assert.Equal($"{page}?saved=1", (await app.Submit(operatorAtWork, page, $"{page}?handler=Former", ("FormerNames", "旧A町、古A村"))).Headers.Location?.ToString());
        using var anybody = app.Client();
        Assert.Single((await anybody.GetFromJsonAsync<PlacesReply>("/api/v1/places?text=古A村"))!.Places);
        var changed = await operatorAtWork.PutAsJsonAsync("/api/v1/operator/municipalities/132985/former-names", new FormerNamesRequest("昔A町"));
        Assert.Equal("昔A町", (await changed.Content.ReadFromJsonAsync<FormerNamesReply>())!.Names);
        Assert.Empty((await anybody.GetFromJsonAsync<PlacesReply>("/api/v1/places?text=古A村"))!.Places);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await operatorAtWork.PutAsJsonAsync("/api/v1/operator/municipalities/132985/former-names", new FormerNamesRequest(new string('あ', 201)))).StatusCode);
    }
}
