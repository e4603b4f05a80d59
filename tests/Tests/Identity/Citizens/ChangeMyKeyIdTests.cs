using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Citizens;

/// <summary>Goal: a new name for the same citizen; the old one opens nothing and becomes nobody else's.</summary>
public class ChangeMyKeyIdTests
{
    private const string Right = "river boats under a lamp";
    private static readonly ClientNetwork Home = new("192.0.2.0/24");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5015_everything_stays_and_the_old_id_is_nobodys_for_ever(Engine engine)
    {
        await using var people = await People.New(engine);
        var (citizen, session) = await people.Citizen("MY123456");
        await people.Get<SetPassword>().Set(session, new NewPassword(Right, null, Home));
        await people.Get<ChangeSettings>().SetBaseMunicipality(session, People.ACity);
        var (person, other) = (await people.Get<FindCitizen>().PersonKeyOf(citizen), (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Value);

        var changed = (await people.Get<ChangeMyKeyId>().Change(session, IssueMode.Choose, new NewMyKeyId("new98765", "MY123456"))).Value;

        Assert.Equal((citizen, "NEW98765", true), (changed.Citizen, changed.Id.Value, changed.New));
        Assert.Equal(new Citizen(citizen, CitizenState.Active, changed.Id, People.ACity, false), await people.Get<FindCitizen>().ByCertificate(People.Certificate()));
        Assert.Equal(person, await people.Get<FindCitizen>().PersonKeyOf(citizen));
        Assert.Equal("login_required", (await people.Sessions.Find(other.SessionToken, SessionKind.Citizen)).Refused?.Code);
        Assert.Equal("login_failed", (await people.Get<LoginByPassword>().Login(new TypedPassword("MY123456", Right, Home))).Refused?.Code);
        Assert.Equal(citizen, (await people.Get<LoginByPassword>().Login(new TypedPassword("NEW98765", Right, Home))).Value.Citizen);
        Assert.Single(await people.Logged(), "id.changed");
        Assert.Null(await people.Get<FindCitizen>().ById(MyKeyId.Read("MY123456").Value));
        var (_, neighbour) = await people.CardSession(2);
        Assert.Equal("id_taken", (await people.Get<IssueMyKeyId>().Issue(neighbour, IssueMode.Choose, "MY123456")).Refused?.Code);
        // Not even its former holder gets it back.
        Assert.Equal("id_taken", (await people.Get<ChangeMyKeyId>().Change(session, IssueMode.Choose, new NewMyKeyId("MY123456"))).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5015_the_session_that_changes_stays_open_and_a_form_sent_twice_changes_once(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.Citizen("MY123456");
        var (token, session) = await people.CardSession();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => people.Get<ChangeMyKeyId>().Change(session, IssueMode.Choose, new NewMyKeyId(null, "MY123456"))));

        Assert.Single(answers, a => a.Value.New);
        Assert.Single(answers.Select(a => a.Value.Id).Distinct());
        Assert.True((await people.Sessions.Find(token, SessionKind.Citizen)).Ok);
        Assert.Equal(2, await people.Count("idn_mykey_id"));
        Assert.False((await people.Get<ChangeMyKeyId>().Change(session, IssueMode.Choose, new NewMyKeyId(answers[0].Value.Id.Value))).Value.New);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5015_taken_is_told_three_times_in_all_then_one_is_generated(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.Citizen("TAKEN123");
        var (_, card) = await people.CardSession(2);
        Assert.Equal("id_taken", (await people.Get<IssueMyKeyId>().Issue(card, IssueMode.Choose, "TAKEN123")).Refused?.Code);
        var (_, session) = await people.Citizen("MINE1234", 2);
        var change = people.Get<ChangeMyKeyId>();
        for (var i = 0; i < 2; i++) Assert.Equal("id_taken", (await change.Change(session, IssueMode.Choose, new NewMyKeyId("TAKEN123"))).Refused?.Code);

        var generated = (await change.Change(session, IssueMode.Choose, new NewMyKeyId("TAKEN123"))).Value;

        Assert.True(generated.New && generated.Id.Value is not ("TAKEN123" or "MINE1234"));
        // From now on no wish is looked at, so nothing can be asked through it.
        Assert.NotEqual("FREE1234", (await change.Change(session, IssueMode.Choose, new NewMyKeyId("FREE1234"))).Value.Id.Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1004a_without_card_and_pin_or_with_a_stopped_id_nothing_changes(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, session) = await people.Citizen("MY123456");
        var change = people.Get<ChangeMyKeyId>();
        Assert.Equal("card_login_required", (await change.Change(session with { Assurance = Assurance.A2 }, IssueMode.Choose, new NewMyKeyId("NEW98765"))).Refused?.Code);
        Assert.Equal("id_format", (await change.Change(session, IssueMode.Choose, new NewMyKeyId("NEW9876"))).Refused?.Code);
        Assert.Equal("field_unknown", (await change.Change(session, IssueMode.Generate, new NewMyKeyId("NEW98765"))).Refused?.Code);
        Assert.Equal("mykey_missing", (await change.Change((await people.CardSession(2)).Session, IssueMode.Choose, new NewMyKeyId("NEW98765"))).Refused?.Code);
        var (op, _) = await people.Operator();
        await people.Get<SuspendCitizen>().Suspend(op, MyKeyId.Read("MY123456").Value, "届け出");
        Assert.Equal("id_suspended", (await change.Change(session, IssueMode.Choose, new NewMyKeyId("NEW98765"))).Refused?.Code);
        Assert.Equal(1, await people.Count("idn_mykey_id"));
    }
}
