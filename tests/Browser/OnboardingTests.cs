using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.App.Registry;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Sandbox.Demo;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>
/// Goal: a small municipality is live within an hour: from the public form over two operators to the first payment, every screen of every person opened and counted (S2-P15b, S2-P8d; docs/onboarding.md
/// has the same steps and the same counts).
/// </summary>
public class OnboardingTests
{
    private readonly Dictionary<string, Authenticator> authenticators = [];
    private readonly Dictionary<string, int> screens = [];
    private Visit device = null!;

    [Fact]
    public async Task S2_P15b_S2_P8d_a_small_municipality_joins_and_takes_its_first_payment()
    {
        await using var app = await TestApp.Start();
        await app.Services.GetRequiredService<ImportMunicipalities>().Run("code,prefecture,name\n132985,東京都,A市\n"u8.ToArray(), Actor.Job("test"));
        var desk = new StaffDesk(app);
        await desk.Operator();
        await desk.Invite("OP-002", null, Role.Operator);
        await using var first = await Begin(app, "運用1");
        await using var second = await Begin(app, "運用2");
        await first.LogIn("operator", "OP-001", desk);
        await second.LogIn("operator", "OP-002", desk);
        screens.Clear();
        var watch = Stopwatch.StartNew();

        await Apply(app);
        var (code, address) = await Decide(first, second);
        await using var office = await Begin(app, "自治体1");
        await Enrol(office, "SA-001", address, code);
        await office.Looks("onboarding-office");
        var (digits, secondAddress) = await People(office, second);
        await using (var approver = await Begin(app, "自治体2"))
        {
            await Enrol(approver, "AP-001", secondAddress, digits);
            await Points(office);
            await Account(office, approver);
        }
        await Shop(app, office);
        await Grant(app, office);

        var seconds = watch.Elapsed.TotalSeconds;
        Assert.InRange(seconds, 1, 600);
        TestContext.Current.TestOutputHelper?.WriteLine($"{seconds:0} s");
        Assert.Equal("自治体 2、運用1 3、運用2 7、自治体1 42、自治体2 7、端末 6、計 67", $"{string.Join("、", screens.Select(s => $"{s.Key} {s.Value}"))}、計 {screens.Values.Sum()}");
    }

    /// <summary>The public form, on a telephone as well.</summary>
    private async Task Apply(TestApp app)
    {
        await using (var phone = await Visit.Begin(app, Visit.Phone))
        {
            await phone.Open("/navi/joining");
            await phone.Page.Locator("[name=Municipality]").FillAsync("17009");
            await phone.Page.Locator("[name=Phone]").FillAsync("042-000-0000");
            await phone.Page.GetByLabel("お店や施設で使う", new() { Exact = true }).CheckAsync();
            await Visit.Press(phone.Page, "もうしこむ");
            await phone.Looks("onboarding-apply-wrong");
        }
        await using var visit = await Begin(app, "自治体");
        var page = visit.Page;
        await visit.Open("/navi/joining");
        await page.Locator("[name=Municipality]").FillAsync("A市");
        await page.Locator("[name=Phone]").FillAsync("042-000-0000");
        await page.Locator("[name=Mailbox]").FillAsync("machi@a-city.example");
        foreach (var wanted in new[] { "お店や施設で使う", "自治体がポイントを付与する" }) await page.GetByLabel(wanted, new() { Exact = true }).CheckAsync();
        await visit.Looks("onboarding-apply");
        await Visit.Press(page, "もうしこむ");
        await visit.Looks("onboarding-applied");
    }

