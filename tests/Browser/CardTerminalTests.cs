using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.App.StreetCards;
using MyKey.Browser.Support;
using MyKey.CardAgent;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.StreetCards;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.StreetCards;
using MyKey.Tests.CardAgent;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: journey 4 with a card, in a real browser with the real agent: held it pays in four screens, above the limit with its PIN (S2-P7, K-02).</summary>
public sealed class CardTerminalTests : IAsyncLifetime
{
    private readonly List<string> screens = [];
    private TestAgent agent = null!;
    private CardTown house = null!;
    private Town town = null!;
    private SandboxCard card = null!;
    private CitizenId citizen;

    public async ValueTask InitializeAsync()
    {
        var port = TemporaryPostgres.FreePort();
        agent = await TestAgent.Start(configure: o =>
        {
            o.TapWaitMs = 25_000;
            o.Sites.Add(new KnownSite { Origin = $"http://{TestApp.SiteHost}:{port}", Address = $"127.0.0.1:{port}" });
        });
        house = await CardTown.Start(Engine.Sqlite, $"urls=http://127.0.0.1:{port}", $"MyKey:Card:Agent={agent.Self}");
        town = await Town.Build(house.App.Services);
        card = house.Authority.Issue();
        citizen = await house.Resident(card, "A0100001");
        await town.Grant(citizen, Town.A, 4000);
        await town.Get<SetSetting>().Run(new("spend.tap", SettingPlace.Of(Town.A), "on", Actor.Job("test")));
    }

    public async ValueTask DisposeAsync()
    {
        card.Dispose();
        await agent.DisposeAsync();
        await house.DisposeAsync();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P7a_a_card_that_is_held_pays_in_four_screens(int width)
    {
        await using var visit = await AtTerminal(width);
        var page = visit.Page;
        await visit.Open("/terminal?by=id");
        await page.GetByRole(AriaRole.Link, new() { Name = "この端末のカードリーダーを使う" }).ClickAsync();
        await visit.Looks("terminal-reader");
        await Waiting(visit);
        await page.GetByLabel("使うポイント").FillAsync("1000");
        await Do(page, () => Press(page, "お客さまに見せる"));
        await Visit.Arrive(page, "**/terminal/confirm**");
        await CutWaiting(page);
        await Do(page, () => Press(page, "使う"));
        await Visit.Arrive(page, "**/terminal/done/**");
        screens.Add(await Heading(page));
        Assert.Equal(["カードをかざしてください", "お客さまのポイント", "A市ポイントを1,000ポイント使いますか", "ポイントを使いました"], screens);
        Assert.Equal(3000, await town.Usable(Town.A, citizen));

        // The card that still lies there is not the next customer; put on again, it is.
        await page.UnrouteAllAsync();
        await visit.Open(new Uri(page.Url).AbsolutePath);
        Put(null);
        Put(3);
        await Visit.Arrive(page, "**/terminal/points");
        visit.Quiet();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task A4_S4_07a_above_the_limit_a_street_card_is_charged_with_card_and_PIN_at_the_desk(int width)
    {
        await using var centre = await CentreTown.Start(TimeProvider.System);
        using var platform = await new StaffDesk(house.App).Operator();
        await CouponTown.Read<CardOperatorReply>(await platform.PutAsJsonAsync($"/api/v1/operator/street-card-operators/{Guid.CreateVersion7()}",
            new CardOperatorRequest(Town.A.Value, "さのぽカード", "street", true, CentreTown.ApiOf(centre), CardCentreBooks.ClientId, CardCentreBooks.ClientSecret)));
        await using var visit = await AtTerminal(width, TerminalProfile.Shop, TerminalProfile.TicketOffice);
        var page = visit.Page;
        await visit.Open("/terminal?by=id");
        await page.GetByRole(AriaRole.Link, new() { Name = "この端末のカードリーダーを使う" }).ClickAsync();
        await Waiting(visit);
        await page.GetByRole(AriaRole.Link, new() { Name = "商店街・バスのカードをつなぐ・入れる" }).ClickAsync();
        await page.GetByLabel("カードの番号").FillAsync(CentreTown.Issued);
        await page.GetByLabel("入れるポイント数").FillAsync("3500");
        await Press(page, "お客さまに見せる");
        await page.RouteAsync("**/sign?*", route => route.AbortAsync("aborted"));
        await Press(page, "つないで、入れる");
        await Visit.Arrive(page, "**/terminal/cards/pin?**");
        await visit.Looks("terminal-card-pin");
        await page.UnrouteAllAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "入れる", Exact = true }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await visit.Looks("agent-card-pin");
        await Press(page, "入れる");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("カードに入れました");
        await visit.Looks("terminal-card-charged");
        Assert.Equal(500, await town.Usable(Town.A, citizen));
        visit.Quiet();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task K_02_what_a_card_alone_paid_is_told_to_its_citizen_and_many_cards_to_the_office(int width)
    {
        await town.Get<SetSetting>().Run(new(TapAlarms.Limit, SettingPlace.StandingIn(Town.A), "1", Actor.Job("test")));
        using var second = house.Authority.Issue();
        await house.Resident(second, "B0100002");
        await using var till = await AtTerminal();
        await Waiting(till);
        await till.Page.GetByLabel("使うポイント").FillAsync("1000");
        await Press(till.Page, "お客さまに見せる");
        await CutWaiting(till.Page);
        await Press(till.Page, "使う");
        await Visit.Arrive(till.Page, "**/terminal/done/**");
        await till.Page.UnrouteAllAsync();
        Put(null);
        await till.Open("/terminal?by=card");
        Put(3, second);
        await Visit.Arrive(till.Page, "**/terminal/points");

        await using var visit = await Visit.Begin(house.App, width);
        var page = visit.Page;
        await visit.Open("/my");
        await page.Locator("#MyKeyId").FillAsync("A0100001");
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Press(page, "ログイン");
        await Visit.Arrive(page, "**/my");
        await visit.Looks("my-home-noticed");
        await page.GetByRole(AriaRole.Link, new() { Name = "たしかめる" }).ClickAsync();
        await visit.Looks("my-use-notices");
        await Press(page, "全部、自分で使いました");
        await Visit.Arrive(page, "**/my");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "たしかめる" })).ToHaveCountAsync(0);

