using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Citizens;

/// <summary>Goal: who lost a card stops the own ID without it, at once; and nobody else can.</summary>
public class StopOwnIdTests
{
    private const string Right = "river boats under a lamp";
    private static readonly ClientNetwork Home = new("192.0.2.0/24");
    private static readonly MyKeyId Id = MyKeyId.Read("MY123456").Value;

    private static async Task<(People People, Session Session)> New(Engine engine)
    {
        var people = await People.New(engine);
        var (_, session) = await people.Citizen("MY123456");
        await people.Get<SetPassword>().Set(session, new NewPassword(Right, null, Home));
        await people.Get<ChangeSettings>().SetBaseMunicipality(session, People.ACity);
        return (people, session);
    }

    private static Task<Result<CitizenState>> Stop(People people, string password) => people.Get<StopOwnId>().ByPassword(new TypedPassword("MY123456", password, Home));

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1019a_K_28_id_and_password_stop_the_id_and_every_session(Engine engine)
    {
        var (people, session) = await New(engine);
        await using var _people = people;
        var (terminal, _) = await people.Terminal();
        var code = (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code;
        var login = (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Value;

        Assert.Equal(CitizenState.Suspended, (await Stop(people, Right)).Value);

        Assert.Equal("login_required", (await people.Sessions.Find(login.SessionToken, SessionKind.Citizen)).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Refused?.Code);
        Assert.Equal("id_suspended", (await people.Get<UseOneTimeCode>().Use(terminal, "MY123456", code)).Refused?.Code);
        Assert.Equal(CitizenState.Suspended, (await Stop(people, Right)).Value);
        Assert.Single(await people.Logged(), "citizen.suspended");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D2_a_wrong_password_stops_nothing_and_counts_as_a_try_of_the_login(Engine engine)
    {
        var (people, _) = await New(engine);
        await using var _people = people;
        for (var i = 0; i < 3; i++) Assert.Equal("login_failed", (await Stop(people, "wrong wrong wrong")).Refused?.Code);
        Assert.Equal("login_throttled", (await Stop(people, Right)).Refused?.Code);
        Assert.Equal("login_throttled", (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Refused?.Code);
        Assert.Equal(CitizenState.Active, (await people.Get<FindCitizen>().ById(Id))!.State);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022b_only_an_operator_resumes_and_the_next_card_session_is_offered_another_id(Engine engine)
    {
        var (people, session) = await New(engine);
        await using var _people = people;
        var change = people.Get<ChangeMyKeyId>();
        Assert.Equal(CitizenState.Suspended, (await people.Get<StopOwnId>().InSession(session)).Value);
        Assert.False(await change.IsOffered(session.Citizen!.Value));
        var (op, _) = await people.Operator();
        var (officer, _) = await people.Staff("A-1", SessionKind.Office, new MyKey.Identity.Staffing.GivenRole(MyKey.Identity.Staffing.Role.Officer, People.ACity));
        Assert.Equal("role_forbidden", (await people.Get<SuspendCitizen>().Resume(officer, Id, "本人")).Refused?.Code);

        Assert.True((await people.Get<SuspendCitizen>().Resume(op, Id, "本人から連絡")).Ok);

        Assert.True(await change.IsOffered(session.Citizen.Value));
        var (_, card) = await people.CardSession();
        Assert.Equal("card_login_required", (await change.Keep(card with { Assurance = Assurance.A2 })).Refused?.Code);
        Assert.True((await change.Keep(card)).Value);
        Assert.False((await change.Keep(card)).Value);
        Assert.False(await change.IsOffered(session.Citizen.Value));
        Assert.Single(await people.Logged(), "id.kept");
        await people.Get<SuspendCitizen>().Suspend(op, Id, "本人から連絡");
        await people.Get<SuspendCitizen>().Resume(op, Id, "本人から連絡");
        Assert.True((await change.Change((await people.CardSession()).Session, IssueMode.Choose, new NewMyKeyId("NEW98765"))).Value.New);
        Assert.False(await change.IsOffered(session.Citizen.Value));
    }
}
