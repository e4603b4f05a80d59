using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Operator.Citizens;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Operator.Citizens;

/// <summary>Goal: a leaked ID is stopped everywhere at once, comes back with a new password, and everything about it can be read (S0-1022).</summary>
public class CitizensTests
{
    private const string Api = "/api/v1/operator/citizens/my123456";
    private const string Password = "midori-no-oka-1873";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022a_suspended_means_no_login_no_terminal_no_code_and_the_points_stay(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var (town, desk) = (await Town.Build(app.Services), new StaffDesk(app));
        var platform = await desk.Operator();
        Assert.True((await town.Get<SetPassword>().Set(town.Session, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        using var citizen = app.Client();
        await app.Submit(citizen, "/my/login", "/my/login", ("MyKeyId", "MY123456"), ("Password", Password));
        Assert.Equal(HttpStatusCode.OK, (await citizen.GetAsync("/my")).StatusCode);
        using var device = app.Client();
        var enrolled = await device.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(await town.EnrolCode(town.Shop), Town.ShopCode));
        var terminal = (await town.Get<FindTerminal>().Get(TerminalId.Of((await enrolled.Content.ReadFromJsonAsync<EnrolledTerminalReply>())!.Id)))!;
        var token = (await town.Get<UseOneTimeCode>().Use(terminal, "MY123456", await town.Code())).Value;
        var code = await town.Code();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await platform.PostAsJsonAsync($"{Api}/suspend", new ReasonRequest(" "))).StatusCode);
        var done = await platform.PostAsJsonAsync($"{Api}/suspend", new ReasonRequest("受付番号12"));
        Assert.Equal(new CitizenReply("MY123456", "suspended"), await done.Content.ReadFromJsonAsync<CitizenReply>());

        Assert.Equal(HttpStatusCode.SeeOther, (await citizen.GetAsync("/my")).StatusCode);
        await Says("id_suspended", await app.Submit(citizen, "/my/login", "/my/login", ("MyKeyId", "MY123456"), ("Password", Password)));
        await Says("このマイキーIDは止めてあります", await app.Submit(device, "/terminal", "/terminal", ("MyKeyId", "MY123456"), ("Code", code)));
        await Says("id_suspended", await device.PostAsJsonAsync("/api/v1/uses", new UseRequest(Guid.CreateVersion7(), token, Town.A.Value, 100)));
        Assert.Equal((2800, 2000, 1740), (await town.Usable(Town.A), await town.Usable(Town.B), await town.Usable(Town.C)));

        await platform.PostAsJsonAsync($"{Api}/resume", new ReasonRequest("調べ終わった"));
        await Says("login_failed", await app.Submit(citizen, "/my/login", "/my/login", ("MyKeyId", "MY123456"), ("Password", Password)));
        Assert.True((await town.Get<FindCitizen>().Get(town.Citizen))!.RequireActive().Ok);
    }

    [Fact]
    public async Task S0_1022b_the_pages_suspend_and_resume_with_a_reason()
    {
        await using var app = await TestApp.Start();
        var (town, desk) = (await Town.Build(app.Services), new StaffDesk(app));
        var platform = await desk.Operator();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(platform, "/operator/citizens", "/operator/citizens", ("Id", "NOBODY99"))).StatusCode);
        var found = await app.Submit(platform, "/operator/citizens", "/operator/citizens", ("Id", "ｍｙ123456"));
        Assert.Equal("/operator/citizens/MY123456", found.Headers.Location?.ToString());
        var empty = await app.Submit(platform, "/operator/citizens/MY123456", "/operator/citizens/MY123456?handler=suspend", ("Reason", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        Assert.True((await town.Get<FindCitizen>().Get(town.Citizen))!.RequireActive().Ok);
        await app.Submit(platform, "/operator/citizens/MY123456", "/operator/citizens/MY123456?handler=suspend", ("Reason", "受付番号12"));
        Assert.Equal("id_suspended", (await town.Get<FindCitizen>().Get(town.Citizen))!.RequireActive().Refused?.Code);
        await app.Submit(platform, "/operator/citizens/MY123456", "/operator/citizens/MY123456?handler=resume", ("Reason", "調べ終わった"));
        Assert.True((await town.Get<FindCitizen>().Get(town.Citizen))!.RequireActive().Ok);
    }

    [Fact]
    public async Task S0_1022c_the_extract_has_operations_and_transfers_with_operator_and_reason()
    {
        await using var app = await TestApp.Start();
        var (town, desk) = (await Town.Build(app.Services), new StaffDesk(app));
        var platform = await desk.Operator();
        await platform.PostAsJsonAsync($"{Api}/suspend", new ReasonRequest("=受付番号12"));

        var extract = (await platform.GetFromJsonAsync<CitizenExtract>($"{Api}/extract?reason=調査"))!;
        Assert.Equal(["citizen.suspended", "citizen.base_set", "id.issued"], extract.Operations.Select(o => o.Action));
        Assert.Equal(("staff", "=受付番号12", "Active", "Suspended"), (extract.Operations[0].By, extract.Operations[0].Reason, extract.Operations[0].Before, extract.Operations[0].After));
        Assert.Equal(["134996 1740", "134988 2000", "132985 2800"], extract.Transfers.Select(t => $"{t.Issuer} {t.Change}"));

        using var asked = new HttpRequestMessage(HttpMethod.Get, $"{Api}/extract?reason=調査");
        asked.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        var csv = await (await platform.SendAsync(asked)).Content.ReadAsStringAsync();
        Assert.Contains("'=受付番号12", csv, StringComparison.Ordinal);
        Assert.Contains(",transfer,grant,132985,,2800,2800,", csv, StringComparison.Ordinal);
        Assert.Contains("citizen.extracted", csv, StringComparison.Ordinal);

        var page = await (await app.Submit(platform, "/operator/citizens/MY123456/extract", "/operator/citizens/MY123456/extract", ("Reason", "調査"))).Content.ReadAsStringAsync();
        Assert.Contains("職員 OP-001", page, StringComparison.Ordinal);
        Assert.Contains("2,800", page, StringComparison.Ordinal);
        Assert.DoesNotContain(town.Citizen.Value.ToString(), page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S0_1022c_extracting_asks_for_the_one_time_password_again()
    {
        var clock = new TestClock();
        await using var app = await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock));
        var desk = new StaffDesk(app);
        await Town.Build(app.Services);
        var platform = await desk.Operator();
        clock.Advance(TimeSpan.FromMinutes(6));

        await Says("confirm_required", await platform.GetAsync($"{Api}/extract?reason=調査"));
        Assert.Equal("/operator/confirm?back=%2Foperator%2Fcitizens%2FMY123456%2Fextract", (await platform.GetAsync("/operator/citizens/MY123456/extract")).Headers.Location?.ToString());
        await platform.PostAsJsonAsync("/api/v1/staff/sessions/operator/confirm", new ConfirmationRequest(desk.Code("OP-001")));
        Assert.Equal(HttpStatusCode.OK, (await platform.GetAsync("/operator/citizens/MY123456/extract")).StatusCode);
    }

    [Fact]
    public async Task V_D3_only_the_operator_may()
    {
        await using var app = await TestApp.Start();
        await Town.Build(app.Services);
        var office = await new StaffDesk(app).Officer("SA-001", Town.A, Role.StaffAdmin);

        await Says("login_required", await office.PostAsJsonAsync($"{Api}/suspend", new ReasonRequest("x")));
        await Says("login_required", await office.GetAsync($"{Api}/extract?reason=x"));
    }

    private static async Task Says(string words, HttpResponseMessage answer) => Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
}
