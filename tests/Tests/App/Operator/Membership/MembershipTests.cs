using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Navi.Joining;
using MyKey.App.Operator.Membership;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.Staffing;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Operator.Membership;

/// <summary>Goal: a municipality joins at any time, by two operators and with its first member of staff (S2-P15b, S2-P2g, V-D3).</summary>
public class MembershipTests
{
    private const string Api = "/api/v1/operator/joining";

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private static DateOnly Soon => TimeProvider.System.Today().AddDays(30);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P15b_V_D3_from_the_application_over_two_operators_to_the_first_member_of_staff(Engine engine)
    {
        await using var app = await Open(engine);
        var (desk, first, second) = await Two(app);
        using var anybody = app.Client();
        var asked = Request();
        var made = await Read<JoinStateReply>(await anybody.PostAsJsonAsync("/api/v1/joining", asked, Stop));
        Assert.Equal(("applied", "132985"), (made.State, made.Municipality));
        await Read<JoinStateReply>(await anybody.PostAsJsonAsync("/api/v1/joining", asked, Stop));
        Assert.DoesNotContain("042-000-0000", await anybody.GetStringAsync($"/api/v1/joining/{asked.Id}", Stop), StringComparison.Ordinal);
        Assert.Contains((await first.GetFromJsonAsync<TodaysTask[]>("/api/v1/operator/today", Stop))!, t => t is { Kind: "joining", Path: "/operator/joining" });

        await Says("field_required", await Check(first, asked.Id, new(false, "SA-001", Soon)));
        await Says("field_required", await Check(first, asked.Id, new(true, "SA-001", null)));
        await Says("number_format", await Check(first, asked.Id, new(true, "？", Soon)));
        await Says("join_decided", await second.PostAsync($"{Api}/{asked.Id}/accept", null, Stop));
        var step = await Read<JoinStepReply>(await Check(first, asked.Id, new(true, "SA-001", TimeProvider.System.Today())));
        Assert.Equal(("checked", null), (step.State, step.EnrolUrl));
        Assert.Matches("^[0-9]{6}$", step.InvitationCode);
        await Says("join_decided", await Check(second, asked.Id, new(true, "SA-002", Soon)));
        await Says("four_eyes", await first.PostAsync($"{Api}/{asked.Id}/accept", null, Stop));
        Assert.False(await IsMember(app));

        var done = await Read<JoinStepReply>(await second.PostAsync($"{Api}/{asked.Id}/accept", null, Stop));
        Assert.Equal(("member", null), (done.State, done.InvitationCode));
        Assert.True(await IsMember(app));
        await Says("join_decided", await second.PostAsync($"{Api}/{asked.Id}/accept", null, Stop));
        await desk.Enrol(Uri.UnescapeDataString(done.EnrolUrl!.Split("token=")[1]), step.InvitationCode);
        using var office = await desk.SignIn("office", "SA-001", Town.A);
        Assert.Equal(HttpStatusCode.OK, (await office.GetAsync("/office/staff", Stop)).StatusCode);
        Assert.Contains("会員になりました", await anybody.GetStringAsync($"/navi/joining/{asked.Id}", Stop), StringComparison.Ordinal);
        Assert.Equal(["membership.asked", "membership.checked", "membership.accepted"], await Logged(app, asked.Id));
        await Says("already_member", await anybody.PostAsJsonAsync("/api/v1/joining", Request(), Stop));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P15b_six_approvals_at_once_make_one_member_and_one_invitation(Engine engine)
    {
        await using var app = await Open(engine);
        var (_, first, second) = await Two(app);
        var id = await Apply(app);
        await Read<JoinStepReply>(await Check(first, id, new(true, "SA-001", Soon)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => second.PostAsync($"{Api}/{id}/accept", null, Stop)));

        Assert.NotNull((await Read<JoinStepReply>(Assert.Single(answers, a => a.IsSuccessStatusCode))).EnrolUrl);
        foreach (var late in answers.Where(a => !a.IsSuccessStatusCode)) await Says("join_decided", late);
        Assert.Equal(1, (await Logged(app, id)).Count(a => a == "membership.accepted"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P15b_a_no_has_a_reason_ends_the_invitation_and_the_way_is_free_again(Engine engine)
    {
        await using var app = await Open(engine);
        var (_, first, second) = await Two(app);
        var id = await Apply(app);
        await Read<JoinStepReply>(await Check(first, id, new(true, "SA-001", Soon)));
        using var anybody = app.Client();
        await Says("join_waiting", await anybody.PostAsJsonAsync("/api/v1/joining", Request(), Stop));

        await Says("field_required", await second.PostAsJsonAsync($"{Api}/{id}/reject", new JoinReason(" "), Stop));
        Assert.Equal("rejected", (await Read<JoinStepReply>(await second.PostAsJsonAsync($"{Api}/{id}/reject", new JoinReason("役所に心当たりがありませんでした"), Stop))).State);

        await Says("join_decided", await second.PostAsJsonAsync($"{Api}/{id}/reject", new JoinReason("もう一度"), Stop));
        Assert.Empty((await second.GetFromJsonAsync<WaitingChangeReply[]>("/api/v1/operator/staff/changes", Stop))!);
        Assert.Contains("役所に心当たりがありませんでした", await anybody.GetStringAsync($"/navi/joining/{id}", Stop), StringComparison.Ordinal);
        Assert.False(await IsMember(app));
        await Read<JoinStateReply>(await anybody.PostAsJsonAsync("/api/v1/joining", Request(), Stop));
        Assert.Equal(2, (await first.GetFromJsonAsync<JoinApplicationReply[]>(Api, Stop))!.Length);
    }

    [Theory]
    [InlineData("17009", "042-000-0000", "", "shops", 30, "number_format")]   // K-20
    [InlineData("360007", "042-000-0000", "", "shops", 30, "municipality_unknown")]
    [InlineData("どこか町", "042-000-0000", "", "shops", 30, "municipality_unknown")]
    [InlineData("小国町", "042-000-0000", "", "shops", 30, "ambiguous_name")]   // Y-D1
    [InlineData("141011", "042-000-0000", "", "shops", 30, "municipality_unknown")]   // a ward of a designated city
    [InlineData("", "042-000-0000", "", "shops", 30, "field_required")]
    [InlineData("132985", "でんわ", "", "shops", 30, "phone_format")]
    [InlineData("132985", "", "", "shops", 30, "field_required")]
    [InlineData("132985", "042-000-0000", "machi", "shops", 30, "mail_format")]
    [InlineData("132985", "042-000-0000", "", "", 30, "field_required")]
    [InlineData("132985", "042-000-0000", "", "lottery", 30, "field_unknown")]
    [InlineData("132985", "042-000-0000", "", "shops", -1, "out_of_period")]
    [InlineData("132985", "042-000-0000", "", "shops", 1200, "out_of_period")]
    [InlineData("141003", "042-000-0000", "", "shops", 30, "already_member")]
    public async Task S2_P15b_K_20_Y_D1_a_wrong_application_is_refused_on_the_page_as_over_the_api(string municipality, string phone, string mailbox, string wanted, int days, string code)
    {
        await using var app = await Open(Engine.Sqlite);
        using var anybody = app.Client();
        var request = new JoinRequest(Guid.CreateVersion7(), municipality, phone, mailbox, TimeProvider.System.Today().AddDays(days), wanted.Length == 0 ? [] : [wanted]);
        await Says(code, await anybody.PostAsJsonAsync("/api/v1/joining", request, Stop));
        var typed = await app.Submit(anybody, "/navi/joining", "/navi/joining", [("Id", $"{request.Id}"), ("Municipality", municipality), ("Phone", phone), ("Mailbox", mailbox), ("WishedOn", $"{request.WishedOn:yyyy-MM-dd}"),
            .. wanted.Length == 0 ? Array.Empty<(string, string)>() : [("Wanted", wanted)]]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, typed.StatusCode);
        Assert.Contains(RefusalText.For(code).What.Split('{')[0], WebUtility.HtmlDecode(await typed.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        await using var connection = await app.Database.Open(Stop);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'membership.asked'"));
    }

    [Fact]
    public async Task S2_P15b_a_single_operator_does_both_steps_and_the_pages_do_what_the_api_does()
    {
        await using var app = await Open(Engine.Sqlite);
        var desk = new StaffDesk(app);
        var only = await desk.Operator();
        using var anybody = app.Client();
        var id = Guid.CreateVersion7();
        var sent = await app.Submit(anybody, "/navi/joining", "/navi/joining", ("Id", $"{id}"), ("Municipality", "１３２９８"), ("Phone", "042-000-0000"), ("WishedOn", $"{Soon:yyyy-MM-dd}"), ("Wanted", "shops"), ("Wanted", "grants"));
        Assert.Equal($"/navi/joining/{id}", sent.Headers.Location?.ToString());
        Assert.Contains("受け付けました", await anybody.GetStringAsync($"/navi/joining/{id}", Stop), StringComparison.Ordinal);

        var page = $"/operator/joining/{id}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(only, page, $"{page}?handler=check", ("StaffNumber", "SA-001"), ("MemberOn", $"{Soon:yyyy-MM-dd}"))).StatusCode);
        var done = await app.Submit(only, page, $"{page}?handler=check", ("Called", "true"), ("StaffNumber", "SA-001"), ("MemberOn", $"{Soon:yyyy-MM-dd}"));
        var html = WebUtility.HtmlDecode(await done.Content.ReadAsStringAsync(Stop));
        Assert.Contains("会員になりました", html, StringComparison.Ordinal);
        await desk.Enrol(Uri.UnescapeDataString(Regex.Match(html, "token=([A-Za-z0-9_.%-]+)").Groups[1].Value));
        Assert.False(await IsMember(app));   // from a later day on
        Assert.Contains("A市", await only.GetStringAsync("/operator/joining", Stop), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P15b_V_D3_a_membership_ends_with_a_day_and_a_reason_by_two_operators(Engine engine)
    {
        await using var app = await Open(engine);
        var (_, first, second) = await Two(app);
        var (today, town) = (TimeProvider.System.Today(), MunicipalityCode.Of("141003"));
        const string End = "/api/v1/operator/municipalities/141003/membership/end";
        async Task<DateOnly?> Until() => (await app.Services.GetRequiredService<RegistryCache>().View()).Find(town)!.MemberUntil;
        var wanted = new WantedEnd(today.AddDays(10), "合併のため");
        await Says("field_required", await first.PostAsJsonAsync(End, wanted with { LastDay = null }, Stop));
        await Says("field_required", await first.PostAsJsonAsync(End, wanted with { Reason = " " }, Stop));
        await Says("out_of_period", await first.PostAsJsonAsync(End, wanted with { LastDay = today.AddDays(-1) }, Stop));
        await Says("out_of_period", await first.PostAsJsonAsync(End, wanted with { LastDay = today.AddYears(4) }, Stop));
        await Says("not_member", await first.PostAsJsonAsync("/api/v1/operator/municipalities/132985/membership/end", wanted, Stop));
        await Says("municipality_unknown", await first.PostAsJsonAsync("/api/v1/operator/municipalities/360007/membership/end", wanted, Stop));

        var asked = await Read<MembershipEndReply>(await first.PostAsJsonAsync(End, wanted, Stop));
        Assert.Equal((null, true), (asked.MemberUntil, asked.Proposal is not null));
        await Says("proposal_waits", await second.PostAsJsonAsync(End, wanted with { LastDay = today }, Stop));
        var open = Assert.Single((await second.GetFromJsonAsync<ProposalReply[]>("/api/v1/operator/proposals", Stop))!);
        Assert.Equal(("membership_end", "神奈川県横浜市の会員の終わり", "合併のため"), (open.Kind, open.Title, open.Lines[1].After));
        await Says("four_eyes", await first.PostAsJsonAsync($"/api/v1/operator/proposals/{open.Id}/approve", new ApprovalRequest(open.Hash), Stop));
        Assert.Null(await Until());
        await Read<ProposalApprovedReply>(await second.PostAsJsonAsync($"/api/v1/operator/proposals/{open.Id}/approve", new ApprovalRequest(open.Hash), Stop));

        Assert.Equal(today.AddDays(10), await Until());
        await using var connection = await app.Database.Open(Stop);
        Assert.Equal("合併のため", await connection.ExecuteScalarAsync<string>("select reason from log_operation where action = 'membership.ended'"));
    }

    [Fact]
    public async Task S2_P15b_a_single_operator_ends_a_membership_on_the_page_and_what_has_ended_does_not_end_again()
    {
        await using var app = await Open(Engine.Sqlite);
        var only = await new StaffDesk(app).Operator();
        const string Town = "/operator/municipalities/141003", Page = $"{Town}/membership";
        Assert.Contains("会員の終わりを決める", await only.GetStringAsync(Town, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("会員の終わりを決める", await only.GetStringAsync("/operator/municipalities/132985", Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(only, Page, Page, ("LastDay", "2017-01-01"), ("Reason", "合併"))).StatusCode);
        var today = TimeProvider.System.Today();
        var done = await app.Submit(only, Page, Page, ("LastDay", $"{today:yyyy-MM-dd}"), ("Reason", "合併のため"));
        Assert.Equal($"{Town}?saved=1", done.Headers.Location?.ToString());
        Assert.Contains($"{MyKey.App.Shared.Components.Words.Day(today)}まで", await only.GetStringAsync(Town, Stop), StringComparison.Ordinal);
        var later = new TestClock(TimeProvider.System.GetUtcNow().AddDays(2));
        using var registry = new RegistryCache(app.Database, later);
        var again = await new EndMembership(app.Services.GetRequiredService<MyKey.Kernel.OperationLog.OperationLog>(), registry, later).Check(MunicipalityCode.Of("141003"), new WantedEnd(later.Today().AddDays(1), "もう一度"));
        Assert.Equal("not_member", again.Refused?.Code);
    }

    [Fact]
    public async Task V_D3_an_office_decides_no_application()
    {
        await using var app = await Open(Engine.Sqlite);
        var office = await new StaffDesk(app).Officer("SA-001", Town.A, Role.StaffAdmin);
        var id = await Apply(app);
        await Says("login_required", await office.GetAsync(Api, Stop));
        await Says("login_required", await Check(office, id, new(true, "SA-002", Soon)));
        await Says("login_required", await office.PostAsync($"{Api}/{id}/accept", null, Stop));
        await Says("login_required", await office.PostAsJsonAsync("/api/v1/operator/municipalities/141003/membership/end", new WantedEnd(Soon, "合併"), Stop));
        await Says("not_found", await office.GetAsync($"/api/v1/joining/{Guid.CreateVersion7()}", Stop));
    }

    private static async Task<TestApp> Open(Engine engine)
    {
        var app = await TestApp.Start(engine: engine, settings: ["MyKey:Limits:AttemptsPerMinute=10000"]);
        await app.Services.GetRequiredService<ImportMunicipalities>().Run(System.Text.Encoding.UTF8.GetBytes(
            "code,prefecture,name,kind\n132985,東京都,A市,\n141003,神奈川県,横浜市,\n141011,神奈川県,横浜市鶴見区,区\n434248,熊本県,小国町,\n064017,山形県,小国町,\n"), Actor.Job("test"), Stop);
        await app.Services.GetRequiredService<ImportCouncil>().Run("code\n141003\n"u8.ToArray(), new DateOnly(2017, 8, 30), Actor.Job("test"), Stop);
        return app;
    }

    private static async Task<(StaffDesk Desk, HttpClient First, HttpClient Second)> Two(TestApp app)
    {
        var desk = new StaffDesk(app);
        var first = await desk.Operator();
        await desk.Invite("OP-002", null, Role.Operator);
        return (desk, first, await desk.SignIn("operator", "OP-002"));
    }

    private static JoinRequest Request() => new(Guid.CreateVersion7(), "132985", "042-000-0000", "machi@a-city.example", Soon, ["shops", "grants"]);

    private static async Task<Guid> Apply(TestApp app)
    {
        using var anybody = app.Client();
        return (await Read<JoinStateReply>(await anybody.PostAsJsonAsync("/api/v1/joining", Request(), Stop))).Id;
    }

    private static Task<HttpResponseMessage> Check(HttpClient by, Guid id, JoinCheckRequest request) => by.PostAsJsonAsync($"{Api}/{id}/check", request, Stop);

    private static async Task<bool> IsMember(TestApp app) => (await app.Services.GetRequiredService<RegistryCache>().View()).Find(Town.A)!.IsMemberOn(TimeProvider.System.Today());

    private static async Task<IReadOnlyList<string>> Logged(TestApp app, Guid id)
    {
        await using var connection = await app.Database.Open(Stop);
        return [.. await connection.QueryAsync<string>("select action from log_operation where subject = @id and action like 'membership.%' order by time_ms, id", new { id })];
    }

    private static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        return (await answer.Content.ReadFromJsonAsync<T>(Stop))!;
    }

    private static async Task Says(string code, HttpResponseMessage answer) => Assert.Contains($"\"{code}\"", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
}
