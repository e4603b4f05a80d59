using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: over HTTP, a telephone that signs lets in the computer that asked, and no other browser.</summary>
public sealed class PhoneLoginTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_2005_S1_14a_by_the_telephone_to_the_page_asked_for_and_the_same_account_as_by_the_reader(Engine engine)
    {
        await using var town = await PhoneTown.Start(engine);
        using var card = town.Cards.Authority.Issue();
        town.Lay("mine", card);
        await town.Cards.Resident(card, "AB12CD34");
        using var computer = town.App.Client();
        Assert.Contains("/card/phone?back=%2Fmy%2Fsettings", await computer.GetStringAsync("/my/login?back=/my/settings"), StringComparison.Ordinal);
        Assert.Equal("/card/phone/wait", (await computer.GetAsync("/card/phone?back=/my/settings")).Headers.Location!.OriginalString);
        var shown = await PhoneTown.Look(computer);
        Assert.Null(shown.Number);

        var (ask, no) = await town.Phone.Scan(shown.Link, TestContext.Current.CancellationToken);
        Assert.Null(no);
        Assert.Equal((town.App.Site.ToString().TrimEnd('/'), "login"), (ask!.Origin, ask.Purpose.Code));
        Assert.Null(await town.Phone.Choose(ask.Id, (await PhoneTown.Look(computer)).Number, TestContext.Current.CancellationToken));
        Assert.Contains("暗証番号", (await town.Phone.Sign(ask.Id, "mine", "9999", TestContext.Current.CancellationToken))!.What, StringComparison.Ordinal);
        Assert.Null(await town.Phone.Sign(ask.Id, "mine", FirstCards.Pin, TestContext.Current.CancellationToken));
        Assert.Equal("/my/settings", (await PhoneTown.Look(computer)).Leads);
        Assert.Contains("AB12CD34", await computer.GetStringAsync("/my?id=show"), StringComparison.Ordinal);
        Assert.Equal("/my/login?card=session_expired", (await PhoneTown.Look(computer)).Leads);
    }

    [Fact]
    public async Task S0_2005_a_fresh_card_makes_its_ID_by_the_telephone_too()
    {
        await using var town = await PhoneTown.Start();
        using var card = town.Cards.Authority.Issue();
        town.Lay("fresh", card);
        using var computer = town.App.Client();
        await LogIn(town, computer, "fresh");
        Assert.Equal("/my/start", (await PhoneTown.Look(computer)).Leads);
        var made = await town.Cards.Residents.Send(computer, "/my/start", ("MyKeyId", "AB12CD34"), ("Town", "132985"), ("Password", Residents.Password));
        Assert.Equal("/my?id=show", made.Headers.Location!.ToString());
        using var reader = town.Cards.Browser();
        Assert.Equal("/my", await reader.Login(card));
    }

    [Fact]
    public async Task S0_5003_another_browser_that_knows_question_and_link_gets_nothing()
    {
        await using var town = await PhoneTown.Start();
        using var card = town.Cards.Authority.Issue();
        town.Lay("mine", card);
        using var computer = town.App.Client();
        var asked = await computer.GetAsync("/card/phone");
        await Sign(town, computer, "mine");
        var stolen = Cookie(asked, "mykey-phone");
        using var thief = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectCallback = TestApp.ToThisMachine }) { BaseAddress = town.App.Site };
        var own = Cookie(await thief.GetAsync("/card/phone"), "mykey-before-login");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/card/phone/wait");
        request.Headers.Add("Cookie", $"{stolen}; {own}");
        var answer = await thief.SendAsync(request);
        Assert.Equal("/my/login?card=session_expired", answer.Headers.Location!.OriginalString);
        Assert.DoesNotContain(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("mykey-citizen=", StringComparison.Ordinal));
        Assert.Equal("/my/start", (await PhoneTown.Look(computer)).Leads);

        static string Cookie(HttpResponseMessage answer, string name) => answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith($"{name}=", StringComparison.Ordinal)).Split(';')[0];
    }

    [Theory]
    [InlineData("revoked", "cert_revoked"), InlineData("expired", "cert_expired")]
    public async Task S0_1003_a_card_that_does_not_hold_is_told_on_the_telephone_and_the_computer_begins_again(string which, string code)
    {
        await using var town = await PhoneTown.Start();
        using var card = which == "revoked" ? town.Cards.Authority.IssueRevoked() : town.Cards.Authority.IssueExpired();
        town.Lay(which, card);
        await town.Cards.LoadLists();
        using var computer = town.App.Client();
        var no = await LogIn(town, computer, which, refused: true);
        Assert.Contains(MyKey.Kernel.RefusalText.For(code).What, no, StringComparison.Ordinal);
        Assert.Equal("/my/login?card=auth_failed", (await PhoneTown.Look(computer)).Leads);
    }

    [Fact]
    public async Task S0_2005_a_wrong_number_ends_it_on_both_and_a_foreign_code_is_not_even_sent()
    {
        await using var town = await PhoneTown.Start();
        using var computer = town.App.Client();
        await computer.GetAsync("/card/phone");
        var shown = await PhoneTown.Look(computer);
        Assert.Contains("知らないサイト", (await town.Phone.Scan("http://mykey.example/card/phone/app#x", TestContext.Current.CancellationToken)).No!.What, StringComparison.Ordinal);
        Assert.NotNull((await town.Phone.Scan("https://mykey.example/", TestContext.Current.CancellationToken)).No);
        var (ask, _) = await town.Phone.Scan(shown.Link, TestContext.Current.CancellationToken);
        Assert.NotNull((await town.Phone.Scan(shown.Link, TestContext.Current.CancellationToken)).No);
        var number = (await PhoneTown.Look(computer)).Number;
        Assert.Contains("数字がちがいます", (await town.Phone.Choose(ask!.Id, number == "10" ? "11" : "10", TestContext.Current.CancellationToken))!.What, StringComparison.Ordinal);
        Assert.Equal("/my/login?card=phone_number_wrong", (await PhoneTown.Look(computer)).Leads);
        Assert.Contains("phone_number_wrong", await computer.GetStringAsync("/my/login?card=phone_number_wrong"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/card/phone/questions", "{}", "body_unreadable"), InlineData("/card/phone/questions", """{"link":"x","agentVersion":"1.0.0","more":1}""", "body_unreadable")]
    [InlineData("/card/phone/questions", """{"link":"x","agentVersion":"0.9.0"}""", "app_outdated"), InlineData("/card/phone/questions", """{"link":"x","agentVersion":"1.0.0"}""", "phone_link_unknown")]
    [InlineData("/card/phone/choices", """{"link":"x","phone":"y"}""", "body_unreadable"), InlineData("/card/phone/choices", """{"link":"x","phone":"y","number":"12"}""", "phone_link_unknown")]
    public async Task S0_2005_bad_input_gets_a_clear_no(string path, string body, string code)
    {
        await using var town = await CardTown.Start();
        using var client = town.App.Client();
        using var answer = await client.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task S0_5001_without_anchors_or_switched_off_no_telephone_is_offered(bool cards)
    {
        await using var town = cards ? await CardTown.Start(settings: ["MyKey:Card:Phones=false"]) : null;
        await using var bare = cards ? null : await TestApp.Start();
        using var client = (town?.App ?? bare!).Client();
        Assert.DoesNotContain("/card/phone", await client.GetStringAsync("/my/login"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/card/phone")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.PostAsJsonAsync("/card/phone/questions", new { link = "x", agentVersion = "1.0.0" })).StatusCode);
        Assert.Equal("/my/login?card=session_expired", (await PhoneTown.Look(client)).Leads);
        Assert.Contains("アプリで", await client.GetStringAsync("/card/phone/app"), StringComparison.Ordinal);
    }

    private static async Task<string?> LogIn(PhoneTown town, HttpClient computer, string card, bool refused = false)
    {
        await computer.GetAsync("/card/phone");
        return await Sign(town, computer, card, refused);
    }

    /// <returns>What the telephone said in the end.</returns>
    private static async Task<string?> Sign(PhoneTown town, HttpClient computer, string card, bool refused = false)
    {
        var stop = TestContext.Current.CancellationToken;
        var (ask, _) = await town.Phone.Scan((await PhoneTown.Look(computer)).Link, stop);
        Assert.Null(await town.Phone.Choose(ask!.Id, (await PhoneTown.Look(computer)).Number, stop));
        var no = await town.Phone.Sign(ask.Id, card, FirstCards.Pin, stop);
        Assert.Equal(refused, no is not null);
        return no?.What;
    }
}