    /// <returns>The 6 digits that the first operator tells, and the address that the second one sees.</returns>
    private static async Task<(string Code, string Address)> Decide(Visit first, Visit second)
    {
        await first.Open("/operator/joining");
        await first.Looks("operator-joining");
        await first.Page.GetByRole(AriaRole.Link, new() { Name = "東京都A市" }).ClickAsync();
        await first.Looks("operator-join");
        await first.Page.GetByLabel("自治体の代表電話").CheckAsync();
        await first.Page.Locator("[name=StaffNumber]").FillAsync("SA-001");
        await first.Page.Locator("[name=MemberOn]").FillAsync($"{TimeProvider.System.Today():yyyy-MM-dd}");
        await Visit.Press(first.Page, "たしかめた");
        await Assertions.Expect(first.Page.GetByRole(AriaRole.Heading, new() { Name = "はじめの職員に知らせる番号" })).ToBeVisibleAsync();
        await first.Looks("operator-join-checked");
        var code = await first.Page.Locator("section[aria-labelledby=code] .num").InnerTextAsync();

        await second.Open("/operator/joining");
        await second.Page.GetByRole(AriaRole.Link, new() { Name = "東京都A市" }).ClickAsync();
        await second.Looks("operator-join-approve");
        await Visit.Press(second.Page, "承認する");
        await second.Looks("operator-join-member");
        return (code, await second.Page.Locator(".enrol-url").InnerTextAsync());
    }

    /// <summary>Somebody who was invited: digits, password and app, then in.</summary>
    private async Task Enrol(Visit visit, string number, string address, string code)
    {
        var page = visit.Page;
        await visit.Open(new Uri(address).PathAndQuery);
        await page.Locator("[name=InvitationCode]").FillAsync(code);
        await Visit.Press(page, "つぎへ");
        authenticators[number] = new Authenticator(await page.Locator(".wrap-anywhere").InnerTextAsync(), TimeProvider.System);
        await page.Locator("[name=Password]").FillAsync(StaffDesk.Password);
        await page.Locator("[name=Code]").FillAsync(authenticators[number].Next());
        await Visit.Press(page, "登録する");
        await page.GetByLabel("職員番号").FillAsync(number);
        await page.GetByLabel("パスワード").FillAsync(StaffDesk.Password);
        await Visit.Press(page, "次へ");
        await page.GetByLabel("アプリの番号").FillAsync(authenticators[number].Next());
        await Visit.Press(page, "ログイン");
        await Visit.Arrive(page, "**/office");
    }

