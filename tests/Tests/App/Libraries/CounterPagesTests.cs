using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MyKey.App.Libraries;
using MyKey.App.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Libraries;

/// <summary>Goal: at a library the card is held and its number stands there, for some seconds; what has no number says how to get one (S2-P9b, S2-P9c).</summary>
public class CounterPagesTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9b_S0_3002b_first_the_link_in_three_screens_and_then_the_number_by_the_card_alone(Engine engine)
    {
        await using var house = await CardTown.Start(engine);
        using var counter = await Counter.Open(house);
        using var card = house.Authority.Issue();
        await house.Resident(card, "CC22CC22");

        Assert.Equal("/terminal/library/number", await counter.Hold(card));
        Assert.Contains("まだ登録がありません", await counter.Page("/terminal/library/number"), StringComparison.Ordinal);
        Assert.Contains("name=\"Number\"", await counter.Page("/terminal/library/link"), StringComparison.Ordinal);
        var id = Guid.CreateVersion7();
        Assert.Contains("番号の形がちがいます", await counter.Sent(("Id", $"{id}"), ("Number", "12")), StringComparison.Ordinal);
        Assert.Contains("この番号を登録しますか", await counter.Sent(("Id", $"{id}"), ("Number", "789 145")), StringComparison.Ordinal);
        Assert.Contains("登録しました", await counter.Sent(("Id", $"{id}"), ("Number", "789145"), ("go", "true")), StringComparison.Ordinal);

        Assert.Equal("/terminal/library/number", await counter.Hold(card));
        using var shown = await counter.Browser.Client.GetAsync("/terminal/library/number");
        var html = WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync());
        Assert.Contains(">789145<", html, StringComparison.Ordinal);
        Assert.DoesNotContain("CC22", html, StringComparison.Ordinal);
        // 5 seconds of its own and 25 of the agent, which waits for the next card: 30 in all.
        Assert.StartsWith("5; url=http://127.0.0.1:5070/tap?", shown.Headers.GetValues("Refresh").Single(), StringComparison.Ordinal);
        Assert.Equal("no-store", shown.Headers.CacheControl!.ToString());
        // Another number of the same place is refused, and which rule that is stands on the page (S0-3006).
        Assert.Contains(RefusalText.For("link_exists").What, await counter.Sent(("Id", $"{Guid.CreateVersion7()}"), ("Number", "789146"), ("go", "true")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P9e_S0_3002a_cards_that_give_no_number_are_told_apart()
    {
        await using var house = await CardTown.Start();
        using var counter = await Counter.Open(house);
        using SandboxCard stranger = house.Authority.Issue(), stopped = house.Authority.Issue(), gone = house.Authority.Issue();
        var citizen = await house.Resident(stopped, "CC22CC22");
        await house.Resident(gone, "DD33DD33");
        await house.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_citizen set state = 2 where id = @citizen", new { citizen }, tx.Handle));
        foreach (var (card, code, words) in new[] { (stranger, "mykey_missing", "マイキーIDがまだありません"), (stopped, "id_suspended", "止めてあります") })
        {
            var led = await counter.Hold(card);
            Assert.Equal($"/terminal?card={code}", led);
            Assert.Equal($"/terminal/library?card={code}", await counter.Led(led));
            using var told = await counter.Browser.Client.GetAsync($"/terminal/library?card={code}");
            Assert.Contains(words, WebUtility.HtmlDecode(await told.Content.ReadAsStringAsync()), StringComparison.Ordinal);
            Assert.Equal("30; url=/terminal/library", told.Headers.GetValues("Refresh").Single());
        }
        house.Authority.Revoke(gone.Authority, gone.Serial, System.Security.Cryptography.X509Certificates.X509RevocationReason.KeyCompromise);
        await house.LoadLists();
        Assert.Contains("cert_revoked", (await Assert.ThrowsAsync<HttpRequestException>(() => counter.Hold(gone))).Message, StringComparison.Ordinal);
        // No card within the agent's patience: it waits again. A number that nobody asked for stands nowhere.
        Assert.Equal("/terminal/library?card=none", await counter.Led("/terminal?card=none"));
        Assert.Equal("/terminal/library", await counter.Led("/terminal/library/number"));
        Assert.Equal(HttpStatusCode.Gone, (await counter.Browser.Client.GetAsync("/terminal/library/link")).StatusCode);
    }

    [Fact]
    public async Task S2_P9b_a_number_is_gone_from_the_screen_after_thirty_seconds_and_another_device_never_shows_it()
    {
        await using var house = await CardTown.Start();
        using var counter = await Counter.Open(house);
        using var card = house.Authority.Issue();
        await house.Resident(card, "CC22CC22");
        await counter.Hold(card);
        await house.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_citizen_token set expires_ms = expires_ms - 31000", transaction: tx.Handle));
        Assert.Equal("/terminal/library", await counter.Led("/terminal/library/number"));
        // Staff have longer for a link.
        Assert.Contains("name=\"Number\"", await counter.Page("/terminal/library/link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_5014a_the_counter_sets_the_notice_and_ends_the_link_while_the_card_is_there()
    {
        await using var house = await CardTown.Start();
        using var counter = await Counter.Open(house);
        using var card = house.Authority.Issue();
        await house.Resident(card, "CC22CC22");
        await counter.Hold(card);
        await counter.Sent(("Id", $"{Guid.CreateVersion7()}"), ("Number", "789145"), ("go", "true"));
        await counter.Hold(card);
        const string Card = "/terminal/library/card";
        Assert.Contains("利用しない</strong>", await counter.Page(Card), StringComparison.Ordinal);
        Assert.Equal($"{Card}?saved=1", (await house.App.Submit(counter.Browser.Client, Card, $"{Card}?handler=Notice", ("on", "true"))).Headers.Location!.OriginalString);
        Assert.Contains("利用する</strong>", await counter.Page(Card), StringComparison.Ordinal);
        Assert.Contains("登録を外しました", WebUtility.HtmlDecode(await (await house.App.Submit(counter.Browser.Client, Card, $"{Card}?handler=End", ("Id", $"{Guid.CreateVersion7()}"))).Content.ReadAsStringAsync()), StringComparison.Ordinal);
        await counter.Hold(card);
        Assert.Contains("まだ登録がありません", await counter.Page("/terminal/library/number"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P9c_K_13_a_machine_takes_a_tap_a_signature_or_a_code_and_clears_after_fifteen_seconds()
    {
        await using var house = await CardTown.Start();
        using var counter = await Counter.Open(house);
        using var machine = await Counter.Open(house, "self_lending", counter.Desk);
        using var card = house.Authority.Issue();
        await house.Resident(card, "CC22CC22");
        await counter.Hold(card);
        await counter.Sent(("Id", $"{Guid.CreateVersion7()}"), ("Number", "789145"), ("go", "true"));

        Assert.Equal("/terminal/lending", await machine.Led("/terminal"));
        Assert.Equal("/terminal/lending", await machine.Led("/terminal/library"));
        Assert.Equal(HttpStatusCode.Forbidden, (await machine.Browser.Client.GetAsync("/terminal/library/link")).StatusCode);
        Assert.Equal("/terminal/lending/number", await machine.Hold(card));
        using var shown = await machine.Browser.Client.GetAsync("/terminal/lending/number");
        Assert.Equal("15; url=/terminal/lending", shown.Headers.GetValues("Refresh").Single());
        Assert.Contains(">789145<", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await Way(house, "pin");
        using var asking = await machine.Browser.Client.GetAsync("/terminal/lending");
        Assert.Equal("80; url=/terminal/lending", asking.Headers.GetValues("Refresh").Single());
        var waits = WebUtility.HtmlDecode(await asking.Content.ReadAsStringAsync());
        Assert.Contains("暗証番号を入れてください", waits, StringComparison.Ordinal);
        var question = CardBrowser.Question(WebUtility.HtmlDecode(Regex.Match(waits, "href=\"([^\"]*/sign[^\"]*)\"").Groups[1].Value));
        Assert.Equal(("show-number", "A市立図書館"), (question.Purpose.Code, question.Details.Single().Value));
        Assert.Equal("/terminal/lending/number", await machine.Led($"/card/return?code={await machine.Browser.Answer(card, question)}"));
        Assert.Contains(">789145<", await machine.Page("/terminal/lending/number"), StringComparison.Ordinal);

        await Way(house, "code");
        var asks = await machine.Page("/terminal/lending");
        Assert.Contains("お店で使う番号", asks, StringComparison.Ordinal);
        Assert.DoesNotContain("カードリーダーを使う", asks, StringComparison.Ordinal);
    }

    private static async Task Way(CardTown house, string way) => Assert.True((await ((SetSetting)house.App.Services.GetService(typeof(SetSetting))!)
        .Run(new SetSetting.Change(LendingWays.Key, SettingPlace.StandingIn(Town.A), way, Actor.Job("test")))).Ok);

    /// <summary>A library's device with a reader.</summary>
    private sealed class Counter : IDisposable
    {
        private readonly CardTown house;

        private Counter(CardTown house, LibraryDesk desk, string home) => (this.house, Desk, Home, Browser) = (house, desk, home, house.Browser());

        public LibraryDesk Desk { get; }

        public CardBrowser Browser { get; }

        private string Home { get; }

        public static async Task<Counter> Open(CardTown house, string profile = "library_counter", LibraryDesk? desk = null)
        {
            var counter = new Counter(house, desk ?? await LibraryDesk.Open(house.App), profile == "self_lending" ? "/terminal/lending" : "/terminal/library");
            counter.Browser.Cookies.Add(new Cookie("mykey-prepared", "1", "/", TestApp.SiteHost));
            var enrolled = await counter.Browser.Client.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(await counter.Desk.EnrolCode(counter.Desk.A1, profile), Town.ShopCode));
            Assert.Equal(HttpStatusCode.Created, enrolled.StatusCode);
            return counter;
        }

        public async Task<string> Hold(SandboxCard card)
        {
            using var waits = await Browser.Client.GetAsync(Home);
            return await Led($"/card/return?code={await Browser.Tap(card, waits.Headers.GetValues("Refresh").Single()["0; url=".Length..])}");
        }

        public async Task<string> Led(string path)
        {
            using var answer = await Browser.Client.GetAsync(path);
            return answer.Headers.Location!.OriginalString;
        }

        public async Task<string> Page(string path) => WebUtility.HtmlDecode(await Browser.Client.GetStringAsync(path));

        public async Task<string> Sent(params (string, string)[] fields) =>
            WebUtility.HtmlDecode(await (await house.App.Submit(Browser.Client, "/terminal/library/link", "/terminal/library/link", fields)).Content.ReadAsStringAsync());

        public void Dispose() => Browser.Dispose();
    }
}
