using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Demo;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: staff are individual and have a second factor, and nobody is in their pages but they (V-D3).</summary>
public class StaffShellTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_from_the_enrolment_address_over_two_screens_to_the_page_asked_for(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var desk = new StaffDesk(app);
        using var client = app.Client();
        var token = (await app.Services.GetRequiredService<AddFirstOperator>().Add("OP-001")).Value;
        var page = await client.GetStringAsync($"/operator/enrol?token={token}");
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        var secret = Regex.Match(page, "wrap-anywhere\">([A-Z2-7]+)<").Groups[1].Value;
        var app6238 = new Authenticator(secret, TimeProvider.System);

        var weak = await app.Submit(client, $"/operator/enrol?token={token}", $"/operator/enrol?token={token}", ("token", token), ("Password", "short"), ("Code", "000000"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode);
        var enrolled = await app.Submit(client, $"/operator/enrol?token={token}", "/operator/enrol", ("token", token), ("Password", StaffDesk.Password), ("Code", app6238.Next()));
        Assert.Equal("/operator/login?enrolled=1", enrolled.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/operator/enrol?token={token}")).StatusCode);

        Assert.Equal("/operator/login?back=%2Foperator", (await client.GetAsync("/operator")).Headers.Location?.ToString());
        await app.Submit(client, "/operator/login", "/operator/login", ("Number", "OP-001"), ("Password", StaffDesk.Password));
        Assert.Equal("/operator/login?back=%2Foperator&expired=1", (await client.GetAsync("/operator")).Headers.Location?.ToString());
        var half = await app.Submit(client, "/operator/login", "/operator/login", ("Number", "ｏｐ-001"), ("Password", StaffDesk.Password));
        Assert.Equal("/operator/login/code?back=%2Foperator", half.Headers.Location?.ToString());
        var wrong = await app.Submit(client, "/operator/login/code", "/operator/login/code", ("Code", "12345"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var whole = await app.Submit(client, "/operator/login/code", "/operator/login/code", ("Code", app6238.Next()), ("back", "/operator"));
        Assert.Equal("/operator", whole.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/operator")).StatusCode);

        var left = await app.Submit(client, "/operator", "/operator/logout");
        Assert.Equal("/operator/login?left=1", left.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.SeeOther, (await client.GetAsync("/operator")).StatusCode);
    }

    [Theory]
    [InlineData("OP-001", "not-the-password"), InlineData("NOBODY", StaffDesk.Password), InlineData("", "")]
    public async Task V_D3_login_failed_says_the_same_for_both_fields(string number, string password)
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        await desk.Operator();
        using var client = app.Client();

        var answer = await app.Submit(client, "/operator/login", "/operator/login", ("Number", number), ("Password", password));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("login_failed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V_D3_each_shell_has_its_own_people()
    {
        await using var app = await TestApp.Start();
        var town = await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        var officer = await desk.Officer("OF-001", Town.A, Role.Officer);
        var page = await officer.GetStringAsync("/office");
        Assert.Contains("A市", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await officer.GetAsync("/operator")).StatusCode);

        using var elsewhere = app.Client();
        var answer = await elsewhere.PostAsJsonAsync("/api/v1/staff/sessions", new StaffSessionRequest("operator", "OF-001", StaffDesk.Password, desk.Code("OF-001")));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("login_failed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        _ = town;
    }

    [Theory, InlineData("/office"), InlineData("/office/shops"), InlineData("/office/staff"), InlineData("/office/grants"), InlineData("/office/programmes")]
    public async Task V_D3_an_office_opens_without_a_choice_of_municipality(string path)
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var desk = new StaffDesk(app);
        await desk.Invite("TA-001", Town.A, Role.TerminalAdmin, Role.StaffAdmin, Role.Officer);

        var officer = await desk.SignIn("office", "TA-001");

        Assert.Equal(HttpStatusCode.OK, (await officer.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task V_D3_a_one_time_password_counts_once()
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        await desk.Operator();
        using var client = app.Client();
        var code = desk.Code("OP-001");
        var request = new StaffSessionRequest("operator", "OP-001", StaffDesk.Password, code);

        Assert.Equal(HttpStatusCode.Created, (await client.PostAsJsonAsync("/api/v1/staff/sessions", request)).StatusCode);
        var again = await client.PostAsJsonAsync("/api/v1/staff/sessions", request);

        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Contains("totp_wrong", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//other.example"), InlineData("/my"), InlineData("/operatorx"), InlineData("/operator/login"), InlineData("/operator/logout"), InlineData("")]
    public void The_way_on_leads_nowhere_else(string asked) => Assert.Equal("/operator", StaffDoor.Operator.Back(asked));
}