    /// <summary>The first member asks for two more roles and a second member; an operator approves.</summary>
    private static async Task<(string Digits, string Address)> People(Visit office, Visit @operator)
    {
        var page = office.Page;
        foreach (var role in new[] { "officer", "terminal_admin" })
        {
            await office.Open("/office/staff");
            await page.GetByRole(AriaRole.Link, new() { Name = "SA-001" }).ClickAsync();
            await page.Locator("select[name=RoleName]").SelectOptionAsync(role);
            await Visit.Press(page, "役わりをわたす");
        }
        await page.GetByRole(AriaRole.Link, new() { Name = "職員を招く" }).ClickAsync();
        await page.Locator("[name=Number]").FillAsync("AP-001");
        await page.Locator("select[name=RoleName]").SelectOptionAsync("approver");
        await Visit.Press(page, "招く");
        await Assertions.Expect(page.Locator("section[aria-labelledby=codes]")).ToBeVisibleAsync();
        var digits = await page.Locator("section[aria-labelledby=codes] dd").InnerTextAsync();

        await @operator.Open("/operator/staff");
        for (var left = 3; left > 0; left--)
        {
            // The invitation last: its address is shown once.
            var approve = @operator.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^承認する.*" + (left > 1 ? "役わりをわたす" : "招く")) }).First;
            await approve.ClickAsync();
            await Assertions.Expect(@operator.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^承認する") })).ToHaveCountAsync(left - 1);
        }
        return (digits, await @operator.Page.Locator(".enrol-url").InnerTextAsync());
    }

    private static async Task Points(Visit office)
    {
        var page = office.Page;
        await office.Open("/office/joining");
        await office.Looks("onboarding-checklist");
        await page.GetByRole(AriaRole.Link, new() { Name = "ポイントの名前" }).First.ClickAsync();
        await page.Locator("[name=Brand]").FillAsync("Aポイント");
        await page.Locator("[name=Length]").FillAsync("12");
        await Visit.Press(page, "変える");
        await office.Open("/office/joining");
        await office.Looks("onboarding-checklist-issue");
        await Visit.Press(page, "発行を始める");
        await page.GetByRole(AriaRole.Link, new() { Name = "使えるお店の決まり" }).First.ClickAsync();
        await page.Locator("#area-shop").SelectOptionAsync("own");
        await Visit.Press(page, "この決まりにする");
    }

    /// <summary>From which shops are paid, and into which partners pay (S2-P6e): typed by one, approved by the other.</summary>
    private static async Task Account(Visit office, Visit approver)
    {
        await office.Open("/office/joining");
        await office.Page.GetByRole(AriaRole.Link, new() { Name = "自治体の口座", Exact = true }).ClickAsync();
        await BankTests.Fill(office.Page, "エーシ", ("委託者コード", "0000000042"), ("振込依頼人の名前", "エーシ"));
        await approver.Open("/office/settlement/accounts");
        await approver.Looks("onboarding-account");
        await Visit.Press(approver.Page, "承認する");
        await Assertions.Expect(approver.Page.Locator("main")).ToContainTextAsync("これから使います");
    }

    private async Task Shop(TestApp app, Visit office)
    {
        var page = office.Page;
        await office.Open("/office/shops");
        await page.GetByRole(AriaRole.Link, new() { Name = "お店を登録する" }).ClickAsync();
        await page.Locator("[name=Name]").FillAsync("はなや");
        await page.Locator("select[name=Kind]").SelectOptionAsync("shop");
        await Visit.Press(page, "登録する");
        await page.GetByRole(AriaRole.Link, new() { Name = "端末を登録する" }).ClickAsync();
        await page.Locator("[name=Label]").FillAsync("レジ1");
        await Visit.Press(page, "登録用の番号を出す");
        var code = await page.Locator(".one-time-code").InnerTextAsync();
        device = await Begin(app, "端末");
        await device.Open("/terminal/enrol");
        await device.Page.GetByLabel("登録用の番号").FillAsync(code);
        await device.Page.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(device.Page, "登録する");
        await Assertions.Expect(device.Page.Locator(".bar")).ToContainTextAsync("はなや レジ1");
        await office.Open("/office/joining/outlets");
        await office.Looks("onboarding-outlets");
    }

    private static async Task Publish(Visit office, string capability)
    {
        await office.Open("/office/joining");
        await office.Page.GetByRole(AriaRole.Link, new() { Name = capability, Exact = true }).ClickAsync();
        await office.Looks("onboarding-publish");
        await Visit.Press(office.Page, "公開する");
        await Assertions.Expect(office.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("決めました");
    }

    private async Task Grant(TestApp app, Visit office)
    {
        var (page, today) = (office.Page, TimeProvider.System.Today());
        await office.Open("/office/programmes");
        await page.Locator("[name=Name]").FillAsync("健康ウォーク");
        await page.Locator("[name=From]").FillAsync($"{today:yyyy-MM-dd}");
        await page.Locator("[name=Until]").FillAsync($"{today.AddDays(100):yyyy-MM-dd}");
        await Visit.Press(page, "始める");
        await page.Locator("[name=Total]").FillAsync("5000");
        await Visit.Press(page, "予算を変える");
        await Publish(office, "お店や施設で使う");
        await Publish(office, "自治体がポイントを付与する");
        await office.Looks("onboarding-published");

        var town = new Town(app.Services);
        var (citizen, session) = await town.Issue("MY123456", 1);
        await office.Open("/office/grants");
        await page.GetByLabel("マイキーID").FillAsync("MY123456");
        await page.Locator("[name=Amount]").FillAsync("300");
        await Visit.Press(page, "次へ");
        await Visit.Press(page, "付与する");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "付与しました" })).ToBeVisibleAsync();

