using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.MyPage;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.MyPage;

/// <summary>Goal: citizens see what is theirs, all of it, and nothing of anybody else.</summary>
public class MyPageTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7a_balances_and_what_lapses_next(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        await town.Grant(me, 800, 100);
        await town.Grant(me, 2000, 300);
        await town.Grant(me, 1740, 40, Residents.C);
        using var client = await town.LoggedIn();

        var page = await client.GetStringAsync("/my");

        Assert.Contains("2,800", page, StringComparison.Ordinal);
        Assert.Contains("1,740", page, StringComparison.Ordinal);
        Assert.DoesNotContain("4,540", page, StringComparison.Ordinal);
        Assert.Equal(new[] { "あと40日", "あと100日", "あと300日" }, Regex.Matches(page, "あと[0-9]+日").Select(m => m.Value));
        Assert.Contains("A市ポイントの記録", page, StringComparison.Ordinal);
        Assert.DoesNotContain("B町ポイント", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_19_the_id_is_masked_until_asked_for()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();

        var page = await client.GetStringAsync("/my");

        Assert.Contains("M＊＊＊＊＊56", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Residents.MyKeyId, page, StringComparison.Ordinal);
        Assert.Contains(Residents.MyKeyId, await client.GetStringAsync("/my?id=show"), StringComparison.Ordinal);
        Assert.Contains("ポイントは、まだありません", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S4_20_the_brand_stands_beside_the_name()
    {
        await using var town = await Residents.Start();
        var me = await town.Resident();
        await town.Grant(me, 100, 30);
        await town.Get<ChangeMunicipality>().Run(new(Residents.A, "みどりポイント", IssuerKind.Public, null, 24, MunicipalityState.Live, Actor.Job("test")));
        using var client = await town.LoggedIn();

        Assert.Contains("A市 <span class=\"small soft\">みどりポイント</span>", await client.GetStringAsync("/my"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_six_expiries_wait_behind_a_link()
    {
        await using var town = await Residents.Start();
        var me = await town.Resident();
        for (var i = 1; i <= 8; i++) await town.Grant(me, 10, i * 10);
        using var client = await town.LoggedIn();

        Assert.Equal(6, Regex.Count(await client.GetStringAsync("/my"), "class=\"left\""));
        Assert.Equal(8, Regex.Count(await client.GetStringAsync("/my?expiries=all"), "class=\"left\""));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5012_S0_4028b_S0_1015_the_passbook_says_when_where_and_how_many(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        await town.Grant(me, 2800, 300);
        var use = await town.Use(me, 300);
        var cancel = await town.Cancel(use);
        using var client = await town.LoggedIn();

        var page = await client.GetStringAsync("/my/history/132985");

        Assert.Contains("健康ウォーク", page, StringComparison.Ordinal);
        Assert.Contains("取り消し ○○商店街 くらしの店", page, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page, "取り消しずみ"));
        Assert.Contains("－300", page, StringComparison.Ordinal);
        Assert.Contains("＋300", page, StringComparison.Ordinal);
        Assert.Contains(use.Receipt.ToString(), page, StringComparison.Ordinal);
        Assert.Equal(new[] { "2,800", "2,500", "2,800" }, Regex.Matches(page, "rest\" data-label=\"残り\">([0-9,]+)").Select(m => m.Groups[1].Value));
        Assert.Contains($"/my/history/132985/{cancel.Receipt}", page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Older_lines_are_one_link_away(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        for (var i = 0; i < Passbook.LinesPerLeaf + 3; i++) await town.Grant(me, 1 + i, 300);
        using var client = await town.LoggedIn();
        var first = await client.GetStringAsync("/my/history/132985");

        var second = await client.GetStringAsync(Regex.Match(first, "href=\"(/my/history/132985\\?before=[^\"]+)\"").Groups[1].Value);

        Assert.Equal(Passbook.LinesPerLeaf, Regex.Count(first, "class=\"plus\""));
        Assert.Equal(new[] { "＋3", "＋2", "＋1" }, Regex.Matches(second, "class=\"plus\">([^<]+)<").Select(m => m.Groups[1].Value));
        Assert.DoesNotContain("?before=", second, StringComparison.Ordinal);
        Assert.Equal(Passbook.LinesPerLeaf + 3, Regex.Count(await client.GetStringAsync("/my/history/132985?all=true"), "class=\"plus\""));
        var file = await client.GetAsync("/my/history/132985?handler=file");
        Assert.Equal(("text/csv", "history-132985.csv"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
        var rows = Encoding.UTF8.GetString(await file.Content.ReadAsByteArrayAsync()).Split("\r\n");
        Assert.Equal(Passbook.LinesPerLeaf + 3 + 2, rows.Length);
        Assert.StartsWith("\ufeff日時,できごと,ふえた,へった,残り,受付番号,取り消し", rows[0], StringComparison.Ordinal);
        Assert.Matches(",健康ウォーク,23,,276,[^,]+,,$", rows[1]);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_07_which_points_they_were_is_shown_where_the_municipality_shows_it(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        await town.Grant(me, 300, 20);
        await town.Grant(me, 500, 200);
        var use = await town.Use(me, 400);
        using var client = await town.LoggedIn();
        var entry = $"/my/history/132985/{use.Receipt}";
        Assert.DoesNotContain("までの分", await client.GetStringAsync("/my/history/132985"), StringComparison.Ordinal);
        Assert.DoesNotContain("内訳", await client.GetStringAsync(entry), StringComparison.Ordinal);
        Assert.Null((await client.GetFromJsonAsync<MyHistory>("/api/v1/my/history?issuer=132985"))!.Entries[0].Lots);

        await town.Get<SetSetting>().Run(new("history.show_lots", SettingPlace.Of(Residents.A), "on", Actor.Job("test")));

        var today = town.Get<TimeProvider>().Today();
        var words = $"{Words.Day(today.AddDays(20))}までの分 300、{Words.Day(today.AddDays(200))}までの分 100";
        Assert.Contains(words, await client.GetStringAsync("/my/history/132985"), StringComparison.Ordinal);
        Assert.Contains(words, await client.GetStringAsync(entry), StringComparison.Ordinal);
        Assert.Contains(words, await client.GetStringAsync("/my/history/132985?handler=file"), StringComparison.Ordinal);
        Assert.Equal([new LotPart(today, today.AddDays(20), -300), new LotPart(today, today.AddDays(200), -100)], (await client.GetFromJsonAsync<MyHistory>("/api/v1/my/history?issuer=132985"))!.Entries[0].Lots!);
    }

    [Fact]
    public async Task Who_is_new_sees_three_steps_until_the_third_is_done()
    {
        await using var town = await Residents.Start();
        var me = await town.Resident();
        using var client = await town.LoggedIn();
        var page = await client.GetStringAsync("/my");
        Assert.Contains("はじめに、3つ", page, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page, "済みました"));
        Assert.Contains("自治体を選ぶ", page, StringComparison.Ordinal);
        await town.Grant(me, 300, 20);
        Assert.Equal(2, Regex.Count(await client.GetStringAsync("/my"), "済みました"));
        await town.Resident("BOTH1234", 3, Residents.A);
        using var other = await town.LoggedIn("BOTH1234");
        Assert.Equal(2, Regex.Count(await other.GetStringAsync("/my"), "済みました"));
        await town.Grant((await town.Get<FindCitizen>().ById(MyKeyId.Read("BOTH1234").Value))!.Id, 300, 20);
        Assert.DoesNotContain("はじめに、3つ", await other.GetStringAsync("/my"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5012_somebody_elses_line_is_as_if_it_did_not_exist(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        await town.Grant(me, 500, 300);
        var use = await town.Use(me, 100);
        await town.Resident("OTHER777", 2);
        using var mine = await town.LoggedIn();
        using var other = await town.LoggedIn("OTHER777");
        var path = $"/my/history/132985/{use.Receipt}";

        var entry = await mine.GetStringAsync(path);
        var refused = await other.GetAsync(path);

        Assert.Contains("おかしいと思ったら", entry, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains("transfer_unknown", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await mine.GetAsync($"/my/history/134988/{use.Receipt}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await mine.GetAsync("/my/history/132985/nonsense")).StatusCode);
        Assert.DoesNotContain("くらしの店", await other.GetStringAsync($"/my/history/132985?before={use.Id.Value}"), StringComparison.Ordinal);
    }

    [Theory, InlineData("/my/history/999999"), InlineData("/my/history/abc"), InlineData("/my/history/132985?before=abc")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_a_number_for_the_shop_for_five_minutes(Engine engine)
    {
        var clock = new TestClock();
        await using var town = await Residents.Start(engine, b => b.Services.AddSingleton<TimeProvider>(clock));
        await town.Resident(home: Residents.A);
        using var client = await town.LoggedIn();

        var answer = await town.Send(client, "/my/code", ("Town", "132985"));

        Assert.Equal("/my/code", answer.Headers.Location!.ToString());
        var shown = Number(await client.GetStringAsync("/my/code"));
        Assert.Matches("^[0-9]{6}$", shown);
        Assert.Equal(shown, Number(await client.GetStringAsync("/my/code")));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("", Number(await client.GetStringAsync("/my/code")));
    }

    [Fact]
    public async Task A_number_is_not_shown_to_the_next_person_at_the_browser()
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        await town.Resident("OTHER777", 2, Residents.A);
        using var client = await town.LoggedIn();
        await town.Send(client, "/my/code", ("Town", "132985"));
        Assert.NotEqual("", Number(await client.GetStringAsync("/my/code")));

        await town.Send(client, "/my/login", ("MyKeyId", "OTHER777"), ("Password", Residents.Password));

        Assert.Equal("", Number(await client.GetStringAsync("/my/code")));
    }

    [Fact]
    public async Task S0_4048b_base_account_required_leads_to_the_settings()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();

        var refused = await client.GetAsync("/my/code");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("base_account_required", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/my/settings#base\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/my/settings#base\"", await client.GetStringAsync("/my"), StringComparison.Ordinal);
    }

    [Theory, InlineData("", "field_required"), InlineData("999999", "municipality_unknown"), InlineData("011002", "municipality_unknown")]
    public async Task A_town_that_does_not_issue_cannot_be_chosen(string code, string refusal)
    {
        await using var town = await Residents.Start();
        await town.Resident(home: Residents.A);
        using var client = await town.LoggedIn();

        foreach (var path in (string[])["/my/code", "/my/settings?handler=base"])
        {
            var answer = await town.Send(client, path, ("Town", code));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(RefusalText.For(refusal).What, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4048b_S0_4031_the_base_municipality_is_chosen_and_older_points_stay(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        await town.Grant(me, 1234, 300);
        using var client = await town.LoggedIn();

        var answer = await town.Send(client, "/my/settings?handler=base", ("Town", "134988"));

        Assert.Equal("/my/settings?saved=base", answer.Headers.Location!.ToString());
        Assert.Equal(Residents.B, (await town.Get<FindCitizen>().Get(me))!.BaseMunicipality);
        var home = await client.GetStringAsync("/my");
        Assert.DoesNotContain("自治体を選ぶ", home, StringComparison.Ordinal);
        Assert.Contains("1,234", home, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not-the-old-one", "ao-i-yama-no-mukou", "いまのパスワードがちがいます"), InlineData(Residents.Password, "password123", "このパスワードは使えません"), InlineData(Residents.Password, "", "このパスワードは使えません")]
    public async Task S0_5005b_password_weak_or_old_one_wrong(string old, string chosen, string words)
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();

        var answer = await town.Send(client, "/my/settings?handler=password", ("OldPassword", old), ("NewPassword", chosen));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var again = await town.LoggedIn();
    }

    [Fact]
    public async Task S0_5005b_a_new_password_ends_the_other_sessions()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var client = await town.LoggedIn();
        using var elsewhere = await town.LoggedIn();

        var answer = await town.Send(client, "/my/settings?handler=password", ("OldPassword", Residents.Password), ("NewPassword", "ao-i-yama-no-mukou"));

        Assert.Equal("/my/settings?saved=password", answer.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/my")).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await elsewhere.GetAsync("/my")).StatusCode);
    }

    [Fact]
    public async Task K_02_tap_is_switched_off_by_its_owner()
    {
        await using var town = await Residents.Start();
        var me = await town.Resident();
        using var client = await town.LoggedIn();
        Assert.DoesNotContain("かざすだけ", await client.GetStringAsync("/my/settings"), StringComparison.Ordinal);

        await town.Send(client, "/my/settings?handler=tap", ("Tap", "off"));

        Assert.True((await town.Get<FindCitizen>().Get(me))!.TapOff);
        Assert.Contains("かざすだけの支払いを使う", await client.GetStringAsync("/my/settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_5005b_a_card_session_is_not_asked_for_the_old_password()
    {
        await using var town = await Residents.Start();
        var (token, _) = await town.CardSession();
        using var client = town.App.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-citizen={token}");

        Assert.DoesNotContain("いまのパスワード", await client.GetStringAsync("/my/settings"), StringComparison.Ordinal);
    }

    private static string Number(string page) => Regex.Match(page, "<strong class=\"code num\">([0-9]+)</strong>").Groups[1].Value;
}
