using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.App.Cases;
using MyKey.App.Grants;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Refusals;

/// <summary>Goal: each of these codes is what its own call answers, and its sentence stands on its own page (groups A, B, C, V, X): a row each.</summary>
public sealed class ProvokedTests
{
    /// <param name="Call">Refused with the code.</param>
    /// <param name="Form">Shows what happened.</param>
    private sealed record Row(string Code, Func<Task<HttpResponseMessage>> Call, Func<Task<HttpResponseMessage>> Form);

    [Fact]
    public async Task S2_P4a_S0_5015_S0_1004b_S0_4048b_S1_25a_S0_1002a_S0_1020a_what_a_citizen_is_refused_with_by_call_and_on_the_page()
    {
        await using var town = await Residents.Start(settings: ["MyKey:Limits:AttemptsPerMinute=10000"]);
        var citizen = await town.Resident(home: Residents.A);
        await town.Resident("MY654321", 2);
        using var me = await town.LoggedIn();
        using var homeless = await town.LoggedIn("MY654321");
        using var card = await ByCard(town, citizen);
        using var stranger = town.App.Client();
        await Holds(
        [
            new("id_format", () => card.PutAsJsonAsync("/api/v1/my/id", new { myKeyId = "MY12" }), () => town.Send(card, "/my/id", ("MyKeyId", "MY12"))),
            new("id_taken", () => card.PutAsJsonAsync("/api/v1/my/id", new { myKeyId = "MY654321" }), () => town.Send(card, "/my/id", ("MyKeyId", "MY654321"))),
            new("card_login_required", () => me.PutAsJsonAsync("/api/v1/my/id", new { myKeyId = "ZY98XW76" }), () => town.App.Submit(me, "/my/settings", "/my/id", ("MyKeyId", "ZY98XW76"))),
            new("base_account_required", () => homeless.PostAsJsonAsync("/api/v1/my/codes", new { municipality = "132985" }), () => town.App.Submit(homeless, "/my/settings", "/my/code", ("Town", "132985"))),
            new("my_number_refused", () => Ask(me, "123456789018です"), () => Asked(town, me, "123456789018です")),
            new("pan_refused", () => Ask(me, "4111 1111 1111 1111"), () => Asked(town, me, "4111 1111 1111 1111")),
            new("login_failed", () => stranger.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = Residents.MyKeyId, password = "wrong wrong wrong" }), () => town.Send(stranger, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", "wrong wrong wrong"))),
        ]);
        for (var i = 0; i < 4; i++) await stranger.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "MY654321", password = $"wrong wrong {i}" });
        await Holds([new("login_throttled", () => stranger.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "MY654321", password = Residents.Password }), () => town.Send(stranger, "/my/login", ("MyKeyId", "MY654321"), ("Password", Residents.Password)))]);
    }

    [Fact]
    public async Task S0_3002a_S0_5005c_S0_5016b_who_has_no_id_or_one_that_is_stopped_or_given_up_hears_so_by_call_and_on_the_page()
    {
        await using var town = await Residents.Start(settings: ["MyKey:Limits:AttemptsPerMinute=10000"]);
        var citizen = await town.Resident(home: Residents.A);
        using var me = await town.LoggedIn();
        using var nobody = await ByCard(town, null);
        Assert.Equal("mykey_missing", await CodeOf(await nobody.GetAsync("/api/v1/my/balances")));
        Assert.Equal("/my/start", (await nobody.GetAsync("/my")).Headers.Location?.OriginalString);   // the page on which an ID is made
        foreach (var (state, code) in ((CitizenState, string)[])[(CitizenState.Suspended, "id_suspended"), (CitizenState.Revoked, "id_revoked")])
        {
            await town.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_citizen set state = @state where id = @citizen", new { state = (int)state, citizen }, tx.Handle));
            await Holds([new(code, () => me.GetAsync("/api/v1/my/balances"), () => me.GetAsync("/my"))]);
        }
    }

    [Fact]
    public async Task V_D1_V_D3_what_an_officer_is_refused_with_by_call_and_on_the_page()
    {
        await using var office = await GrantOffice.Open(budget: 50_000);
        using var approver = await office.Approver();
        var own = (await (await approver.PostAsJsonAsync("/api/v1/office/grants", office.Request(10_001))).Content.ReadFromJsonAsync<GrantReply>())!;
        await Holds(
        [
            new("role_forbidden", () => office.Officer.GetAsync("/api/v1/office/staff"), () => office.Officer.GetAsync("/office/staff")),
            new("four_eyes", () => approver.PostAsync($"/api/v1/office/grants/{own.Id}/approve", null), () => office.App.Submit(approver, "/office/grants", $"/office/grants/{own.Id}?handler=Approve")),
        ]);
    }

    [Fact]
    public async Task S0_5004a_a_mailbox_that_is_none_is_refused_by_call_and_on_the_page()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident(home: Residents.A);
        using var me = await town.Town.LoggedIn();
        await Holds([new("mail_format", () => me.PutAsJsonAsync("/api/v1/my/mail", new { mail = "aaa@", password = Residents.Password }), () => town.Town.Send(me, "/my/settings/mail?handler=ask", ("Mail", "aaa@"), ("Password", Residents.Password)))]);
    }

    private static async Task Holds(Row[] rows)
    {
        foreach (var row in rows)
        {
            Assert.Equal(row.Code, await CodeOf(await row.Call()));
            var page = await row.Form();
            var shown = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
            Assert.True((int)page.StatusCode is >= 400 and < 500 && shown.Contains(RefusalText.For(row.Code).What.Split('{')[0], StringComparison.Ordinal), $"{row.Code} stands on its page, which is {(int)page.StatusCode} {page.Headers.Location}");
        }
    }

    private static async Task<string?> CodeOf(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode ? $"{(int)answer.StatusCode}" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    private static Task<HttpResponseMessage> Ask(HttpClient me, string said) => me.PostAsJsonAsync("/api/v1/my/cases/questions", new WantedQuestion(Guid.CreateVersion7(), null, "other", said));

    private static Task<HttpResponseMessage> Asked(Residents town, HttpClient me, string said) =>
        town.Send(me, "/my/cases/ask", ("Id", Guid.CreateVersion7().ToString()), ("Desk", "platform"), ("Topic", "other"), ("Said", said));

    /// <summary>A browser whose citizen came with the card; null: with a card that has no ID yet.</summary>
    private static async Task<HttpClient> ByCard(Residents town, CitizenId? citizen)
    {
        var certificate = new AuthCertificate(new string('a', 64), citizen is null ? "f2" : "f1", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var token = await town.App.Database.Write(tx => town.Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }));
        var client = town.App.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-citizen={token}");
        return client;
    }
}