        await using (device)
        {
            var till = device.Page;
            await till.GetByLabel("マイキーID").FillAsync("MY123456");
            await till.GetByLabel("お店で使う番号").FillAsync(await town.Code(session));
            await till.GetByRole(AriaRole.Button, new() { Name = "次へ", Exact = true }).Last.ClickAsync();
            await till.GetByRole(AriaRole.Link, new() { Name = "Aポイント つかう" }).ClickAsync();
            await till.GetByLabel("使うポイント").FillAsync("100");
            await till.GetByRole(AriaRole.Button, new() { Name = "お客さまに見せる", Exact = true }).Last.ClickAsync();
            await till.GetByRole(AriaRole.Button, new() { Name = "使う", Exact = true }).ClickAsync();
            await Assertions.Expect(till).ToHaveURLAsync(new Regex("/terminal/done/"));
        }
        Assert.Equal(200, await town.Usable(Town.A, citizen));
        await office.Open("/office/joining");
        await office.Looks("onboarding-done");
    }

    /// <summary>A person at a desk, whose screens are counted.</summary>
    private async Task<Visit> Begin(TestApp app, string who)
    {
        var visit = await Visit.Begin(app);
        visit.Page.FrameNavigated += (_, frame) =>
        {
            if (frame.ParentFrame is null && frame.Url.StartsWith("http", StringComparison.Ordinal)) screens[who] = screens.GetValueOrDefault(who) + 1;
        };
        return visit;
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P15b_V_D3_two_operators_end_a_membership(int width)
    {
        await using var app = await TestApp.Start();
        await app.Services.GetRequiredService<ImportMunicipalities>().Run("code,prefecture,name\n132985,東京都,A市\n"u8.ToArray(), Actor.Job("test"));
        await app.Services.GetRequiredService<ImportCouncil>().Run("code\n132985\n"u8.ToArray(), new DateOnly(2017, 8, 30), Actor.Job("test"));
        var desk = new StaffDesk(app);
        await desk.Operator();
        await desk.Invite("OP-002", null, Role.Operator);
        await using var first = await Visit.Begin(app, width);
        await using var second = await Visit.Begin(app, width);
        await first.LogIn("operator", "OP-001", desk);
        await second.LogIn("operator", "OP-002", desk);
        var page = first.Page;
        await first.Open("/operator/municipalities/132985");
        await page.GetByRole(AriaRole.Link, new() { Name = "会員の終わりを決める" }).ClickAsync();
        await Visit.Press(page, "終わりを申し出る");
        await first.Looks("operator-membership-end-wrong");
        await page.Locator("[name=LastDay]").FillAsync($"{TimeProvider.System.Today().AddDays(100):yyyy-MM-dd}");
        await page.Locator("[name=Reason]").FillAsync("合併のため");
        await first.Looks("operator-membership-end");
        await Visit.Press(page, "終わりを申し出る");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("東京都A市の会員の終わり");
        await second.Open("/operator/proposals");
        await second.Page.GetByRole(AriaRole.Link, new() { Name = "東京都A市の会員の終わり" }).ClickAsync();
        await second.Looks("operator-membership-end-approve");
        await Visit.Press(second.Page, "承認する");
        await second.Open("/operator/municipalities/132985");
        await Assertions.Expect(second.Page.Locator("main")).ToContainTextAsync("まで）");
        await second.Looks("operator-membership-ends");
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P14_S2_P15_S2_P18e_the_council_and_the_table_are_read_by_everybody(int width)
    {
        await using var app = await TestApp.Start();
        await using var empty = await Visit.Begin(app, width);
        await empty.Open("/navi/capabilities");
        await empty.Looks("navi-capabilities-empty");
        using var platform = new DemoClient(await new StaffDesk(app).Operator());
        await platform.Upload("/api/v1/operator/municipalities/import", "council228.csv", CancellationToken.None);
        await platform.Upload("/api/v1/operator/municipalities/council?from=2017-08-30", "council228.csv", CancellationToken.None);
        await DemoCouncil.Furnish(platform, CancellationToken.None);
        await using var visit = await Visit.Begin(app, width);
        await visit.Open("/navi/council");
        await visit.Looks("navi-council");
        await visit.Page.GetByLabel("都道府県").SelectOptionAsync(new SelectOptionValue { Label = "京都府" });
        await Visit.Press(visit.Page, "えらぶ");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("京都府の会員");
        await visit.Looks("navi-council-kyoto");
        await visit.Open("/navi/capabilities");
        await visit.Looks("navi-capabilities");
        await visit.Page.GetByLabel("都道府県").SelectOptionAsync("20");
        await Visit.Press(visit.Page, "えらぶ");
        await Assertions.Expect(visit.Page.Locator("table")).ToContainTextAsync("※準備中");
    }
}
