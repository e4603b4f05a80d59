using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MyKey.App.Operator.Municipalities;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Operator.Municipalities;

/// <summary>Goal: the operator takes in the country and the council and sets a municipality live, on screen as over the API (S2-P14b, Y-D1, S4-20).</summary>
public class MunicipalitiesTests
{
    private const string Api = "/api/v1/operator/municipalities";
    private const string Two = "code6,prefecture,name,kana,kind\n132985,東京都,A市,エーシ,city\n260002,京都府,京都府,キョウトフ,prefecture\n132984,東京都,まちがい町,マチガイチョウ,town\n";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P14b_a_prefecture_is_taken_in_and_set_live(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var platform = await new StaffDesk(app).Operator();

        var report = (await (await Send(platform, $"{Api}/import", Two)).Content.ReadFromJsonAsync<ImportReply>())!;
        Assert.Equal((2, 0, 0, 1), (report.Added, report.Changed, report.Unchanged, report.Refused));
        Assert.Equal("number_format", report.Lines.Single(l => l.Outcome == "refused").Refused);
        var council = (await (await Send(platform, $"{Api}/council?from=2017-09-25", "都道府県名,市区町村名\n京都府,京都府\n,小国町\n")).Content.ReadFromJsonAsync<ImportReply>())!;
        Assert.Equal((1, 1), (council.Added, council.Refused));

        await Says("field_required", await platform.PutAsJsonAsync($"{Api}/260002", new MunicipalityChange("もうひとつの京都", "public", null, null, "live")));
        var live = await platform.PutAsJsonAsync($"{Api}/26000", new MunicipalityChange("もうひとつの京都", "public", null, 12, "live"));
        Assert.Equal(new MunicipalityReply("260002", "京都府", "京都府", "prefecture", "もうひとつの京都", "public", null, 12, "live", new DateOnly(2017, 9, 25)), await live.Content.ReadFromJsonAsync<MunicipalityReply>());
        Assert.Equal(["260002"], (await platform.GetFromJsonAsync<MunicipalityReply[]>(Api))!.Select(m => m.Code));
        Assert.Equal(["132985"], (await platform.GetFromJsonAsync<MunicipalityReply[]>($"{Api}?search=A市"))!.Select(m => m.Code));
    }

    [Fact]
    public async Task S4_20_the_pages_do_the_same()
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        var platform = await desk.Operator();
        var form = new MultipartFormDataContent { { new StringContent("country"), "What" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(Two)), "Upload", "list.csv" } };
        var html = await platform.GetStringAsync("/operator/municipalities/import");
        form.Add(new StringContent(System.Text.RegularExpressions.Regex.Match(html, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value), "__RequestVerificationToken");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/operator/municipalities/import") { Content = form };
        request.Headers.Add("Origin", app.Site.ToString().TrimEnd('/'));
        var report = await (await platform.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains("番号の形がちがいます", report, StringComparison.Ordinal);

        var page = "/operator/municipalities/132985";
        var wrong = await app.Submit(platform, page, page, ("State", "live"), ("Issuer", "private"), ("Length", "7"), ("Unit", "months"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var saved = await app.Submit(platform, page, page, ("State", "live"), ("Brand", "さがみはらポイント"), ("Issuer", "public"), ("Length", "１２"), ("Unit", "months"));
        Assert.Equal($"{page}?saved=1", saved.Headers.Location?.ToString());
        var list = System.Net.WebUtility.HtmlDecode(await platform.GetStringAsync("/operator/municipalities"));
        Assert.Contains("さがみはらポイント", list, StringComparison.Ordinal);
        Assert.Contains("登録は2、協議会の会員は0です。", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task V_D3_an_office_does_not_get_in()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("SA-001", Town.A, Role.StaffAdmin);

        await Says("login_required", await Send(office, $"{Api}/import", Two));
        await Says("login_required", await office.PutAsJsonAsync($"{Api}/132985", new MunicipalityChange(null, "public", null, 12, "closed")));
    }

    private static Task<HttpResponseMessage> Send(HttpClient client, string path, string csv)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return client.PostAsync(path, content);
    }

    private static async Task Says(string words, HttpResponseMessage answer) => Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
}