        var desk = new StaffDesk(house.App);
        await desk.Invite("TA-001", Town.A, Role.TerminalAdmin);
        await using var office = await Visit.Begin(house.App, width);
        await office.LogIn("office", "TA-001", desk);
        await office.Page.GetByRole(AriaRole.Link, new() { Name = "かざされたカードの多い端末" }).ClickAsync();
        await office.Looks("office-tap-alarms");
        await Press(office.Page, "端末1は問題なかった");
        await Assertions.Expect(office.Page.GetByText("いま、たしかめる端末はありません")).ToBeVisibleAsync();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task K_02_above_the_limit_the_agent_asks_the_PIN_for_this_very_payment(int width)
    {
        await using var visit = await AtTerminal(width);
        var page = visit.Page;
        await Waiting(visit);
        await page.GetByLabel("使うポイント").FillAsync("3001");
        await Do(page, () => Press(page, "お客さまに見せる"));
        await page.GetByLabel("利用者証明用の暗証番号").WaitForAsync();
        await Assertions.Expect(page.Locator(".asker")).ToContainTextAsync("くらしの店");
        await Assertions.Expect(page.Locator(".asker")).ToContainTextAsync("3,001ポイント");
        await visit.Looks("terminal-pin");
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync("0000");
        await Press(page, "使う");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("あと2回");
        Assert.Equal(4000, await town.Usable(Town.A, citizen));
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await CutWaiting(page);
        await Do(page, () => Press(page, "使う"));
        await Visit.Arrive(page, "**/terminal/done/**");
        await visit.Looks("terminal-done-card");
        screens.Add(await Heading(page));
        Assert.Equal(["カードをかざしてください", "お客さまのポイント", "4けたの暗証番号を入れてください", "ポイントを使いました"], screens);
        Assert.Equal(999, await town.Usable(Town.A, citizen));
        visit.Quiet();
    }

    [Fact]
    public async Task S1_05a_given_up_or_locked_the_PIN_moves_nothing()
    {
        await using var visit = await AtTerminal();
        var page = visit.Page;
        await visit.Open("/terminal?by=card");
        Put(1);
        await Visit.Arrive(page, "**/terminal/points");
        await page.GetByLabel("使うポイント").FillAsync("3500");
        await Press(page, "お客さまに見せる");
        await Press(page, "あと1回でも入れる");
        await page.GetByRole(AriaRole.Link, new() { Name = "やめて戻る" }).First.ClickAsync();
        await Visit.Arrive(page, "**/terminal/points?issuer=132985&amount=3500");
        await Press(page, "お客さまに見せる");
        await Press(page, "あと1回でも入れる");
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync("0000");
        await Press(page, "使う");
        await page.GetByRole(AriaRole.Link, new() { Name = "サイトに戻る" }).First.ClickAsync();
        await Visit.Arrive(page, "**/terminal?card=pin_locked");
        await visit.Looks("terminal-locked");
        Assert.Equal(4000, await town.Usable(Town.A, citizen));
    }

    /// <summary>This browser is a terminal of the shop.</summary>
    private async Task<Visit> AtTerminal(int width = Visit.Desk, params TerminalProfile[] profiles)
    {
        var visit = await Visit.Begin(house.App, width, agent: agent.Self);
        await visit.Page.Context.AddCookiesAsync([new Cookie { Name = "mykey-terminal", Value = await town.Terminal(town.Shop, null, profiles), Url = house.App.Site.ToString() }]);
        return visit;
    }

    private void Put(int? tries, SandboxCard? other = null)
    {
        var put = other ?? card;
        agent.Put(tries is { } left ? CardFile.Of("カード", put.CertificateDer, put.RootDer, put.Rsa!, TestCards.Pin) with { Tries = left } : null);
    }

    /// <summary>A page with a navigation under way can't be photographed: its waiting is cut off.</summary>
    private static Task CutWaiting(IPage page) => page.RouteAsync("**/tap?*", route => route.AbortAsync("aborted"));

    /// <summary>The waiting page, and then the card.</summary>
    private async Task Waiting(Visit visit)
    {
        await CutWaiting(visit.Page);
        await visit.Open("/terminal?by=card");
        await visit.Looks("terminal-wait");
        screens.Add(await Heading(visit.Page));
        await visit.Page.UnrouteAllAsync();
        await visit.Open("/terminal?by=card");
        Put(3);
        await Visit.Arrive(visit.Page, "**/terminal/points");
    }

    /// <summary>A screen is a page on which somebody has to do something.</summary>
    private async Task Do(IPage page, Func<Task> act)
    {
        screens.Add(await Heading(page));
        await act();
    }

    private static async Task<string> Heading(IPage page) => string.Concat((await page.Locator("h1").InnerTextAsync()).Where(c => !char.IsWhiteSpace(c)));

    private static Task Press(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^{button}$") }).Last.ClickAsync();
}
