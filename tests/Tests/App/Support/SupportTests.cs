using System.Net;
using System.Net.Http.Json;
using MyKey.App.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Support;

/// <summary>Goal: anybody finds whom to ask, whether somebody is there now, and an answer to a question (group X).</summary>
public class SupportTests
{
    private static SupportPlaceRequest Corner => new("shopping_street", "駅前の支援コーナー", "駅ビル3階", "月-金 8:30-17:15\n12/29-1/3 休み", ["issue_id", "questions"], new DateOnly(2017, 12, 1), Phone: "0120-000-000");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P4d_S2_P5_S3_11_an_office_enters_its_corner_and_everybody_sees_whether_it_is_open(Engine engine)
    {
        await using var town = await CouponTown.Open(engine, partner: false);
        using var office = await town.Desk.Officer("SD-001", Residents.A, Role.SupportDesk);
        using var elsewhere = await town.Desk.Officer("SD-002", Residents.B, Role.SupportDesk);
        using var none = await town.Desk.Officer("AP-001", Residents.A, Role.Approver);
        using var anybody = town.Town.App.Client();
        var id = Guid.CreateVersion7();

        var saved = await Read<SupportPlaceReply>(await Put(office, id, Corner));
        Assert.Equal((true, "0120-000-000"), (saved.OpenNow, saved.Phone));   // Friday, 2017-12-15, noon
        var seen = Assert.Single((await anybody.GetFromJsonAsync<List<SupportPlaceReply>>("/api/v1/support-places"))!);
        Assert.Equal(saved, seen with { Services = saved.Services });
        Assert.Empty((await anybody.GetFromJsonAsync<List<SupportPlaceReply>>($"/api/v1/support-places?municipality={Residents.B.Value}"))!);
        var page = await anybody.GetStringAsync("/support");
        foreach (var said in new[] { "駅前の支援コーナー", "駅ビル3階", "いま開いています（17時15分まで）", "マイキーIDをつくる手伝い", "tel:0120000000", "0120-95-0178", "188", "#9110", "暗証番号、マイナンバー、口座、資産、家族" })
            Assert.Contains(said, page, StringComparison.Ordinal);   // S1-47a

        Assert.Equal("role_forbidden", await Code(await Put(none, id, Corner)));
        Assert.Equal("not_found", await Code(await Put(elsewhere, id, Corner with { Name = "よその" })));
        Assert.Equal("hours_format", await Code(await Put(office, id, Corner with { Hours = "いつでも" })));
        Assert.Equal("period_format", await Code(await Put(office, id, Corner with { UntilOn = new DateOnly(2017, 11, 30) })));
        Assert.Equal("phone_format", await Code(await Put(office, id, Corner with { Phone = "でんわ" })));
        Assert.Equal("field_required", await Code(await Put(office, id, Corner with { Services = [] })));
        Assert.Equal("field_unknown", await Code(await Put(office, id, Corner with { Kind = "house" })));
        Assert.Equal("my_number_refused", await Code(await Put(office, id, Corner with { Place = "1234 5678 9018" })));
        await Read<SupportPlaceReply>(await Put(office, id, Corner with { State = "closed" }));
        Assert.Empty((await anybody.GetFromJsonAsync<List<SupportPlaceReply>>("/api/v1/support-places"))!);
        Assert.Equal("closed", Assert.Single((await office.GetFromJsonAsync<List<SupportPlaceReply>>("/api/v1/office/support-places"))!).State);
        await Read<SupportPlaceReply>(await Put(office, id, Corner with { UntilOn = new DateOnly(2017, 12, 14) }));
        Assert.DoesNotContain("駅前の支援コーナー", await anybody.GetStringAsync("/support"), StringComparison.Ordinal);

        static Task<HttpResponseMessage> Put(HttpClient by, Guid id, SupportPlaceRequest request) => by.PutAsJsonAsync($"/api/v1/office/support-places/{id}", request);
    }

    [Fact]
    public async Task S2_P18j_questions_are_found_by_word_whatever_their_kana_and_width()
    {
        await using var app = await TestApp.Start();
        using var anybody = app.Client();
        foreach (var typed in new[] { "ＷＩＮＤＯＷＳ　ＰＣ", "windows pc", "Windows" }) Assert.Contains(await Find(typed), q => q.Question.Contains("保護されました", StringComparison.Ordinal));   // S0-5002
        Assert.Equal((await Find("カード リーダー")).Select(q => q.Question), (await Find("かーど　りーだー")).Select(q => q.Question));
        Assert.Equal((await Find("カード リーダー")).Select(q => q.Question), (await Find("ｶｰﾄﾞ・ ﾘｰﾀﾞｰ")).Select(q => q.Question));
        Assert.Contains(await Find("暗証番号 忘れ"), q => q.Answer.Contains("市区町村の窓口", StringComparison.Ordinal));   // S1-05b
        Assert.Empty(await Find("ぬるぽ"));
        Assert.Equal(Faq.All.Count, (await Find("")).Count);
        Assert.Contains("見つかりませんでした", await anybody.GetStringAsync("/faq?q=%E3%81%AC%E3%82%8B%E3%81%BD"), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", await anybody.GetStringAsync("/faq?q=%3Cscript%3E"), StringComparison.Ordinal);

        async Task<List<QuestionReply>> Find(string words) => (await anybody.GetFromJsonAsync<List<QuestionReply>>($"/api/v1/faq?q={Uri.EscapeDataString(words)}"))!;
    }

    [Fact]
    public async Task Every_answer_leads_to_a_page_that_is_there_and_names_its_requirement()
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        using var me = await town.LoggedIn();
        foreach (var question in Faq.All)
        {
            Assert.Matches("^(S[0-4]-|V-|W-)", question.Source);
            Assert.InRange(question.Answer.Length, 4, 160);
            if (question.More is { } more && more.Href.StartsWith('/')) Assert.Equal((more.Href, HttpStatusCode.OK), (more.Href, (await me.GetAsync(more.Href)).StatusCode));
        }
        Assert.Equal(Faq.All.Count, Faq.All.Select(q => q.Asked).Distinct().Count());
    }
}
