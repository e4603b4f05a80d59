using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Passkeys;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Passkeys;

/// <summary>Goal: over HTTP, by page and by API, a passkey does for staff what password and one-time password do, under the site's own name only.</summary>
public sealed class PasskeysEndpointTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_by_the_API_from_the_registration_to_a_confirmed_login(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var desk = new StaffDesk(app);
        var client = await desk.Operator();
        using var key = Key(app);
        var id = await Add(client, "operator", key);

        using var other = app.Client();
        var opened = await LogIn(other, key, "operator");
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        Assert.Equal(["operator"], (await opened.Content.ReadFromJsonAsync<StaffSessionReply>())!.Roles);
        var ways = (await other.GetFromJsonAsync<SessionReply[]>("/api/v1/staff/sessions/operator"))!;
        Assert.Equal("passkey", ways.Single(w => w.This).Way);
        var asked = await Ask(other, "/api/v1/staff/sessions/operator/confirm/questions", new { });
        key.Count++;
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsJsonAsync("/api/v1/staff/sessions/operator/confirm/passkey", new PasskeyAnswerRequest(asked.Question, Json(key.Get(asked.Options.GetRawText()))))).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"/api/v1/staff/sessions/operator/passkeys/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/v1/staff/sessions/operator")).StatusCode);
        using var third = app.Client();
        var gone = await LogIn(third, key, "operator");
        Assert.Equal(HttpStatusCode.Forbidden, gone.StatusCode);
        Assert.Contains("passkey_failed", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V_D3_an_officer_s_passkey_opens_the_office_and_nothing_else()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var officer = await desk.Officer("OF-001", Town.A, Role.Officer);
        using var key = Key(app);
        await Add(officer, "office", key);
        using var browser = app.Client();
        Assert.Equal(HttpStatusCode.Forbidden, (await LogIn(browser, key, "operator")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await LogIn(browser, key, "office")).StatusCode);
        Assert.Contains("A市", await browser.GetStringAsync("/office"), StringComparison.Ordinal);
        Assert.Contains("パスキー「机」が加わりました", await browser.GetStringAsync("/office"), StringComparison.Ordinal);
        Assert.Contains("自治体の業務（パスキー）", await browser.GetStringAsync("/office/sessions"), StringComparison.Ordinal);
        // Through another name of this machine the answer must still be the site's.
        using var machine = app.Client(app.Loopback);
        Assert.Equal(HttpStatusCode.Created, (await LogIn(machine, key, "office")).StatusCode);
    }

    [Fact]
    public async Task V_D3_by_the_pages_and_without_script_by_the_number_of_the_app_as_before()
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        var client = await desk.Operator();
        using var key = Key(app);

        var page = await client.GetStringAsync("/operator/passkeys/new");
        Assert.Contains("passkey.js", page, StringComparison.Ordinal);
        var unnamed = await Send(app, client, "/operator/passkeys/new", "/operator/passkeys/new", key.Create, ("Label", " "));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unnamed.StatusCode);
        var foreign = await Send(app, client, "/operator/passkeys/new", "/operator/passkeys/new", options => "{}", ("Label", "机"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Contains("passkey_failed", await foreign.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var added = await Send(app, client, "/operator/passkeys/new", "/operator/passkeys/new", key.Create, ("Label", "机のノート"));
        Assert.Equal("/operator/passkeys?saved=added", added.Headers.Location?.ToString());
        Assert.Contains("机のノート", await client.GetStringAsync("/operator/passkeys"), StringComparison.Ordinal);

        using var browser = app.Client();
        var login = await browser.GetStringAsync("/operator/login?back=/operator/staff");
        Assert.Contains("/operator/login/passkey?back=%2Foperator%2Fstaff", login, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", login, StringComparison.Ordinal);
        var wrong = await Send(app, browser, "/operator/login/passkey", "/operator/login/passkey", _ => "{}");
        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        // Asking by itself again after a no would never end.
        Assert.DoesNotContain("data-auto=\"yes\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        key.Count++;
        var whole = await Send(app, browser, "/operator/login/passkey", "/operator/login/passkey", key.Get, ("back", "/operator/staff"));
        Assert.Equal("/operator/staff", whole.Headers.Location?.ToString());
        Assert.Contains("/operator/confirm/passkey", await browser.GetStringAsync("/operator/confirm"), StringComparison.Ordinal);
        key.Count++;
        var confirmed = await Send(app, browser, "/operator/confirm/passkey", "/operator/confirm/passkey", key.Get, ("back", "/operator/passkeys"));
        Assert.Equal("/operator/passkeys", confirmed.Headers.Location?.ToString());

        var id = Regex.Match(await browser.GetStringAsync("/operator/passkeys"), "name=\"Key\" value=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal("/operator/passkeys?saved=removed", (await app.Submit(browser, "/operator/passkeys", "/operator/passkeys?handler=remove", ("Key", id))).Headers.Location?.ToString());
        Assert.DoesNotContain("/operator/confirm/passkey", await browser.GetStringAsync("/operator/confirm"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V_D3_a_confirmation_that_is_over_is_asked_for_before_a_passkey_is_added_or_removed()
    {
        var clock = new TestClock();
        await using var app = await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock));
        var desk = new StaffDesk(app);
        var client = await desk.Operator();
        using var key = Key(app);
        var id = await Add(client, "operator", key);
        clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal("/operator/confirm?back=%2Foperator%2Fpasskeys%2Fnew", (await client.GetAsync("/operator/passkeys/new")).Headers.Location?.ToString());
        Assert.Equal("/operator/confirm?back=%2Foperator%2Fpasskeys", (await app.Submit(client, "/operator/passkeys", "/operator/passkeys?handler=remove", ("Key", id.ToString()))).Headers.Location?.ToString());
        Assert.Contains("confirm_required", await (await client.DeleteAsync($"/api/v1/staff/sessions/operator/passkeys/{id}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("confirm_required", await (await client.PostAsJsonAsync("/api/v1/staff/sessions/operator/passkeys/questions", new { })).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static SoftPasskey Key(TestApp app) => new() { Origin = app.Site.ToString().TrimEnd('/') };

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    private static async Task<PasskeyQuestionReply> Ask(HttpClient client, string path, object body)
    {
        var answer = await client.PostAsJsonAsync(path, body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<PasskeyQuestionReply>())!;
    }

    private static async Task<Guid> Add(HttpClient client, string shell, SoftPasskey key)
    {
        var asked = await Ask(client, $"/api/v1/staff/sessions/{shell}/passkeys/questions", new { });
        var added = await client.PostAsJsonAsync($"/api/v1/staff/sessions/{shell}/passkeys", new NewPasskeyRequest(asked.Question, Json(key.Create(asked.Options.GetRawText())), "机"));
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var id = await added.Content.ReadFromJsonAsync<Guid>();
        Assert.Equal(id, Assert.Single((await client.GetFromJsonAsync<PasskeyReply[]>($"/api/v1/staff/sessions/{shell}/passkeys"))!).Id);
        return id;
    }

    private static async Task<HttpResponseMessage> LogIn(HttpClient client, SoftPasskey key, string shell)
    {
        var asked = await Ask(client, "/api/v1/staff/passkey-questions", new PasskeyQuestionRequest(shell));
        key.Count++;
        return await client.PostAsJsonAsync("/api/v1/staff/passkey-sessions", new PasskeySessionRequest(shell, asked.Question, Json(key.Get(asked.Options.GetRawText()))));
    }

    /// <summary>What the script of the page does.</summary>
    private static async Task<HttpResponseMessage> Send(TestApp app, HttpClient client, string page, string path, Func<string, string> authenticator, params (string, string)[] fields)
    {
        var html = await client.GetStringAsync(page);
        var options = WebUtility.HtmlDecode(Regex.Match(html, "data-options=\"([^\"]+)\"").Groups[1].Value);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Append(("Question", Hidden("Question"))).Append(("Credential", authenticator(options))).Append(("__RequestVerificationToken", Hidden("__RequestVerificationToken")))
                .Select(f => KeyValuePair.Create(f.Item1, f.Item2))),
        };
        request.Headers.Add("Origin", app.Site.ToString().TrimEnd('/'));
        return await client.SendAsync(request);

        string Hidden(string name) => Regex.Match(html, $"name=\"{name}\"[^>]* value=\"([^\"]+)\"").Groups[1].Value;
    }
}
