using System.Net.Http.Json;
using Microsoft.Playwright;
using MyKey.App.Libraries;
using MyKey.Browser.Support;
using MyKey.CardAgent;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.CardAgent;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: the journeys of a library with the real agent: the first link in three screens, the number by the card alone, a machine, and what the citizen sees of it (S2-P9).</summary>
public sealed class LibraryTests : IAsyncLifetime
{
    private readonly Guid library = Guid.CreateVersion7();
    private TestAgent agent = null!;
    private CardTown house = null!;
    private StaffDesk desk = null!;
    private HttpClient office = null!;
    private SandboxCard card = null!;

    public async ValueTask InitializeAsync()
    {
        var port = TemporaryPostgres.FreePort();
        agent = await TestAgent.Start(configure: o =>
        {
            o.TapWaitMs = 25_000;
            o.Sites.Add(new KnownSite { Origin = $"http://{TestApp.SiteHost}:{port}", Address = $"127.0.0.1:{port}" });
        });
        house = await CardTown.Start(Engine.Sqlite, $"urls=http://127.0.0.1:{port}", $"MyKey:Card:Agent={agent.Self}");
        await Town.Build(house.App.Services);
        card = house.Authority.Issue();
        await house.Resident(card, "A0100001");
        desk = new StaffDesk(house.App);
        office = await desk.Officer("TA-001", Town.A, Role.TerminalAdmin);
        (await office.PutAsJsonAsync($"/api/v1/office/providers/{library}", new ProviderRequest("A市立図書館", 6, 8, "A1", "library"))).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        office.Dispose();
        card.Dispose();
        await agent.DisposeAsync();
        await house.DisposeAsync();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P9b_S0_3002b_first_link_in_three_screens_then_the_number_by_the_card_alone(int width)
    {
        await using var counter = await Device("library_counter", width);
        var page = counter.Page;
        await Visit.Arrive(page, "**/terminal/library?ready=1");
        await counter.Looks("library-start");
        await CutWaiting(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "カードリーダーを使う" }).ClickAsync();
        await Visit.Arrive(page, "**/terminal/library?by=card");
        await counter.Looks("library-wait");
        await Held(counter, "/terminal/library?by=card", "**/terminal/library/number");
        await counter.Looks("library-not-linked");

        var screens = new List<string>();
        await page.GetByRole(AriaRole.Link, new() { Name = "カードを登録" }).ClickAsync();
        await Visit.Arrive(page, "**/terminal/library/link");
        await page.GetByLabel("利用者番号").FillAsync("12");
        await Visit.Press(page, "お客さまに見せる");
        await counter.Looks("library-link-wrong");
        await counter.Open("/terminal/library/link");
        await counter.Looks("library-link");
        screens.Add(await page.Locator("h1").InnerTextAsync());
        await page.GetByLabel("利用者番号").FillAsync("789145");
        await Visit.Press(page, "お客さまに見せる");
        await counter.Looks("library-link-confirm");
        screens.Add(await page.Locator("h1").InnerTextAsync());
        await Visit.Press(page, "登録する");
        await Assertions.Expect(page.Locator(".code")).ToHaveTextAsync("789145");
        await counter.Looks("library-link-done");
        screens.Add(await page.Locator("h1").InnerTextAsync());
        Assert.Equal(["カードを登録", "この番号を登録しますか", "登録しました"], screens);

        // Lookup: 2 screens, 1 action of the citizen, none of staff.
        Put(null);
        await Held(counter, "/terminal/library", "**/terminal/library/number");
        await Assertions.Expect(page.Locator(".code")).ToHaveTextAsync("789145");
        Assert.True(await page.Locator(".code").EvaluateAsync<double>("e => parseFloat(getComputedStyle(e).fontSize)") >= 40);
        await page.SetViewportSizeAsync(Visit.Desk, 800);
        Assert.True(await page.Locator(".code").EvaluateAsync<double>("e => parseFloat(getComputedStyle(e).fontSize)") >= 64);
        await page.SetViewportSizeAsync(width, 800);
        await counter.Looks("library-number");
        await page.GetByRole(AriaRole.Link, new() { Name = "登録を変える" }).ClickAsync();
        await Visit.Arrive(page, "**/terminal/library/card");
        await counter.Looks("library-card");
        await Visit.Press(page, "利用する");
        await Assertions.Expect(page.GetByText("いまは利用する")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "住所の知らせ" }).ClickAsync();
        await Visit.Arrive(page, "**/terminal/library/notices");
        await counter.Looks("library-notices-closed");
        await house.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, """
            insert into lib_address_notice(bucket, citizen, provider, changed_on, id, number, raised_ms) select bucket, citizen, provider, 20261120, citizen, number, 0 from lib_link
            """, transaction: tx.Handle));
        await page.GetByLabel("端末の番号").FillAsync(Town.ShopCode);
        await Visit.Press(page, "見る");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "789145を見た" })).ToBeVisibleAsync();
        await counter.Looks("library-notices");
        await page.GetByRole(AriaRole.Button, new() { Name = "789145を見た" }).ClickAsync();
        await Assertions.Expect(page.GetByText("新しい知らせは、ありません")).ToBeVisibleAsync();
        counter.Quiet();
        await Mine(width);
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P9c_K_13_a_machine_by_tap_by_PIN_and_by_number(int width)
    {
        await using var machine = await Device("self_lending", width);
        var page = machine.Page;
        await Visit.Arrive(page, "**/terminal/lending?ready=1");
        await machine.Looks("lending-start");
        await Held(machine, "/terminal/lending?by=card", "**/terminal/lending/number");
        await machine.Looks("lending-none");
        await Way("pin");
        Put(3);
        await machine.Open("/terminal/lending");
        await machine.Looks("lending-pin");
        await page.GetByRole(AriaRole.Link, new() { Name = "はじめる" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await Assertions.Expect(page.Locator(".asker")).ToContainTextAsync("A市立図書館");
        await machine.Looks("agent-show-number");
        await Visit.Press(page, "出す");
        await Visit.Arrive(page, "**/terminal/lending/number");
        await Way("code");
        await machine.Open("/terminal/lending");
        await machine.Looks("lending-code");
        await page.GetByLabel("マイキーID").FillAsync("A0100001");
        await page.GetByLabel("お店で使う番号").FillAsync("000000");
        await Visit.Press(page, "番号を出す");
        await machine.Looks("lending-code-wrong");
        machine.Quiet();
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S2_P3a_an_office_registers_a_library_an_operator_a_kind_and_everybody_finds_it(int width)
    {
        await desk.Invite("TA-002", Town.A, Role.TerminalAdmin);
        await using var staff = await Visit.Begin(house.App, width);
        await staff.LogIn("office", "TA-002", desk);
        await staff.Open("/office/providers");
        await staff.Looks("office-providers");
        await staff.Page.GetByRole(AriaRole.Link, new() { Name = "A市立図書館" }).ClickAsync();
        await Visit.Arrive(staff.Page, "**/office/providers/*");
        await staff.Page.GetByLabel("端末の置き場所").FillAsync("自動貸出機1");
        await staff.Page.GetByLabel("自動貸出機（職員がいない）").CheckAsync();
        await Visit.Press(staff.Page, "登録用の番号を出す");
        await staff.Looks("office-provider-code");
        await staff.Page.GetByRole(AriaRole.Link, new() { Name = "施設の画面に戻る" }).ClickAsync();
        await staff.Looks("office-provider");
        await using var platform = await Visit.Begin(house.App, width);
        await platform.LogIn("operator", "OP-001", desk);
        await platform.Open("/operator/provider-kinds");
        await platform.Looks("operator-provider-kinds");
        await using var anybody = await Visit.Begin(house.App, width);
        await anybody.Open("/libraries");
        await anybody.Looks("libraries");
    }

    /// <summary>My Page of whoever was looked up: the card, the record, and to shut the library out.</summary>
    private async Task Mine(int width)
    {
        await using var visit = await Visit.Begin(house.App, width);
        var page = visit.Page;
        await visit.Open("/my/links");
        await page.Locator("#MyKeyId").FillAsync("A0100001");
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/my/links");
        await visit.Looks("my-links");
        await page.GetByRole(AriaRole.Link, new() { Name = "番号を見る・変える" }).ClickAsync();
        await Visit.Arrive(page, "**/my/links/A1");
        await page.GetByRole(AriaRole.Link, new() { Name = "すべて表示" }).Last.ClickAsync();
        await Assertions.Expect(page.GetByText("789145")).ToBeVisibleAsync();
        await visit.Looks("my-link");
        await Visit.Press(page, "番号を見せない");
        await Assertions.Expect(page.GetByText("この施設に番号は出ません")).ToBeVisibleAsync();
        await visit.Open("/my/lookups");
        await Assertions.Expect(page.GetByText("A市立図書館").First).ToBeVisibleAsync();
        await visit.Looks("my-lookups");
    }

    private async Task Way(string way) => Assert.True((await ((SetSetting)house.App.Services.GetService(typeof(SetSetting))!)
        .Run(new SetSetting.Change(LendingWays.Key, SettingPlace.StandingIn(Town.A), way, Actor.Job("test")))).Ok);

    private async Task<Visit> Device(string profile, int width)
    {
        var answer = await office.PostAsJsonAsync($"/api/v1/office/providers/{library}/devices", new ProviderDeviceRequest(Guid.CreateVersion7(), "カウンター2", profile));
        var code = (await answer.Content.ReadFromJsonAsync<ProviderDeviceCodeReply>())!.Code;
        var visit = await Visit.Begin(house.App, width, agent: agent.Self);
        await visit.Open("/terminal/enrol");
        await visit.Page.GetByLabel("登録用の番号").FillAsync(code);
        await visit.Page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(visit.Page, "登録する");
        return visit;
    }

    /// <summary>The waiting page, and then the card; the page that follows does not go on to the agent while it is looked at.</summary>
    private async Task Held(Visit visit, string waiting, string arrives)
    {
        await visit.Page.UnrouteAllAsync();
        await visit.Open(waiting);
        Put(3);
        await Visit.Arrive(visit.Page, arrives);
        await CutWaiting(visit.Page);
    }

    private void Put(int? tries) => agent.Put(tries is { } left ? CardFile.Of("カード", card.CertificateDer, card.RootDer, card.Rsa!, TestCards.Pin) with { Tries = left } : null);

    /// <summary>A page with a navigation under way can't be photographed: its waiting is cut off.</summary>
    private static Task CutWaiting(IPage page) => page.RouteAsync("**/tap?*", route => route.AbortAsync("aborted"));
}
