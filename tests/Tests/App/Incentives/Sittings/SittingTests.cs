using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Sittings;
using MyKey.App.Terminals;
using MyKey.Identity;
using MyKey.Identity.Certificates;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.App.PaymentServices;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Sittings;

/// <summary>Goal: somebody without telephone or computer does everything with his own card at a desk, staff see neither PIN nor code, and nothing of it stays there.</summary>
public class SittingTests
{
    private static CertificateProfile Held => new() { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) };

    /// <summary>A desk of A市 on this browser.</summary>
    private static async Task<Guid> Desk(HttpClient office, HttpClient browser)
    {
        var id = Guid.CreateVersion7();
        var code = await Read<SupportDeskCodeReply>(await office.PostAsJsonAsync("/api/v1/office/support-desks", new SupportDeskRequest(id, "市民課 3番")));
        Assert.Equal(HttpStatusCode.Created, (await browser.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(code.Code, Town.ShopCode))).StatusCode);
        return id;
    }

    private static async Task<Guid> Service(HttpClient platform, PaySite site, string key, string name, bool counter)
    {
        var id = Guid.CreateVersion7();
        await Read<PaymentServiceReply>(await platform.PutAsJsonAsync($"/api/v1/operator/payment-services/{id}",
            new PaymentServiceRequest(name, "direct", "0120-000-000", site.PageOf(key), counter, site.ApiOf(key), ServiceBooks.ClientId, ServiceBooks.ClientSecret)));
        await Read<ServiceStartReply>(await platform.PutAsJsonAsync($"/api/v1/operator/payment-services/{id}/municipalities/{Residents.A.Value}", new ServiceStartRequest(TimeProvider.System.Today())));
        return id;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_12_S3_13_S1_25_from_a_new_card_to_the_paper_at_a_desk_and_nothing_stays(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        await using var site = await PaySite.Start(TimeProvider.System);
        var staff = new StaffDesk(town.App);
        using var officer = await staff.Officer("OF-001", Residents.A, Role.Officer, Role.TerminalAdmin);
        var platform = await staff.Operator();
        var (midori, sora) = (await Service(platform, site, "midori", "みどりペイ", true), await Service(platform, site, "sora", "そらカード", false));
        var offer = await Offering.Publish(officer, Offering.Full(TimeProvider.System.Today()) with { Screening = "none", Delivery = "citizen_chooses", ClaimUntil = TimeProvider.System.Today().AddDays(60) });
        using var card = town.Authority.Issue(Held);
        using var browser = town.Browser();
        var desk = await Desk(officer, browser.Client);

        Assert.Equal("/terminal/help", (await browser.Client.GetAsync("/terminal")).Headers.Location?.OriginalString);
        var waiting = await Page("/terminal/help");
        foreach (var words in (string[])["市民課 3番", "職員は、見ません", "%2Fmy%2Fdesk", "セキュリティコード"]) Assert.Contains(words, waiting, StringComparison.Ordinal);
        Assert.Equal("/terminal/help", (await browser.Client.GetAsync("/my/login")).Headers.Location?.OriginalString);
        Assert.Equal("/terminal/help?card=pin_locked", (await browser.Client.GetAsync("/my/login?card=pin_locked")).Headers.Location?.OriginalString);

        Assert.Equal("/my/start", await browser.Login(card, back: "/my/desk"));
        Assert.DoesNotContain("パスワード", await Page("/my/start"), StringComparison.Ordinal);
        // What nobody asks for here is not taken either.
        var made = await town.Residents.Send(browser.Client, "/my/start", ("MyKeyId", "AB12CD34"), ("Town", Residents.A.Value), ("Password", Residents.Password));
        Assert.Equal("/my/desk?made=1", made.Headers.Location?.OriginalString);
        using var sitting = await browser.Client.GetAsync("/my/desk");
        Assert.Equal(("180; url=/terminal/help?ended=idle", true), (sitting.Headers.GetValues("Refresh").Single(), sitting.Headers.CacheControl!.NoStore));
        foreach (var words in (string[])["支援窓口", "終わり", "子育て応援ポイント"]) Assert.Contains(words, WebUtility.HtmlDecode(await sitting.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        var question = CardBrowser.Question((await browser.Client.GetAsync($"/my/applications/new/{offer}/card?id={Guid.CreateVersion7()}&yes=1")).Headers.Location!.OriginalString);
        await browser.Client.GetAsync($"/card/return?code={await browser.Answer(card, question)}");
        Assert.Contains("窓口では登録できません", await Page("/my/payment-accounts"), StringComparison.Ordinal);
        Assert.Equal("counter_unsupported", await Code(await Register(sora)));
        Assert.Empty(site.Books.GrantsOf("sora"));
        Assert.True((await Register(midori)).IsSuccessStatusCode);
        var grant = (await browser.Client.GetFromJsonAsync<List<MyApplicationReply>>("/api/v1/my/applications"))!.Single().Id;
        var to = (await browser.Client.GetFromJsonAsync<List<PaymentAccountReply>>("/api/v1/my/payment-accounts"))!.Single().Id.ToString("N");
        var claim = CardBrowser.Question((await browser.Client.GetAsync($"/my/claims/card?entitlement={grant}&to={to}&then=none")).Headers.Location!.OriginalString);
        await browser.Client.GetAsync($"/card/return?code={await browser.Answer(card, claim)}");
        Assert.Equal(500L, site.Books.Held("midori"));

        foreach (var size in (string[])["a4", "a6", "roll"])
        {
            var paper = await Page($"/my/desk/paper?size={size}");
            foreach (var words in (string[])["AB12CD34", "施策に申しこみました", "受け取り先を登録しました", "ポイントの受取申請をしました", "みどりペイ", "500ポイント", "市民課 3番"]) Assert.Contains(words, paper, StringComparison.Ordinal);
            Assert.Equal(size != "a4", paper.Contains($"ticket {size}", StringComparison.Ordinal));
            Assert.DoesNotContain(ServiceBooks.Member(1).Code, paper, StringComparison.Ordinal);
        }
        await using (var connection = await town.App.Database.Open())
            foreach (var action in (string[])["application.made", "payment_account.made"])
                Assert.Equal(new TerminalId(desk), await connection.QuerySingleAsync<TerminalId>("select terminal from log_operation where action = @action", new { action }));

        using var ended = await town.Residents.Send(browser.Client, "/my/logout");
        Assert.Equal(("/terminal/help?ended=1", "\"cache\""), (ended.Headers.Location?.OriginalString, ended.Headers.GetValues("Clear-Site-Data").Single()));
        Assert.Equal(["mykey-prepared", "mykey-terminal"], browser.Cookies.GetCookies(town.App.Site).Select(c => c.Name).Where(n => n.StartsWith("mykey-", StringComparison.Ordinal)).Order());
        Assert.Contains("前の方のことは、この画面に残っていません", await Page("/terminal/help?ended=1"), StringComparison.Ordinal);
        Assert.Equal("/terminal/help?ended=idle", (await browser.Client.GetAsync("/my/desk")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Client.GetAsync("/api/v1/my/applications")).StatusCode);

        async Task<string> Page(string path) => WebUtility.HtmlDecode(await browser.Client.GetStringAsync(path));

        Task<HttpResponseMessage> Register(Guid service) =>
            browser.Client.PostAsJsonAsync("/api/v1/my/payment-accounts", new PaymentAccountRequest(service, ServiceBooks.Member(1).Id, ServiceBooks.Member(1).Code));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_12_S1_15b_a_sitting_ends_after_three_minutes_without_use_and_after_an_hour_and_with_its_desk(Engine engine)
    {
        var clock = new TestClock();
        await using var town = await Residents.Start(engine, b => b.Services.AddSingleton<TimeProvider>(clock));
        var staff = new StaffDesk(town.App);
        using var officer = await staff.Officer("OF-001", Residents.A, Role.TerminalAdmin);
        using var device = town.App.Client();
        var desk = new TerminalId(await Desk(officer, device));
        var sessions = town.Get<OpenSessions>();
        async Task<string> Sit() => await town.App.Database.Write(tx => sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3)
        {
            Terminal = desk, Certificate = new AuthCertificate(new string('a', 64), "1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)),
        }));

        var token = await Sit();
        clock.Jump(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1));
        Assert.True((await sessions.Find(token, SessionKind.Citizen)).Value.IsSitting);
        clock.Jump(TimeSpan.FromMinutes(3));
        Assert.Equal("login_required", (await sessions.Find(token, SessionKind.Citizen)).Refused?.Code);
        token = await Sit();
        for (var minute = 2; minute < 60; minute += 2)
        {
            clock.Jump(TimeSpan.FromMinutes(2));
            Assert.True((await sessions.Find(token, SessionKind.Citizen)).Ok);
        }
        clock.Jump(TimeSpan.FromMinutes(2));
        Assert.Equal("login_required", (await sessions.Find(token, SessionKind.Citizen)).Refused?.Code);

        token = await Sit();
        using var again = await staff.SignIn("office", "OF-001");
        Assert.Contains("市民課 3番", await again.GetStringAsync("/office/support-desks"), StringComparison.Ordinal);
        var stopped = await town.App.Submit(again, $"/office/terminals/{desk.Value}/stop", $"/office/terminals/{desk.Value}/stop", ("Reason", "窓口がなくなった"));
        Assert.Equal("/office/support-desks?saved=stopped", stopped.Headers.Location?.OriginalString);
        Assert.Equal("login_required", (await sessions.Find(token, SessionKind.Citizen)).Refused?.Code);
    }

    [Fact]
    public async Task S3_12_a_password_opens_nothing_at_a_desk_and_another_browser_is_none()
    {
        await using var town = await CardTown.Start();
        var staff = new StaffDesk(town.App);
        using var officer = await staff.Officer("OF-001", Residents.A, Role.TerminalAdmin);
        using var card = town.Authority.Issue(Held);
        await town.Resident(card, "AB12CD34");
        using var browser = town.Browser();
        var html = await browser.Client.GetStringAsync("/my/login");
        await Desk(officer, browser.Client);
        var token = System.Text.RegularExpressions.Regex.Match(html, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/my/login")
        {
            Content = new FormUrlEncodedContent([new("MyKeyId", "AB12CD34"), new("Password", Residents.Password), new("__RequestVerificationToken", token)]),
        };
        request.Headers.Add("Origin", town.App.Site.ToString().TrimEnd('/'));
        using var refused = await browser.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("card_login_required", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var elsewhere = town.Browser();
        Assert.Equal("/my", await elsewhere.Login(card));
        Assert.Equal("/my", (await elsewhere.Client.GetAsync("/my/desk")).Headers.Location?.OriginalString);
        Assert.False((await elsewhere.Client.GetAsync("/my")).Headers.Contains("Refresh"));
        using var clerk = await staff.Officer("OF-002", Residents.A, Role.Officer);
        Assert.Equal("role_forbidden", await Code(await clerk.PostAsJsonAsync("/api/v1/office/support-desks", new SupportDeskRequest(Guid.CreateVersion7(), "窓口"))));
    }
}
