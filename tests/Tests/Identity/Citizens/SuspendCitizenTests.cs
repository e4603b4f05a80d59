using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Citizens;

/// <summary>Goal: a suspended ID opens nothing anywhere; it comes back whole, but for the password; and what happened can be told.</summary>
public class SuspendCitizenTests
{
    private const string Right = "river boats under a lamp";
    private static readonly ClientNetwork Home = new("192.0.2.0/24");
    private static readonly MyKeyId Id = MyKeyId.Read("MY123456").Value;

    private static async Task<(People People, Session Session, StaffMember Operator, Session OperatorSession)> New(Engine engine)
    {
        var people = await People.New(engine);
        var (_, session) = await people.Citizen("MY123456");
        await people.Get<SetPassword>().Set(session, new NewPassword(Right, null, Home));
        await people.Get<ChangeSettings>().SetBaseMunicipality(session, People.ACity);
        var (member, operatorSession) = await people.Operator();
        return (people, session, member, operatorSession);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022a_after_a_suspension_no_way_in_is_left(Engine engine)
    {
        var (people, session, op, _) = await New(engine);
        await using var _people = people;
        var (terminal, _) = await people.Terminal();
        var login = (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Value;
        var spent = (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code;
        var token = (await people.Get<UseOneTimeCode>().Use(terminal, "MY123456", spent)).Value;
        var shown = (await people.Get<CitizenTokens>().Find(token, terminal)).Value;
        var code = (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code;

        Assert.True((await people.Get<SuspendCitizen>().Suspend(op, Id, "不正利用の届け出")).Ok);

        Assert.False((await people.Sessions.Find(login.SessionToken, SessionKind.Citizen)).Ok);
        Assert.Equal("id_suspended", (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Refused?.Code);
        Assert.Equal("login_failed", (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", "wrong password 77", Home))).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<ShowPassword>().Show(terminal, "MY123456", Right)).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<UseOneTimeCode>().Use(terminal, "MY123456", code)).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<CitizenTokens>().Find(token, terminal)).Refused?.Code);
        Assert.Equal("token_expired", (await people.Database.WriteOrRefuse<bool>(tx => people.Get<CitizenTokens>().Take(tx, token, shown, Ids.NewV7(people.Clock)))).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<SetPassword>().Set(session, new NewPassword("quiet hills and 3 owls", null, Home))).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<IssueMyKeyId>().Issue(session, IssueMode.Choose, "OTHER123")).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<FindCitizen>().ById(Id))!.RequireActive().Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022b_after_resuming_the_old_password_stays_dead(Engine engine)
    {
        var (people, before, op, _) = await New(engine);
        await using var _people = people;
        var suspend = people.Get<SuspendCitizen>();
        var (terminal, _) = await people.Terminal();
        var code = (await people.Get<IssueOneTimeCode>().Issue(before, People.ACity)).Value.Code;
        await suspend.Suspend(op, Id, "届け出");
        Assert.Equal(CitizenState.Active, (await suspend.Resume(op, Id, "調査が終わった")).Value.State);

        Assert.Equal("code_wrong", (await people.Get<UseOneTimeCode>().Use(terminal, "MY123456", code)).Refused?.Code);

        Assert.Equal("login_failed", (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Refused?.Code);
        var (_, card) = await people.CardSession();
        Assert.Equal("password_weak", (await people.Get<SetPassword>().Set(card, new NewPassword(Right, null, Home))).Refused?.Code);
        Assert.True((await people.Get<SetPassword>().Set(card, new NewPassword("quiet hills and 3 owls", null, Home))).Ok);
        Assert.True((await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", "quiet hills and 3 owls", Home))).Ok);
        Assert.Equal(People.ACity, (await people.Get<FindCitizen>().ById(Id))!.BaseMunicipality);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022b_both_carry_who_why_and_when_and_the_history_can_be_extracted(Engine engine)
    {
        var (people, session, op, operatorSession) = await New(engine);
        await using var _people = people;
        await people.Get<SuspendCitizen>().Suspend(op, Id, "届け出");
        people.Clock.Advance(TimeSpan.FromMinutes(1));
        await people.Get<SuspendCitizen>().Resume(op, Id, "調査が終わった");
        var extract = people.Get<ExtractHistory>();

        var history = (await extract.Extract(op, operatorSession, Id, "調査")).Value;

        Assert.Equal(session.Citizen, history.Citizen);
        var resumed = history.Operations.Single(o => o.Action == "citizen.resumed");
        Assert.Equal((ActorKind.Staff, op.Id.Value, "Suspended", "Active", "調査が終わった", people.Clock.NowMs()),
            (resumed.ActorKind, resumed.Actor, resumed.Before, resumed.After, resumed.Reason, resumed.TimeMs));
        Assert.Equal("届け出", history.Operations.Single(o => o.Action == "citizen.suspended").Reason);
        Assert.Contains(history.Operations, o => o.Action == "id.issued");
        Assert.NotNull(history.Sessions.Single().EndedMs);
        Assert.Contains("citizen.extracted", await people.Logged());
        people.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("confirm_required", (await extract.Extract(op, operatorSession, Id, "調査")).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022a_only_an_operator_with_a_reason(Engine engine)
    {
        var (people, _, op, operatorSession) = await New(engine);
        await using var _people = people;
        var (officer, officerSession) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.Officer, People.ACity));
        var suspend = people.Get<SuspendCitizen>();
        Assert.Equal("role_forbidden", (await suspend.Suspend(officer, Id, "届け出")).Refused?.Code);
        Assert.Equal("field_required", (await suspend.Suspend(op, Id, "")).Refused?.Code);
        Assert.Equal("my_number_refused", (await suspend.Suspend(op, Id, "123456789018の人")).Refused?.Code);
        Assert.Equal("not_found", (await suspend.Suspend(op, MyKeyId.Read("NOBODY99").Value, "届け出")).Refused?.Code);
        Assert.Equal("role_forbidden", (await people.Get<ExtractHistory>().Extract(officer, officerSession, Id, "調査")).Refused?.Code);
        Assert.Equal("field_required", (await people.Get<ExtractHistory>().Extract(op, operatorSession, Id, null)).Refused?.Code);
        Assert.Equal(CitizenState.Active, (await people.Get<FindCitizen>().ById(Id))!.State);
        Assert.Equal(2, (await Task.WhenAll(suspend.Suspend(op, Id, "届け出"), suspend.Suspend(op, Id, "届け出"))).Count(r => r.Ok));
        Assert.Single(await people.Logged(), "citizen.suspended");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022a_a_login_and_a_suspension_at_once_leave_no_session(Engine engine)
    {
        var (people, _, op, _) = await New(engine);
        await using var _people = people;
        var logins = Enumerable.Range(0, 6).Select(i => people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, new ClientNetwork($"192.0.{i}.0/24")))).ToList();
        await people.Get<SuspendCitizen>().Suspend(op, Id, "届け出");
        foreach (var login in await Task.WhenAll(logins))
            Assert.True(login.Refused?.Code == "id_suspended" || !(await people.Sessions.Find(login.Value.SessionToken, SessionKind.Citizen)).Ok);
    }
}
