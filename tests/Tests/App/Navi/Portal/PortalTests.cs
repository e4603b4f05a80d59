using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Navi.Portal;
using MyKey.App.Registry;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Navi.Portal;

/// <summary>Goal: what the operators write is there from its minute on and until its minute, in its order, on page and call, and nobody else writes.</summary>
public class PortalTests
{
    private const string Api = "/api/v1/operator/portal";

    private static AnnouncementRequest Opening => new("自治体ポイントが始まります", "9月25日から使えます。\n使えるお店は、さがす画面で見られます。", "2017-12-15T12:01", "2017-12-15T12:03");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P1c_an_announcement_comes_and_goes_to_the_minute(Engine engine)
    {
        await using var town = await CouponTown.Open(engine, partner: false);   // noon
        using var anybody = town.Town.App.Client();
        var id = Guid.CreateVersion7();
        var saved = await Read<WrittenAnnouncementReply>(await Put(id, Opening));
        Assert.Equal((50, "shown", new DateTimeOffset(2017, 12, 15, 12, 1, 0, TimeSpan.FromHours(9))), (saved.Place, saved.State, saved.From));

        foreach (var (ms, there) in new[] { (59_999, false), (1, true), (119_999, true), (1, false) })
        {
            town.Clock.Advance(ms);
            Assert.Equal(there, (await anybody.GetFromJsonAsync<List<AnnouncementReply>>("/api/v1/announcements"))!.Any(a => a.Id == id));
            foreach (var page in new[] { "/", "/navi", "/news" }) Assert.Equal((page, there), (page, (await anybody.GetStringAsync(page)).Contains("自治体ポイントが始まります", StringComparison.Ordinal)));
            Assert.Equal(there ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await anybody.GetAsync($"/news/{id}")).StatusCode);
        }
        // Without an end it stays; hidden it goes; the order is by place, then the latest first.
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Read<WrittenAnnouncementReply>(await Put(first, Opening with { Title = "古いほう", From = "2017-12-01T00:00", Until = null }));
        await Read<WrittenAnnouncementReply>(await Put(second, Opening with { Title = "新しいほう", From = "2017-12-02T00:00", Until = null }));
        Assert.Equal(["新しいほう", "古いほう"], await Titles());
        await Read<WrittenAnnouncementReply>(await Put(first, Opening with { Title = "古いほう", From = "2017-12-01T00:00", Until = null, Place = 1 }));
        Assert.Equal(["古いほう", "新しいほう"], await Titles());
        await Read<WrittenAnnouncementReply>(await Put(second, Opening with { Title = "新しいほう", From = "2017-12-02T00:00", Until = null, State = "hidden" }));
        Assert.Equal(["古いほう"], await Titles());
        Assert.Equal(3, (await town.Operator.GetFromJsonAsync<List<WrittenAnnouncementReply>>($"{Api}/announcements"))!.Count);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(5, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'announcement.saved'"));

        async Task<List<string>> Titles() => [.. (await anybody.GetFromJsonAsync<List<AnnouncementReply>>("/api/v1/announcements"))!.Select(a => a.Title)];

        Task<HttpResponseMessage> Put(Guid of, AnnouncementRequest wanted) => town.Operator.PutAsJsonAsync($"{Api}/announcements/{of}", wanted);
    }

