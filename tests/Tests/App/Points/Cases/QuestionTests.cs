using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Cases;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Cases;

/// <summary>Goal: who has a question that belongs to no line asks the desk that has to do with him, has a number for it and reads the answer; nobody else reads it (S0-1022d).</summary>
public sealed class QuestionTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022d_a_question_goes_to_its_desk_once_and_its_answer_comes_back(Engine engine)
    {
        await using var town = await CaseTown.Open(engine);
        await town.Town.Grant(town.Citizen, 10, 60, Residents.B);
        using var elsewhere = await town.Desk.Officer("TB-001", Residents.B, Role.Officer);
        using var platform = await town.Desk.Operator();
        Assert.Equal(["132985", "134988"], (await town.Me.GetFromJsonAsync<QuestionDeskReply[]>("/api/v1/my/cases/desks"))!.Select(d => d.Municipality));

        var id = Guid.CreateVersion7();
        var pressed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ask("132985", "misuse", "パスワードを見られました。", id)));
        Assert.Single(pressed, p => p.StatusCode == HttpStatusCode.Created);
        var asked = Assert.Single((await Task.WhenAll(pressed.Select(Read<CaseReply>))).DistinctBy(r => r.Number));
        Assert.Equal(("open", "132985", "misuse", "パスワードを見られました。", null, null), (asked.State, asked.Desk, asked.Topic, asked.Said, asked.History, asked.Amount));
        Assert.Equal("id_reused", await Code(await Ask("132985", "misuse", "ほかのことです。", id)));
        Assert.Equal("id_reused", await Code(await Ask(null, "misuse", "パスワードを見られました。", id)));

        Assert.Equal("municipality_unknown", await Code(await Ask("134996", "points", "C村には、ポイントがありません。")));
        Assert.Equal("field_required", await Code(await Ask("132985", null, "なにについてか、書きません。")));
        Assert.Equal("field_unknown", await Code(await Ask("132985", "weather", "あしたの天気は。")));
        Assert.Equal("field_required", await Code(await Ask("132985", "points", " ")));
        Assert.Equal("too_large", await Code(await Ask("132985", "points", new string('あ', AskDesk.LongestQuestion + 1))));
        Assert.Equal("my_number_refused", await Code(await Ask("132985", "points", "番号は123456789018です")));

        // Only its desk reads it, answers it, hands it on and closes it.
        var operators = await Read<CaseReply>(await Ask(null, "site", "字を大きくしたいです。"));
        Assert.Equal([asked.Number], (await CaseTown.List(town.Counter, "office")).Select(c => c.Number));
        Assert.Empty(await CaseTown.List(elsewhere, "office"));
        Assert.Equal([operators.Number], (await CaseTown.List(platform, "operator")).Select(c => c.Number));
        Assert.Equal("not_found", await Code(await town.Answer(operators.Number, "こちらです。")));
        Assert.Equal("not_found", await Code(await town.Answer(asked.Number, "こちらです。", by: platform, shell: "operator")));
        await Read<CaseReply>(await town.Answer(asked.Number, "パスワードを変えてください。"));
        var mine = (await town.Me.GetFromJsonAsync<CaseReply[]>("/api/v1/my/cases"))!.Single(c => c.Number == asked.Number);
        Assert.Equal(("answered", "パスワードを変えてください。"), (mine.State, Assert.Single(mine.Answers).Said));
        Assert.Null((await Read<CaseReply>(await town.Do(asked.Number, "pass-on"))).Desk);
        Assert.Equal(asked.Number, (await Read<CaseReply>(await Ask("132985", "misuse", "パスワードを見られました。", id))).Number);   // the same press, after it was handed on
        await Read<CaseReply>(await town.Answer(asked.Number, "しらべました。", by: platform, shell: "operator"));
        Assert.Equal("closed", (await Read<CaseReply>(await town.Do(asked.Number, "close", platform, "operator"))).State);

        // Lines and questions together are no more than a few at once.
        await town.Told();
        for (var i = 0; i < 3; i++) await Read<CaseReply>(await Ask("134988", "other", $"質問{i}"));
        Assert.Equal("case_limit", await Code(await Ask("134988", "other", "6つめです。")));
        await Read<CaseReply>(await town.Me.PostAsync($"/api/v1/my/cases/{operators.Number}/close", null));
        await Read<CaseReply>(await Ask("134988", "other", "6つめです。"));

        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal([("132985", town.Citizen), ("operator", town.Citizen)],
            (await connection.QueryAsync<(string, MyKey.Kernel.CitizenId)>("select after, citizen from log_operation where action = 'case.asked' and after <> '134988' order by after")).AsList());
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where coalesce(before, '') || coalesce(after, '') like '%パスワード%'"));

        Task<HttpResponseMessage> Ask(string? desk, string? topic, string said, Guid? with = null) => town.Me.PostAsJsonAsync("/api/v1/my/cases/questions", new WantedQuestion(with ?? Guid.CreateVersion7(), desk, topic, said));
    }

    [Fact]
    public async Task S0_1022d_from_the_help_to_the_answer_and_nothing_to_fill_in_for_whoever_is_not_logged_in()
    {
        await using var town = await CaseTown.Open();
        using var platform = await town.Desk.Operator();
        using var visitor = town.Town.App.Client();
        var help = await visitor.GetStringAsync("/support");
        Assert.Contains("0120-95-0178", help, StringComparison.Ordinal);
        Assert.Contains("href=\"/my/cases/ask\"", help, StringComparison.Ordinal);
        Assert.Contains("href=\"/my/cases/ask\"", await visitor.GetStringAsync("/faq"), StringComparison.Ordinal);
        Assert.Contains("href=\"/support\"", await visitor.GetStringAsync("/faq"), StringComparison.Ordinal);
        Assert.DoesNotContain("<textarea", help, StringComparison.Ordinal);
        var away = await visitor.GetAsync("/my/cases/ask");
        Assert.Equal((HttpStatusCode.SeeOther, $"{CitizenShell.LoginPath}?back=%2Fmy%2Fcases%2Fask"), (away.StatusCode, away.Headers.Location?.OriginalString));
        Assert.Equal("login_required", await Code(await visitor.PostAsJsonAsync("/api/v1/my/cases/questions", new WantedQuestion(Guid.CreateVersion7(), null, "site", "ログインできません。"))));

        var form = await town.Me.GetStringAsync("/my/cases/ask");
        Assert.Contains("value=\"132985\"", form, StringComparison.Ordinal);
        Assert.Contains("A市の役所", form, StringComparison.Ordinal);
        Assert.Contains("マイキーの運用", form, StringComparison.Ordinal);
        Assert.DoesNotContain("C村", form, StringComparison.Ordinal);
        foreach (var (desk, topic, said, why) in ((string, string, string, string)[])[("", "points", "いつまでですか。", "Desk-e"), ("132985", "", "いつまでですか。", "Topic-e"), ("132985", "points", "", "Said-e"), ("134996", "points", "いつまでですか。", "Desk-e")])
        {
            var wrong = await town.Send(town.Me, "/my/cases/ask", "/my/cases/ask", ("Id", Guid.CreateVersion7().ToString()), ("Desk", desk), ("Topic", topic), ("Said", said));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
            Assert.Contains($"id=\"{why}\"", wrong.Body, StringComparison.Ordinal);
        }
        var (status, _, to) = await town.Send(town.Me, "/my/cases/ask", "/my/cases/ask", ("Id", Guid.CreateVersion7().ToString()), ("Desk", "platform"), ("Topic", "login"), ("Said", "スマートフォンで、\r\nログインできますか。"));
        Assert.Equal(HttpStatusCode.SeeOther, status);
        var sent = await town.Me.GetStringAsync(to);
        Assert.Contains("マイキーの運用に質問を送りました", sent, StringComparison.Ordinal);
        Assert.Contains("スマートフォンで、 ログインできますか。", sent, StringComparison.Ordinal);
        Assert.Contains("質問（カードとログインのこと）", await town.Me.GetStringAsync("/my/cases"), StringComparison.Ordinal);

        var number = to!["/my/cases/".Length..^"?sent=1".Length];
        Assert.Contains("質問（カードとログインのこと）", await platform.GetStringAsync("/operator/cases"), StringComparison.Ordinal);
        var atDesk = await platform.GetStringAsync($"/operator/cases/{number}");
        Assert.Contains("スマートフォンで、 ログインできますか。", atDesk, StringComparison.Ordinal);
        Assert.DoesNotContain("ポイントを戻すとき", atDesk, StringComparison.Ordinal);
        Assert.DoesNotContain("MY123456", atDesk, StringComparison.Ordinal);
        await Read<CaseReply>(await town.Answer(number, "できます。", by: platform, shell: "operator"));
        Assert.Contains("質問に、返事が来ました", await town.Me.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.Contains("できます。", await town.Me.GetStringAsync($"/my/cases/{number}"), StringComparison.Ordinal);
    }
}
