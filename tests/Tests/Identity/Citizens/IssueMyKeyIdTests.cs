using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Citizens;

/// <summary>Goal: one MyKeyId per certificate, none given twice, and no way to ask which exist.</summary>
public class IssueMyKeyIdTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1002a_issue_stores_serial_to_id(Engine engine)
    {
        await using var people = await People.New(engine);
        var (token, session) = await people.CardSession();

        var issued = (await people.Get<IssueMyKeyId>().Issue(session, IssueMode.Choose, "my123456")).Value;

        Assert.True(issued.New);
        Assert.Equal("MY123456", issued.Id.Value);
        var found = await people.Get<FindCitizen>().ByCertificate(People.Certificate());
        Assert.Equal(new Citizen(issued.Citizen, CitizenState.Active, issued.Id, null, false), found);
        Assert.Equal(found, await people.Get<FindCitizen>().ById(issued.Id));
        Assert.Equal(issued.Citizen, (await people.Sessions.Find(token, SessionKind.Citizen)).Value.Citizen);
        Assert.Contains("id.issued", await people.Logged());
        Assert.NotNull(await people.Get<FindCitizen>().PersonKeyOf(issued.Citizen));
        Assert.Equal(1, await people.Count("idn_key"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1002b_a_second_issue_answers_the_same_id(Engine engine)
    {
        await using var people = await People.New(engine);
        var first = (await people.Get<IssueMyKeyId>().Issue((await people.CardSession()).Session, IssueMode.Choose, "MY123456")).Value;
        var second = (await people.Get<IssueMyKeyId>().Issue((await people.CardSession()).Session, IssueMode.Choose, "OTHER123")).Value;

        Assert.Equal(first with { New = false }, second);
        Assert.Equal((1, 1, 1), (await people.Count("idn_citizen"), await people.Count("idn_certificate"), await people.Count("idn_mykey_id")));
        Assert.Single(await people.Logged(), "id.issued");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1002b_the_same_card_at_the_same_instant_gets_one_id(Engine engine)
    {
        await using var people = await People.New(engine);
        var sessions = new List<Session>();
        for (var i = 0; i < 8; i++) sessions.Add((await people.CardSession()).Session);

        var issued = await Task.WhenAll(sessions.Select((s, i) => people.Get<IssueMyKeyId>().Issue(s, IssueMode.Choose, $"WISH000{i % 4}")));

        Assert.Single(issued.Select(r => r.Value.Id).Distinct());
        Assert.Single(issued, r => r.Value.New);
        Assert.Equal((1, 1, 1), (await people.Count("idn_citizen"), await people.Count("idn_certificate"), await people.Count("idn_mykey_id")));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P4a_one_wish_of_many_people_is_given_once(Engine engine)
    {
        await using var people = await People.New(engine);
        var sessions = new List<Session>();
        for (var i = 1; i <= 8; i++) sessions.Add((await people.CardSession(i)).Session);

        var issued = await Task.WhenAll(sessions.Select(s => people.Get<IssueMyKeyId>().Issue(s, IssueMode.Choose, "WISHED88")));

        Assert.Single(issued, r => r.Ok);
        Assert.All(issued.Where(r => !r.Ok), r => Assert.Equal("id_taken", r.Refused!.Code));
        Assert.Equal((1, 1), (await people.Count("idn_citizen"), await people.Count("idn_certificate")));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P4a_taken_is_told_three_times_then_an_id_is_generated(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.Citizen("MY123456");
        var answers = new List<Result<IssuedMyKeyId>>();
        for (var i = 0; i < 4; i++) answers.Add(await people.Get<IssueMyKeyId>().Issue((await people.CardSession(2)).Session, IssueMode.Choose, "MY123456"));

        Assert.All(answers[..3], r => Assert.Equal("id_taken", r.Refused?.Code));
        Assert.True(answers[3].Value.New);
        Assert.NotEqual("MY123456", answers[3].Value.Id.Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022_a_retired_id_stays_blocked(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.Database.Write(tx => tx.Connection.ExecuteAsync(
            "insert into idn_mykey_id(my_key_id, citizen, state, since_ms) values ('GONE1234', null, 2, 0)", transaction: tx.Handle));
        Assert.Equal("id_taken", (await people.Get<IssueMyKeyId>().Issue((await people.CardSession()).Session, IssueMode.Choose, "gone1234")).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_02_without_card_and_pin_nothing_is_issued(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, card) = await people.CardSession();
        var issue = people.Get<IssueMyKeyId>();

        Assert.Equal("card_login_required", (await issue.Issue(card with { Assurance = Assurance.A2 }, IssueMode.Choose, "MY123456")).Refused?.Code);
        Assert.Equal("id_format", (await issue.Issue(card, IssueMode.Choose, "MY12345")).Refused?.Code);
        Assert.Equal("field_unknown", (await issue.Issue(card, IssueMode.Generate, "MY123456")).Refused?.Code);
        Assert.Equal((0, 0), (await people.Count("idn_citizen"), await people.Count("idn_mykey_id")));
        Assert.True((await issue.Issue(card, IssueMode.Generate, null)).Value.New);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Exactly_one_certificate_of_a_citizen_is_active(Engine engine)
    {
        await using var people = await People.New(engine);
        var (citizen, _) = await people.Citizen();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => people.Database.Write(tx => tx.Connection.ExecuteAsync("""
            insert into idn_certificate(authority, serial, citizen, person_key, not_before_ms, not_after_ms, state, seen_ms) values ('b', '2', @Citizen, @Citizen, 0, 0, 1, 0)
            """, new { Citizen = citizen }, tx.Handle)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4048b_the_base_municipality_is_set_and_holds_at_once(Engine engine)
    {
        await using var people = await People.New(engine);
        var (citizen, session) = await people.Citizen();
        var find = people.Get<FindCitizen>();
        Assert.Equal("base_account_required", (await find.Get(citizen))!.RequireBase().Refused?.Code);

        Assert.True((await people.Get<ChangeSettings>().SetBaseMunicipality(session, MunicipalityCode.Of("132985"))).Ok);
        Assert.True((await people.Get<ChangeSettings>().SwitchTap(session, off: true)).Ok);

        var now = (await find.Get(citizen))!;
        Assert.Equal((MunicipalityCode.Of("132985"), true), (now.RequireBase().Value, now.TapOff));
        Assert.Equal(["citizen.base_set", "citizen.tap_switched", "id.issued"], await people.Logged());
    }
}