    [Fact]
    public async Task S2_P1c_what_cannot_be_announced_is_refused_by_call_and_at_its_field_and_what_was_typed_stays()
    {
        await using var town = await CouponTown.Open(partner: false);
        var id = Guid.CreateVersion7();
        foreach (var (code, wanted) in new[]
        {
            ("field_required", Opening with { Title = " " }), ("field_required", Opening with { Text = "" }), ("field_required", Opening with { From = "" }), ("moment_format", Opening with { From = "あした" }),
            ("moment_format", Opening with { From = "2017-12-15T12:01:30" }), ("moment_format", Opening with { Until = "2017-02-30T12:00" }), ("period_format", Opening with { Until = Opening.From }), ("number_format", Opening with { Place = 100 }),
            ("number_format", Opening with { Place = -1 }), ("field_unknown", Opening with { State = "gone" }), ("my_number_refused", Opening with { Text = "1234 5678 9018" }), ("too_large", Opening with { Text = new string('あ', 2_001) }),
            ("too_large", Opening with { Title = new string('あ', 61) }),
        })
            Assert.Equal((code, wanted.ToString()), (await Code(await town.Operator.PutAsJsonAsync($"{Api}/announcements/{id}", wanted)), wanted.ToString()));
        Assert.Empty((await town.Operator.GetFromJsonAsync<List<WrittenAnnouncementReply>>($"{Api}/announcements"))!);

        var page = $"/operator/portal/news/{id}";
        var wrong = await town.Town.App.Submit(town.Operator, page, page, ("Heading", "年末の窓口"), ("Text", "休みます。"), ("From", "2017-12-28T17:15"), ("Until", "2017-12-28T17:15"), ("Place", "50"), ("State", "shown"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var html = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync());
        Assert.Contains("href=\"#Until\"", html, StringComparison.Ordinal);
        Assert.Contains("年末の窓口", html, StringComparison.Ordinal);
        var saved = await town.Town.App.Submit(town.Operator, page, page, ("Heading", "年末の窓口"), ("Text", "休みます。"), ("From", "2017-12-28T17:15"), ("Until", "2018-01-04T08:30"), ("Place", "５０"), ("State", "shown"));
        Assert.Equal("/operator/portal?saved=1", saved.Headers.Location?.OriginalString);
        Assert.Contains("これから出ます", await town.Operator.GetStringAsync("/operator/portal"), StringComparison.Ordinal);
        Assert.Contains("2017-12-28T17:15", await town.Operator.GetStringAsync(page), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P17a_recommended_points_stand_on_the_portal_as_long_as_they_are_given(Engine engine)
    {
        await using var town = await CouponTown.Open(engine, partner: false);
        using var anybody = town.Town.App.Client();
        Assert.DoesNotContain("おすすめ自治体ポイント", await anybody.GetStringAsync("/navi"), StringComparison.Ordinal);
        await Read<FeaturedReply>(await town.Operator.PutAsJsonAsync($"{Api}/featured-points/{Residents.B.Value}", new FeaturedRequest("森のお店で使えます", 20)));
        await Read<FeaturedReply>(await town.Operator.PutAsJsonAsync($"{Api}/featured-points/13298", new FeaturedRequest("商店街で使えます", 10)));

        Assert.Equal([("132985", "A市ポイント", "商店街で使えます"), ("134988", "B町ポイント", "森のお店で使えます")], (await anybody.GetFromJsonAsync<List<FeaturedReply>>("/api/v1/featured-points"))!.Select(f => (f.Municipality, f.PointName, f.Words)));
        var page = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi"));
        Assert.Contains("<h3><a href=\"/navi/points/132985\">A市ポイント</a></h3>", page, StringComparison.Ordinal);

        Assert.Equal("municipality_unknown", await Code(await town.Operator.PutAsJsonAsync($"{Api}/featured-points/141305", new FeaturedRequest("まだない"))));
        Assert.Equal("field_required", await Code(await town.Operator.PutAsJsonAsync($"{Api}/featured-points/132985", new FeaturedRequest(""))));
        Assert.Equal("number_format", await Code(await town.Operator.PutAsJsonAsync($"{Api}/featured-points/132985", new FeaturedRequest("ことば", 100))));
        Assert.Equal("not_found", await Code(await town.Operator.DeleteAsync($"{Api}/featured-points/134996")));
        Assert.True((await town.Town.Get<ChangeMunicipality>().Run(new(Residents.B, null, IssuerKind.Public, null, 24, MunicipalityState.Closed, Actor.Job("town")))).Ok);
        Assert.Equal(["132985"], (await anybody.GetFromJsonAsync<List<FeaturedReply>>("/api/v1/featured-points"))!.Select(f => f.Municipality));
        var removed = await town.Town.App.Submit(town.Operator, "/operator/portal", "/operator/portal/featured?handler=Remove", ("municipality", "132985"));
        Assert.Equal("/operator/portal?saved=1", removed.Headers.Location?.OriginalString);
        Assert.DoesNotContain("おすすめ自治体ポイント", await anybody.GetStringAsync("/navi"), StringComparison.Ordinal);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(["featured.set", "featured.set", "featured.removed"], await connection.QueryAsync<string>("select action from log_operation where action like 'featured.%' order by time_ms, action desc"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_19_S2_P4c_K_17_S1_17_texts_are_written_anew_from_a_minute_on(Engine engine)
    {
        await using var town = await CouponTown.Open(engine, partner: false);
        using var anybody = town.Town.App.Client();
        var before = await anybody.GetStringAsync("/navi");
        Assert.Contains("いろいろな会社のポイントやマイルを、お好きな自治体のポイントに交換できます", before, StringComparison.Ordinal);
        Assert.Contains("図書館の利用者カードとしても使えます", before, StringComparison.Ordinal);
        Assert.Contains("およそ1か月でできます", before, StringComparison.Ordinal);   // the words of 2017; in 2020 it took two

        var reply = await Read<PortalTextReply>(await town.Operator.PutAsJsonAsync($"{Api}/texts/lead", new PortalTextRequest("2017-12-15T12:01", "あたらしい文章です。")));
        Assert.StartsWith("いろいろな", reply.Now, StringComparison.Ordinal);
        Assert.Single(reply.Written);
        await Read<PortalTextReply>(await town.Operator.PutAsJsonAsync($"{Api}/texts/notice", new PortalTextRequest("2017-12-15T12:00", "")));
        town.Clock.Advance(59_999);
        Assert.DoesNotContain("あたらしい文章です。", await anybody.GetStringAsync("/navi"), StringComparison.Ordinal);
        town.Clock.Advance(1);
        var after = await anybody.GetStringAsync("/navi");
        Assert.Contains("あたらしい文章です。", after, StringComparison.Ordinal);
        Assert.DoesNotContain("図書館の利用者カードとしても使えます", after, StringComparison.Ordinal);

        Assert.Equal("not_found", await Code(await town.Operator.PutAsJsonAsync($"{Api}/texts/footer", new PortalTextRequest("2017-12-15T12:01", "x"))));
        Assert.Equal("moment_format", await Code(await town.Operator.PutAsJsonAsync($"{Api}/texts/lead", new PortalTextRequest("12時", "x"))));
        Assert.Equal(HttpStatusCode.NotFound, (await town.Operator.GetAsync("/operator/portal/texts/footer")).StatusCode);
        var page = "/operator/portal/texts/card_time";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await town.Town.App.Submit(town.Operator, page, page, ("Text", "1234 5678 9018"), ("From", "2017-12-15T12:01"))).StatusCode);
        Assert.Equal("/operator/portal?saved=1", (await town.Town.App.Submit(town.Operator, page, page, ("Text", "カードは、3週間ほどでできます。"), ("From", "2017-12-15T12:01"))).Headers.Location?.OriginalString);
        Assert.Contains("3週間ほどでできます", await anybody.GetStringAsync("/"), StringComparison.Ordinal);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(3, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'portal_text.set'"));
    }

    [Fact]
    public void K_17_S1_17_our_own_words_on_how_long_a_card_takes_are_dated()
    {
        var view = new PortalView([], [], []);
        foreach (var (day, said) in new[] { (new DateOnly(2017, 12, 15), "1か月"), (new DateOnly(2020, 10, 27), "2か月"), (new DateOnly(2023, 1, 1), "1か月") })
            Assert.Contains(said, view.Text("card_time", Jst.EndOf(day)), StringComparison.Ordinal);
        Assert.Equal(["lead", "notice", "card_time"], PortalTextKind.All.Select(k => k.Key));
    }

    [Fact]
    public async Task V_D3_an_office_writes_nothing_on_the_portal()
    {
        await using var town = await CouponTown.Open(partner: false);
        using var office = await town.Desk.Officer("OF-001", Residents.A, Role.Officer, Role.StaffAdmin);

        Assert.Equal("login_required", await Code(await office.PutAsJsonAsync($"{Api}/announcements/{Guid.CreateVersion7()}", Opening)));
        Assert.Equal("login_required", await Code(await office.PutAsJsonAsync($"{Api}/texts/lead", new PortalTextRequest("2017-12-15T12:01", "x"))));
        Assert.Equal("login_required", await Code(await office.PutAsJsonAsync($"{Api}/featured-points/132985", new FeaturedRequest("x"))));
    }
}
