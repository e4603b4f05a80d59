using System.Net;
using MyKey.App;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: a card and its PIN let in its holder and nobody else, by the protocol and over HTTP.</summary>
public class CardLoginTests
{
    private static readonly (string, string)[] Whole = [("MyKeyId", "AB12CD34"), ("Town", "132985"), ("Password", Residents.Password)];

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1002a_S0_5005c_a_fresh_card_makes_its_ID_on_one_page_and_both_logins_find_it(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        using var browser = town.Browser();
        Assert.Equal("/my/start", await browser.Login(card));
        Assert.Equal("/my/start", (await browser.Client.GetAsync("/my")).Headers.Location!.ToString());
        Assert.Contains("はじめての設定", await browser.Client.GetStringAsync("/my/start"), StringComparison.Ordinal);

        var wrong = await town.Residents.Send(browser.Client, "/my/start", ("MyKeyId", "short"), ("Town", ""), ("Password", "1234"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal(3, (await wrong.Content.ReadAsStringAsync()).Split("aria-invalid").Length - 1);
        Assert.Equal("/my/start", (await browser.Client.GetAsync("/my")).Headers.Location!.ToString());

        var made = await town.Residents.Send(browser.Client, "/my/start", Whole);
        Assert.Equal("/my?id=show", made.Headers.Location!.ToString());
        Assert.Contains("AB12CD34", await browser.Client.GetStringAsync("/my?id=show"), StringComparison.Ordinal);
        Assert.Equal("/my", (await browser.Client.GetAsync("/my/start")).Headers.Location!.ToString());
        using var later = town.App.Client();
        var byId = await town.Residents.Send(later, "/my/login", ("MyKeyId", "ab12cd34"), ("Password", Residents.Password));
        Assert.Equal("/my", byId.Headers.Location!.ToString());
    }

    [Fact]
    public async Task S0_1002b_two_tabs_make_one_ID_and_the_next_login_finds_it()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        using var first = town.Browser();
        using var second = town.Browser();
        await first.Login(card);
        await second.Login(card);
        // Both pages are open before either is sent.
        await town.Residents.Send(first.Client, "/my/start", Whole);
        var other = await town.Residents.Send(second.Client, "/my/start", [("MyKeyId", "ZZ99ZZ99"), ("Town", "134988")]);
        Assert.Equal(HttpStatusCode.SeeOther, other.StatusCode);
        Assert.Contains("AB12CD34", await second.Client.GetStringAsync("/my?id=show"), StringComparison.Ordinal);
        using var third = town.Browser();
        Assert.Equal("/my/settings", await third.Login(card, back: "/my/settings"));
    }

    [Fact]
    public async Task S0_5003_a_code_serves_only_the_browser_that_asked_and_only_once()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        using var mine = town.Browser();
        using var theirs = town.Browser();
        await theirs.Ask();
        var code = await mine.Answer(card, await mine.Ask());
        Assert.Equal("/my/login?card=auth_failed", (await theirs.Client.GetAsync($"/card/return?code={code}")).Headers.Location!.ToString());
        Assert.Equal("/my/login?card=auth_failed", (await mine.Client.GetAsync($"/card/return?code={code}")).Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.SeeOther, (await mine.Client.GetAsync("/my")).StatusCode);
    }

