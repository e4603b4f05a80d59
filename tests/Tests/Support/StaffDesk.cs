using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.SignIn;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Sandbox.Demo;

namespace MyKey.Tests.Support;

/// <summary>Members of staff with password and authenticator, who enrol and sign in over the API of a running App.</summary>
public sealed class StaffDesk(TestApp app)
{
    public const string Password = "aoi-tsubasa-9041";
    private readonly Dictionary<string, Authenticator> authenticators = [];
    private (StaffMember Member, HttpClient Client)? first;

    /// <summary>The first operator of a fresh platform, signed in.</summary>
    public async Task<HttpClient> Operator()
    {
        if (first is { } known) return known.Client;
        var token = (await Get<AddFirstOperator>().Add("OP-001")).Value;
        await Enrol(token);
        var client = await SignIn("operator", "OP-001");
        first = ((await Get<FindStaff>().All()).Single(m => m.Number == "OP-001"), client);
        return client;
    }

    /// <summary>Somebody of an office with roles, signed in. As long as there is one operator, an invitation holds at once.</summary>
    public async Task<HttpClient> Officer(string number, MunicipalityCode town, params Role[] roles)
    {
        await Invite(number, town, roles);
        return await SignIn("office", number, town);
    }

    public async Task Invite(string number, MunicipalityCode? town, params Role[] roles)
    {
        await Operator();
        var session = await OperatorSession();
        var invited = await Get<ChangeStaff>().Propose(first!.Value.Member, session, new StaffChange(StaffChangeKind.Invite, Number: number, Role: roles[0], Municipality: town));
        Assert.True(invited.Value.Applied);
        foreach (var role in roles.Skip(1))
            Assert.True((await Get<ChangeStaff>().Propose(first!.Value.Member, session, new StaffChange(StaffChangeKind.GiveRole, invited.Value.Staff, Role: role, Municipality: town))).Ok);
        await Enrol(invited.Value.EnrolToken!);
    }

    /// <summary>The next number of somebody's authenticator.</summary>
    public string Code(string number) => authenticators[number].Next();

    public async Task<HttpClient> SignIn(string shell, string number, MunicipalityCode? town = null)
    {
        var client = app.Client();
        var answer = await client.PostAsJsonAsync("/api/v1/staff/sessions", new StaffSessionRequest(shell, number, Password, Code(number), town?.Value));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return client;
    }

    /// <param name="invitation">The 6 digits, where two people made the invitation.</param>
    public async Task Enrol(string token, string? invitation = null)
    {
        using var client = app.Client();
        var begun = (await (await client.PostAsJsonAsync("/api/v1/staff/enrolments", new EnrolmentRequest(token, invitation))).Content.ReadFromJsonAsync<EnrolmentReply>())!;
        authenticators[begun.Number] = new Authenticator(begun.TotpSecret, Get<TimeProvider>());
        var done = await client.PostAsJsonAsync("/api/v1/staff/enrolments/finish", new EnrolmentFinish(token, Password, Code(begun.Number), invitation));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    private async Task<Session> OperatorSession()
    {
        var token = await Get<MyKey.Kernel.Db.Database>().Write(tx =>
            Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Operator, Assurance.A2) { Staff = first!.Value.Member.Id, Confirmed = true }));
        return (await Get<OpenSessions>().Find(token, SessionKind.Operator)).Value;
    }

    private T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();
}
