using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Navi.Council;
using MyKey.App.Operator.Membership;
using MyKey.App.Registry;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Navi.Council;

/// <summary>Goal: everybody sees who is a member since when, who runs the council, and what each takes part in (group Y, S2-P15, S2-P18e).</summary>
public class CouncilTests
{
    private const string Three = "code,prefecture,name,kind\n132985,東京都,A市,\n134988,東京都,B町,\n260002,京都府,京都府,\n141003,神奈川県,横浜市,\n141011,神奈川県,横浜市鶴見区,区\n";

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task S2_P14_S2_P18e_members_and_bodies_are_counted_by_prefecture_and_sum_up()
    {
        await using var app = await TestApp.Start();
        await app.Services.GetRequiredService<ImportMunicipalities>().Run(Country.Csv(Encoding.UTF8), Actor.Job("test"), Stop);
        var members = Country.Rows.Where((r, i) => i % 8 == 0 && !r.Name.EndsWith('区')).ToList();
        await app.Services.GetRequiredService<ImportCouncil>().Run(Encoding.UTF8.GetBytes("code\n" + string.Join('\n', members.Select(m => m.Code))), new DateOnly(2017, 8, 30), Actor.Job("test"), Stop);
        using var anybody = app.Client();

        var all = (await anybody.GetFromJsonAsync<CouncilReply>("/api/v1/council", Stop))!;

        Assert.Equal((members.Count, Country.Rows.Count(r => !r.Name.EndsWith('区'))), (all.Members, all.Bodies));
        Assert.Equal(47, all.Prefectures.Count);
        Assert.Equal((all.Members, all.Bodies), (all.Prefectures.Sum(p => p.Members), all.Prefectures.Sum(p => p.Bodies)));
        var kyoto = (await anybody.GetFromJsonAsync<CouncilReply>("/api/v1/council?prefecture=26", Stop))!;
        Assert.Equal(members.Where(m => m.Prefecture == "京都府").Select(m => m.Code), kyoto.List.Select(m => m.Code));
        Assert.All(kyoto.List, m => Assert.Equal(new DateOnly(2017, 8, 30), m.Since));
        var page = await anybody.GetStringAsync("/navi/council?prefecture=26", Stop);
        Assert.Contains("京都府の会員", page, StringComparison.Ordinal);
        Assert.Contains("2017年8月30日", page, StringComparison.Ordinal);
        foreach (var wrong in new[] { "48", "0", "x", "100" }) Assert.Equal(HttpStatusCode.UnprocessableEntity, (await anybody.GetAsync($"/navi/council?prefecture={wrong}", Stop)).StatusCode);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P13_posts_are_held_by_heads_of_members_for_a_term_and_have_no_room_for_a_person(Engine engine)
    {
        await using var app = await Open(engine);
        var platform = await new StaffDesk(app).Operator();
        var id = Guid.CreateVersion7();
        var chair = new PostRequest("26000", "chair", new DateOnly(2017, 8, 30));

        Assert.Equal("京都府知事", (await Read<PostReply>(await Put(id, chair))).Head);
        Assert.Equal("A市長", (await Read<PostReply>(await Put(Guid.CreateVersion7(), new PostRequest("132985", "auditor", new DateOnly(2017, 8, 30))))).Head);
        await Says("not_member", await Put(Guid.CreateVersion7(), chair with { Municipality = "134988" }));
        await Says("not_member", await Put(Guid.CreateVersion7(), chair with { From = new DateOnly(2017, 8, 29) }));
        await Says("municipality_unknown", await Put(Guid.CreateVersion7(), chair with { Municipality = "360007" }));
        await Says("period_format", await Put(id, chair with { Until = new DateOnly(2017, 8, 29) }));
        await Says("field_required", await Put(id, chair with { Post = "king" }));
        await Says("field_required", await Put(id, chair with { Municipality = " " }));
        Assert.Equal(new DateOnly(2019, 8, 29), (await Read<PostReply>(await Put(id, chair with { Until = new DateOnly(2019, 8, 29) }))).Until);

        using var anybody = app.Client();
        Assert.Equal(["chair", "auditor"], (await anybody.GetFromJsonAsync<CouncilReply>("/api/v1/council", Stop))!.Posts.Select(p => p.Post));
        var page = await anybody.GetStringAsync("/navi/council", Stop);
        foreach (var said in new[] { "会長", "京都府知事", "監事", "A市長", "2019年8月29日まで" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Equal(3, await Logged(app, "council.post_set"));
        await Says("login_required", await anybody.PutAsJsonAsync($"/api/v1/operator/council/posts/{id}", chair, Stop));

        Task<HttpResponseMessage> Put(Guid post, PostRequest request) => platform.PutAsJsonAsync($"/api/v1/operator/council/posts/{post}", request, Stop);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P15_K_24_the_table_tells_live_coming_when_ready_undecided_and_ended(Engine engine)
    {
        await using var app = await Open(engine);
        var platform = await new StaffDesk(app).Operator();
        var today = TimeProvider.System.Today();

        await Read<CapabilityReply>(await Put("132985", "shops", new("dated", today)));
        await Read<CapabilityReply>(await Put("132985", "online", new("dated", today.AddDays(1), "くだもの")));
        await Read<CapabilityReply>(await Put("260002", "online", new("when_ready")));
        await Read<CapabilityReply>(await Put("134988", "library", new("undecided", Said: "H29.10頃未定")));   // no member (K-24)
        await Read<CapabilityReply>(await Put("260002", "tickets", new("ended", today.AddDays(-1))));
        await Says("field_unknown", await Put("132985", "lottery", new("dated", today)));
        await Says("field_required", await Put("132985", "shops", new("dated")));
        await Says("field_required", await Put("132985", "shops", new("undecided")));
        await Says("field_required", await Put("132985", "shops", new("soon")));
        await Says("municipality_unknown", await Put("141011", "shops", new("when_ready")));   // a ward of a designated city
        await Says("my_number_refused", await Put("132985", "shops", new("undecided", Said: "1234 5678 9018")));

        using var anybody = app.Client();
        var all = (await anybody.GetFromJsonAsync<List<CapableReply>>("/api/v1/capabilities", Stop))!;
        Assert.Equal(["132985", "134988", "260002"], all.Select(c => c.Code));
        Assert.Equal([("online", false), ("shops", true)], all[0].Capabilities.Select(c => (c.Capability, c.Live)));
        var coming = $"{today.AddDays(1).Year}年{today.AddDays(1).Month}月{today.AddDays(1).Day}日から";
        Assert.Equal([coming, "●", "H29.10頃未定", "※準備中", "終わりました"], all.SelectMany(c => c.Capabilities).Select(c => c.Shown));
        Assert.Equal(["260002"], (await anybody.GetFromJsonAsync<List<CapableReply>>("/api/v1/capabilities?prefecture=26", Stop))!.Select(c => c.Code));
        var page = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/capabilities", Stop));
        foreach (var said in new[] { coming, "※準備中", "H29.10頃未定", "終わりました", "オンライン　くだもの" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain("京都府京都府", page, StringComparison.Ordinal);
        Assert.DoesNotContain("A市", await anybody.GetStringAsync("/navi/capabilities?prefecture=26", Stop), StringComparison.Ordinal);
        Assert.Contains("まだありません", await anybody.GetStringAsync("/navi/capabilities?prefecture=1", Stop), StringComparison.Ordinal);
        Assert.Equal(5, await Logged(app, "capability.set"));
        await Read<CapabilityReply>(await Put("132985", "shops", new("dated", today)));
        Assert.Equal(5, await Logged(app, "capability.set"));   // the same again is no change

        Task<HttpResponseMessage> Put(string code, string capability, WantedCapability wanted) => platform.PutAsJsonAsync($"/api/v1/operator/municipalities/{code}/capabilities/{capability}", wanted, Stop);
    }

    [Fact]
    public async Task S2_P15_S2_P13_the_operators_pages_do_the_same()
    {
        await using var app = await Open(Engine.Sqlite);
        var platform = await new StaffDesk(app).Operator();
        const string capabilities = "/operator/municipalities/132985/capabilities";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(platform, capabilities, capabilities, ("Capability", "shops"), ("State", "dated"))).StatusCode);
        Assert.Equal(capabilities, (await app.Submit(platform, capabilities, capabilities, ("Capability", "shops"), ("State", "undecided"), ("Said", "春ごろ"))).Headers.Location?.ToString());
        Assert.Contains("春ごろ", await platform.GetStringAsync(capabilities, Stop), StringComparison.Ordinal);
        var post = $"/operator/council/{Guid.CreateVersion7()}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(platform, post, post, ("Post", "chair"), ("Municipality", "134988"), ("From", "2017-08-30"))).StatusCode);
        Assert.Equal("/operator/council", (await app.Submit(platform, post, post, ("Post", "vice_chair"), ("Municipality", "132985"), ("From", "2017-08-30"))).Headers.Location?.ToString());
        Assert.Contains("A市長", await platform.GetStringAsync("/operator/council", Stop), StringComparison.Ordinal);
    }

    /// <summary>A市 and 京都府 are members; B町 and 横浜市 are none.</summary>
    private static async Task<TestApp> Open(Engine engine)
    {
        var app = await TestApp.Start(engine: engine);
        await app.Services.GetRequiredService<ImportMunicipalities>().Run(Encoding.UTF8.GetBytes(Three), Actor.Job("test"), Stop);
        await app.Services.GetRequiredService<ImportCouncil>().Run("code\n132985\n260002\n"u8.ToArray(), new DateOnly(2017, 8, 30), Actor.Job("test"), Stop);
        return app;
    }

    private static async Task<long> Logged(TestApp app, string action)
    {
        await using var connection = await app.Database.Open(Stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = @action", new { action });
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        return (await answer.Content.ReadFromJsonAsync<T>(Stop))!;
    }

    private static async Task Says(string code, HttpResponseMessage answer) => Assert.Contains($"\"{code}\"", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
}
