using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Cases;
using MyKey.App.Exchange;
using MyKey.App.Reserved;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Events;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Reserved;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Cases;

/// <summary>Goal: who does not recognise a line of a history tells its office with one press, has a number for it and gets an answer; and no point moves by it (S0-5011, S0-5013).</summary>
public class CasesTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5011_S0_5011b_S0_5012_a_line_has_one_case_however_often_it_is_pressed_and_nobody_has_more_than_a_few(Engine engine)
    {
        await using var town = await CaseTown.Open(engine);
        var receipt = town.Paid.Receipt.ToString();
        var id = Guid.CreateVersion7();
        var pressed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.Tell(receipt, "この日は、お店に行っていません。", id)).Concat(Enumerable.Range(0, 4).Select(_ => town.Tell(receipt))));
        Assert.Single(pressed, p => p.StatusCode == HttpStatusCode.Created);
        Assert.All(pressed, p => Assert.True(p.IsSuccessStatusCode));
        var replies = await Task.WhenAll(pressed.Select(Read<CaseReply>));
        var told = Assert.Single(replies.DistinctBy(r => r.Number));
        Assert.Equal(("open", "132985", "132985", receipt, "A市ポイント", "○○商店街 くらしの店", "out", 120L), (told.State, told.Desk, told.History, told.Receipt, told.Points, told.What, told.Way, told.Amount));
        Assert.True(CaseNumber.Read(told.Number).Ok);

        // From every line of the page there is a way to it; who pressed already is led to what became of it.
        var history = await town.Me.GetStringAsync("/my/history/132985");
        Assert.Equal(2, history.Split(">心当たりがない<").Length - 1);
        Assert.Contains($"/my/cases/new?history=132985&amp;receipt={receipt}", history, StringComparison.Ordinal);
        var again = await town.Me.GetAsync($"/my/cases/new?history=132985&receipt={receipt}");
        Assert.Equal((HttpStatusCode.SeeOther, $"/my/cases/{told.Number}"), (again.StatusCode, again.Headers.Location?.OriginalString));
        Assert.Contains("問い合わせ番号", await town.Me.GetStringAsync($"/my/cases/{told.Number}"), StringComparison.Ordinal);
        Assert.Equal("id_reused", await Code(await town.Tell((await town.Town.Use(town.Citizen, 1)).Receipt.ToString(), id: Guid.Parse(await IdOf(town, told.Number)))));

        var others = new List<string>();
        for (var i = 0; i < 8; i++) others.Add((await town.Town.Use(town.Citizen, 2 + i)).Receipt.ToString());
        var many = await Task.WhenAll(others.Select(o => town.Tell(o)));
        Assert.Equal(4, many.Count(m => m.StatusCode == HttpStatusCode.Created));
        Assert.All(many.Where(m => !m.IsSuccessStatusCode), m => Assert.Equal(HttpStatusCode.Conflict, m.StatusCode));
        Assert.Equal("case_limit", await Code(many.First(m => !m.IsSuccessStatusCode)));
        Assert.Equal("closed", (await Read<CaseReply>(await town.Me.PostAsync($"/api/v1/my/cases/{told.Number}/close", null))).State);
        Assert.Equal("closed", (await Read<CaseReply>(await town.Me.PostAsync($"/api/v1/my/cases/{told.Number}/close", null))).State);
        var anew = await Read<CaseReply>(await town.Tell(receipt));
        Assert.NotEqual(told.Number, anew.Number);
        Assert.Equal("case_limit", await Code(await town.Tell(others[Array.FindIndex(many, m => !m.IsSuccessStatusCode)])));
        Assert.Equal(6, (await town.Me.GetFromJsonAsync<CaseReply[]>("/api/v1/my/cases"))!.Length);

        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(5, await connection.ExecuteScalarAsync<long>("select unclosed from pts_case_count"));
        Assert.Equal(1_000 - 120 - 1 - 44, (await town.Town.Get<LedgerReading>().Holdings(town.Citizen, town.Town.Get<TimeProvider>().Today())).Sum(h => h.Usable.Value));
        Assert.Null((await town.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5011_its_office_answers_hands_on_and_closes_and_the_log_keeps_no_word_of_it(Engine engine)
    {
        await using var town = await CaseTown.Open(engine);
        var (number, answer) = ((await town.Told("行っていません")).Number, Guid.CreateVersion7());
        Assert.Equal(["cases"], (await town.Counter.GetFromJsonAsync<List<TodaysTask>>("/api/v1/office/today"))!.Select(t => t.Kind));
        Assert.Equal("case_unanswered", await Code(await town.Do(number, "close")));
        Assert.Equal("field_required", await Code(await town.Answer(number, " ")));
        Assert.Equal("too_large", await Code(await town.Answer(number, new string('あ', 301))));
        Assert.Equal("my_number_refused", await Code(await town.Answer(number, "123456789018")));
        var both = await Task.WhenAll(town.Answer(number, "お店にたしかめました。", answer), town.Answer(number, "お店にたしかめました。", answer));
        Assert.All(both, b => Assert.True(b.IsSuccessStatusCode));
        Assert.Equal("id_reused", await Code(await town.Answer(number, "別のことば", answer)));
        Assert.Equal([("132985", "お店にたしかめました。")], Assert.Single(await CaseTown.List(town.Me, "my")).Answers.Select(a => (a.Desk, a.Said)));
        Assert.Contains("返事が来ました", await town.Me.GetStringAsync("/my"), StringComparison.Ordinal);

        // Another office and other roles see nothing of it; the operators only what was handed on.
        using var other = await town.Desk.Officer("SD-002", Residents.B, Role.SupportDesk);
        using var admin = await town.Desk.Officer("TA-001", Residents.A, Role.TerminalAdmin);
        var platform = await town.Desk.Operator();
        foreach (var stranger in (HttpClient[])[other, platform])
            Assert.Equal("not_found", await Code(await town.Answer(number, "あ", by: stranger, shell: stranger == platform ? "operator" : "office")));
        Assert.Equal("role_forbidden", await Code(await admin.GetAsync("/api/v1/office/cases")));
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.GetAsync($"/office/cases/{number}")).StatusCode);
        Assert.Empty(await CaseTown.List(platform, "operator"));
        Assert.Null((await Read<CaseReply>(await town.Do(number, "pass-on"))).Desk);
        Assert.Null((await Read<CaseReply>(await town.Do(number, "pass-on"))).Desk);
        Assert.Equal("case_passed", await Code(await town.Answer(number, "もう一言")));
        Assert.Equal("case_passed", await Code(await town.Do(number, "close")));
        Assert.Equal("open", Assert.Single(await CaseTown.List(platform, "operator")).State);
        Assert.Single(await CaseTown.List(town.Counter, "office"));
        Assert.Contains("cases", (await platform.GetFromJsonAsync<List<TodaysTask>>("/api/v1/operator/today"))!.Select(t => t.Kind));
        await Read<CaseReply>(await town.Answer(number, "しらべました。", by: platform, shell: "operator"));
        Assert.Equal("closed", (await Read<CaseReply>(await town.Do(number, "close", platform, "operator"))).State);
        Assert.Equal("closed", (await Read<CaseReply>(await town.Do(number, "close", platform, "operator"))).State);
        Assert.Equal("case_closed", await Code(await town.Answer(number, "あとから", by: platform, shell: "operator")));
        Assert.Equal("not_found", await Code(await town.Me.PostAsync("/api/v1/my/cases/123456789/close", null)));
        Assert.Contains("しらべました。", await town.Me.GetStringAsync($"/my/cases/{number}"), StringComparison.Ordinal);

        await using var connection = await town.Town.App.Database.Open();
        var lines = (await connection.QueryAsync<(string Action, string? Before, string? After, string? Reason)>("select action, before, after, reason from log_operation where action like 'case.%' order by time_ms, id")).ToList();
        Assert.Equal([("case.opened", null, "132985", null), ("case.answered", null, null, null), ("case.passed_on", "132985", "operator", null), ("case.answered", null, null, null), ("case.closed", "answered", null, null)], lines);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select unclosed from pts_case_count"));
    }

    [Fact]
    public async Task S0_5011_each_refusal_on_the_pages_keeps_what_was_typed()
    {
        await using var town = await CaseTown.Open();
        var page = $"/my/cases/new?history=132985&receipt={town.Paid.Receipt}";
        (string, string)[] line = [("Id", $"{Guid.CreateVersion7()}"), ("history", "132985"), ("receipt", town.Paid.Receipt.ToString())];
        var long_ = await town.Send(town.Me, page, "/my/cases/new", [.. line, ("Said", new string('あ', 201))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, long_.Status);
        Assert.Contains("あああ", long_.Body, StringComparison.Ordinal);
        Assert.Contains("カード番号は入れないでください", (await town.Send(town.Me, page, "/my/cases/new", [.. line, ("Said", "4111111111111111")])).Body, StringComparison.Ordinal);
        foreach (var nothing in (string[])["history=132985&receipt=00-0000-0000-0", "history=134988&receipt=" + town.Paid.Receipt, "history=reserved&receipt=" + town.Paid.Receipt, "history=132985.00000000000070008000000000000021&receipt=" + town.Paid.Receipt, "history=x&receipt=y", ""])
            Assert.Equal(HttpStatusCode.NotFound, (await town.Me.GetAsync($"/my/cases/new?{nothing}")).StatusCode);
        Assert.Equal("transfer_unknown", await Code(await town.Tell("00-0000-0000-0")));
        var sent = await town.Send(town.Me, page, "/my/cases/new", [.. line, ("Said", "一行め\r\n二行め")]);
        Assert.Matches("^/my/cases/[0-9]{9}\\?sent=1$", sent.To);
        Assert.Contains("一行め 二行め", await town.Me.GetStringAsync(sent.To), StringComparison.Ordinal);
        var number = sent.To![10..19];

        var at = $"/office/cases/{number}";
        Assert.Contains("くらしの店", await town.Counter.GetStringAsync("/office/cases"), StringComparison.Ordinal);
        Assert.DoesNotContain(Residents.MyKeyId, await town.Counter.GetStringAsync(at), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await town.Send(town.Counter, at, at, ("Id", $"{Guid.CreateVersion7()}"), ("Said", ""))).Status);
        Assert.Contains("まだ返事をしていません", (await town.Send(town.Counter, at, $"{at}?handler=Close")).Body, StringComparison.Ordinal);
        Assert.Equal($"{at}?saved=answered", (await town.Send(town.Counter, at, at, ("Id", $"{Guid.CreateVersion7()}"), ("Said", "お店にたしかめました。"))).To);
        Assert.Equal($"{at}?saved=passed", (await town.Send(town.Counter, at, $"{at}?handler=PassOn")).To);
        Assert.Contains("もう運用に渡してあります", (await town.Send(town.Counter, "/office/cases/new", at, ("Id", $"{Guid.CreateVersion7()}"), ("Said", "あ"))).Body, StringComparison.Ordinal);
        Assert.Equal($"/my/cases/{number}", (await town.Send(town.Me, $"/my/cases/{number}", $"/my/cases/{number}")).To);
        Assert.Contains("終わりました", await town.Me.GetStringAsync("/my/cases"), StringComparison.Ordinal);
        var platform = await town.Desk.Operator();
        Assert.Contains("もう終わっています", (await town.Send(platform, "/operator/citizens", $"/operator/cases/{number}", ("Id", $"{Guid.CreateVersion7()}"), ("Said", "あ"))).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await town.Me.GetAsync("/my/cases/123456789")).StatusCode);
        using var somebody = town.Town.App.Client();
        Assert.Equal("login_required", await Code(await town.Tell("x", by: somebody)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5011_an_office_opens_the_same_case_for_somebody_without_telephone_and_sees_only_its_own_points(Engine engine)
    {
        await using var town = await CaseTown.Open(engine);
        await town.Town.Grant(town.Citizen, 77, 60, Residents.B);
        var (today, receipt) = (town.Town.Get<TimeProvider>().Today(), town.Paid.Receipt.ToString());
        Assert.Equal("id_format", await Code(await Lines(town, "MY12")));
        Assert.Equal("not_found", await Code(await Lines(town, "ZZ999999", receipt)));
        Assert.Equal("field_required", await Code(await Lines(town, Residents.MyKeyId)));
        Assert.Equal([120L, 1_000L], (await Read<CaseLineReply[]>(await Lines(town, Residents.MyKeyId, day: today))).Select(l => l.Amount));
        Assert.Equal([receipt], (await Read<CaseLineReply[]>(await Lines(town, Residents.MyKeyId, receipt))).Select(l => l.Receipt));
        Assert.Empty(await Read<CaseLineReply[]>(await Lines(town, Residents.MyKeyId, day: today.AddDays(-1))));
        using var other = await town.Desk.Officer("OF-002", Residents.B, Role.Officer);
        Assert.Equal([77L], (await Read<CaseLineReply[]>(await Lines(town, Residents.MyKeyId, day: today, by: other))).Select(l => l.Amount));
        var order = new DeskCaseRequest(Guid.CreateVersion7(), Residents.MyKeyId, "132985", receipt);
        Assert.Equal("transfer_unknown", await Code(await other.PostAsJsonAsync("/api/v1/office/cases", order)));

        var page = await town.Send(town.Counter, "/office/cases/new", "/office/cases/new", ("MyKeyId", Residents.MyKeyId), ("Day", $"{today:yyyy-MM-dd}"));
        Assert.Contains("くらしの店", page.Body, StringComparison.Ordinal);
        Assert.Contains("見つかりません", (await town.Send(town.Counter, "/office/cases/new", "/office/cases/new", ("MyKeyId", Residents.MyKeyId), ("Receipt", "00-0000-0000-0"))).Body, StringComparison.Ordinal);
        (string, string)[] form = [("Id", $"{order.Id}"), ("MyKeyId", Residents.MyKeyId), ("Receipt", receipt)];
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await town.Send(town.Counter, "/office/cases/new", "/office/cases/new?handler=Open", form)).Status);
        var made = await town.Send(town.Counter, "/office/cases/new", "/office/cases/new?handler=Open", [.. form, ("Line", $"132985 {receipt}")]);
        Assert.Matches("^/office/cases/[0-9]{9}\\?saved=opened$", made.To);
        var own = Assert.Single(await CaseTown.List(town.Me, "my"));
        Assert.Equal(("desk", made.To![14..23]), (own.OpenedBy, own.Number));
        Assert.Equal(own.Number, (await Read<CaseReply>(await town.Tell(receipt))).Number);
        Assert.Equal(HttpStatusCode.OK, (await town.Counter.PostAsJsonAsync("/api/v1/office/cases", order)).StatusCode);

        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(4, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'case.lines_shown' and citizen = @Citizen", new { town.Citizen }));
    }

    [Fact]
    public async Task S0_5011_T_S0_5013_reserved_points_are_the_base_municipality_s_or_the_operators_and_event_points_their_office_s()
    {
        await using var town = await CouponTown.Open();
        using var office = await town.Desk.Officer("OF-001", Residents.A, Role.Officer);
        await town.Bring(await town.Machine(), 500, "CARD0001XY", "CARD0002XY");
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await ReservedTests.Swap(me, "CARD0001XY");
        var came = (await me.GetFromJsonAsync<ReservedHistoryReply>("/api/v1/my/reserved/history"))!.Entries[0].Receipt;
        var nobodys = await Read<CaseReply>(await Tell(me, "reserved", came));
        Assert.Equal((null, "留保ポイント", "あおばカードからの交換", "in", 500L), (nobodys.Desk, nobodys.Points, nobodys.What, nobodys.Way, nobodys.Amount));
        Assert.Equal(nobodys.Number, Assert.Single(await CaseTown.List(town.Operator, "operator")).Number);
        Assert.Contains($"/my/cases/new?history=reserved&amp;receipt={came}", await me.GetStringAsync("/my/reserved/history"), StringComparison.Ordinal);
        Assert.Contains(nobodys.Number[..3], await town.Operator.GetStringAsync("/operator/cases"), StringComparison.Ordinal);
        Assert.Contains("会社の答え", await town.Operator.GetStringAsync($"/operator/cases/{nobodys.Number}"), StringComparison.Ordinal);

        var festival = Guid.CreateVersion7();
        await EventTests.Published(office, festival, town.Today.AddDays(10), "keep", town.Town.Shop);
        await Read<MovedReply>(await me.PostAsJsonAsync("/api/v1/my/moves", new MoveRequest(Guid.CreateVersion7(), Destination.Later, Residents.A.Value, 300, festival)));
        var moved = (await me.GetFromJsonAsync<MyKey.App.Events.EventHistoryReply>($"/api/v1/my/events/{festival}/history"))!.Entries[0].Receipt;
        Assert.Contains($"/my/cases/new?history=132985.{festival:N}&amp;receipt={moved}", await me.GetStringAsync($"/my/events/{festival}"), StringComparison.Ordinal);
        Assert.Contains($"/my/cases/new?history=132985.{festival:N}&amp;receipt={moved}", await me.GetStringAsync($"/my/events/{festival}/{moved}"), StringComparison.Ordinal);
        var events = await Read<CaseReply>(await Tell(me, $"132985.{festival:N}", moved));
        // The same transfer is a line of another history, too, and another office's matter there.
        var reserved = await Read<CaseReply>(await Tell(me, "reserved", moved));
        Assert.Equal(("132985", "in", null, "out"), (events.Desk, events.Way, reserved.Desk, reserved.Way));
        Assert.Equal([events.Number], (await CaseTown.List(office, "office")).Select(c => c.Number));
    }

    private static Task<HttpResponseMessage> Tell(HttpClient me, string history, string receipt) => me.PostAsJsonAsync("/api/v1/my/cases", new CaseRequest(Guid.CreateVersion7(), history, receipt));

    private static Task<HttpResponseMessage> Lines(CaseTown town, string id, string? receipt = null, DateOnly? day = null, HttpClient? by = null) =>
        (by ?? town.Counter).PostAsJsonAsync("/api/v1/office/cases/lines", new CaseLinesRequest(id, receipt, day));

    private static async Task<string> IdOf(CaseTown town, string number)
    {
        await using var connection = await town.Town.App.Database.Open();
        return (await connection.QuerySingleAsync<Guid>("select id from pts_case where case_no = @number", new { number })).ToString();
    }
}