    [Fact]
    public async Task S1_15a_the_way_back_leaves_no_trace_in_address_referrer_or_cache()
    {
        await using var town = await CardTown.Start();
        using var browser = town.Browser();
        var back = await browser.Client.GetAsync("/card/return?state=pin_locked&challengeId=x");
        Assert.Equal("/my/login?card=pin_locked", back.Headers.Location!.ToString());
        Assert.Equal("no-referrer", back.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(back.Headers.CacheControl!.NoStore);
        Assert.Contains("pin_locked", await browser.Client.GetStringAsync("/my/login?card=pin_locked"), StringComparison.Ordinal);
        Assert.Equal("/my/login?card=cancelled", (await browser.Client.GetAsync("/card/return?state=%3Cscript%3E")).Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("revoked", "cert_revoked"), InlineData("expired", "cert_expired"), InlineData("signing", "auth_failed")]
    public async Task S0_1003_a_card_that_does_not_hold_is_told_to_the_agent(string which, string refused)
    {
        await using var town = await CardTown.Start();
        using var card = which switch { "revoked" => town.Authority.IssueRevoked(), "expired" => town.Authority.IssueExpired(), _ => town.Authority.IssueSigning() };
        await town.LoadLists();
        using var browser = town.Browser();
        var no = await Assert.ThrowsAsync<HttpRequestException>(() => browser.Login(card));
        Assert.Contains($"\"{refused}\"", no.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_22_a_revocation_ends_the_sessions_of_its_card(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var lost = town.Authority.Issue();
        using var other = town.Authority.Issue();
        using var browser = town.Browser();
        using var neighbour = town.Browser();
        await browser.Login(lost);
        await neighbour.Login(other);
        town.Authority.Revoke(lost.Authority, lost.Serial, System.Security.Cryptography.X509Certificates.X509RevocationReason.CessationOfOperation);
        await town.LoadLists();
        await town.RunCrlJob();
        Assert.Equal("/my/login?back=%2Fmy%2Fstart", (await browser.Client.GetAsync("/my/start")).Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, (await neighbour.Client.GetAsync("/my/start")).StatusCode);
    }

    [Fact]
    public async Task S0_5005b_in_a_card_session_the_password_changes_without_the_old_one()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        using var browser = town.Browser();
        await browser.Login(card);
        await town.Residents.Send(browser.Client, "/my/start", Whole);
        using var byId = town.Browser();
        await town.Residents.Send(byId.Client, "/my/login", ("MyKeyId", "AB12CD34"), ("Password", Residents.Password));
        Assert.Contains("/card/ask?purpose=step-up", await byId.Client.GetStringAsync("/my/settings"), StringComparison.Ordinal);
        Assert.Equal("/my/settings", await byId.Login(card, "step-up", "/my/settings"));
        Assert.DoesNotContain("OldPassword", await byId.Client.GetStringAsync("/my/settings"), StringComparison.Ordinal);
        using var stranger = town.Authority.Issue();
        Assert.Equal("/my/login?card=auth_failed", await byId.Login(stranger, "step-up", "/my/settings"));
    }

    [Fact]
    public async Task S0_5001_S0_2001_whoever_never_came_back_from_the_agent_is_asked_for_it_first()
    {
        await using var town = await CardTown.Start();
        using var client = town.App.Client();
        var login = await client.GetStringAsync("/my/login");
        Assert.Contains("/card/ask?purpose=login", login, StringComparison.Ordinal);
        Assert.Contains(CardIssue.Site, login, StringComparison.Ordinal);
        Assert.Contains(CardIssue.Site, await client.GetStringAsync("/"), StringComparison.Ordinal);
        var asked = (await client.GetAsync("/card/ask?purpose=login&back=/my/code")).Headers.Location!.ToString();
        Assert.StartsWith("/card/prepare?", asked, StringComparison.Ordinal);
        Assert.Contains("/card/ask?purpose=login&amp;back=%2Fmy%2Fcode&amp;agent=1", await client.GetStringAsync(asked), StringComparison.Ordinal);
        Assert.Equal("/my/login", (await client.GetAsync("/card/start")).Headers.Location!.ToString());
        Assert.StartsWith("http://127.0.0.1:5070/sign?", (await client.GetAsync("/card/ask?purpose=login&back=/my")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/card/ask?purpose=use-points")).StatusCode);
    }

    [Theory, InlineData("auto_on_card_login", "/my/settings"), InlineData("generate", "/my/start")]
    public async Task K_01_how_an_ID_comes_into_being_is_a_setting(string mode, string leads)
    {
        await using var town = await CardTown.Start();
        Assert.True((await town.Residents.Get<SetSetting>().Run(new("id.issue_mode", SettingPlace.Platform, mode, Actor.Job("test")))).Ok);
        using var card = town.Authority.Issue();
        using var browser = town.Browser();
        Assert.Equal(leads, await browser.Login(card, back: "/my/settings"));
        if (mode == "generate")
        {
            Assert.DoesNotContain("name=\"MyKeyId\"", await browser.Client.GetStringAsync("/my/start"), StringComparison.Ordinal);
            Assert.Equal("/my?id=show", (await town.Residents.Send(browser.Client, "/my/start", ("Town", "132985"))).Headers.Location!.ToString());
        }
        Assert.Contains("class=\"handle", await browser.Client.GetStringAsync("/my/settings"), StringComparison.Ordinal);
    }

    [Fact]
    public void S1_05c_a_missing_certificate_can_be_added_at_the_counter() =>
        Assert.Contains("市区町村の窓口", RefusalText.For("cert_missing").Next, StringComparison.Ordinal);

    [Fact]
    public async Task S0_5001_without_anchors_no_card_is_asked_for_or_taken()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client();
        Assert.DoesNotContain("/card/ask", await client.GetStringAsync("/my/login"), StringComparison.Ordinal);
        var page = await client.GetAsync("/card/ask?purpose=login");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("card_unavailable", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("card_unavailable", await CardAnswersTests.Text(await CardAnswersTests.Post(client, "/card/answers", "{}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls=http://*:0"), InlineData("--urls=http://127.0.0.1:0;http://*:0"), InlineData("--MyKey:BehindProxy=true")]
    public async Task Roots_of_the_sandbox_are_for_this_machine_only(string bound)
    {
        using var authority = NationalAuthority.InMemory(TimeProvider.System);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, authority.AnchorsPem(), TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<InvalidDataException>(() => Startup.Build([$"--MyKey:Card:Anchors={file}", bound]));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
