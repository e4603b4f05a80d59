using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.AtTerminal;

/// <summary>Goal: without a card, a person pays with ID and a number that works once, soon, and here.</summary>
public class OneTimeCodeTests
{
    private static async Task<(CitizenId Id, Session Session)> WithBase(People people, string id = "MY123456", int number = 1)
    {
        var (citizen, session) = await people.Citizen(id, number);
        Assert.True((await people.Get<ChangeSettings>().SetBaseMunicipality(session, People.ACity)).Ok);
        return (citizen, session);
    }

    private static string Other(string code) => code == "000000" ? "000001" : "000000";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_code_works_once_at_a_terminal_of_its_municipality(Engine engine)
    {
        await using var people = await People.New(engine);
        var (citizen, session) = await WithBase(people);
        var (here, _) = await people.Terminal();
        var (elsewhere, _) = await people.Terminal(People.BTown);
        var use = people.Get<UseOneTimeCode>();
        var code = (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code;
        Assert.Equal(6, code.Length);

        Assert.Equal("not_accepted_here", (await use.Use(elsewhere, "MY123456", code)).Refused?.Code);
        var token = (await use.Use(here, "ｍｙ１２３４５６", code)).Value;
        Assert.Equal("code_wrong", (await use.Use(here, "MY123456", code)).Refused?.Code);

        var shown = (await people.Get<CitizenTokens>().Find(token, here)).Value;
        Assert.Equal((citizen, Way.Code), (shown.Citizen.Id, shown.Way));
        Assert.Equal("token_expired", (await people.Get<CitizenTokens>().Find(token, elsewhere)).Refused?.Code);
        Assert.Contains("code.issued", await people.Logged());
        Assert.Contains("code.used", await people.Logged());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_code_lasts_five_minutes_and_a_new_one_replaces_it(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, session) = await WithBase(people);
        var (terminal, _) = await people.Terminal();
        var (issue, use) = (people.Get<IssueOneTimeCode>(), people.Get<UseOneTimeCode>());
        var first = (await issue.Issue(session, People.ACity)).Value.Code;
        var second = (await issue.Issue(session, People.ACity)).Value.Code;
        if (first != second) Assert.Equal("code_wrong", (await use.Use(terminal, "MY123456", first)).Refused?.Code);
        people.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("code_wrong", (await use.Use(terminal, "MY123456", Other(second))).Refused?.Code);
        Assert.Equal("code_expired", (await use.Use(terminal, "MY123456", second)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Guessing_kills_the_code_and_unknown_ids_answer_the_same(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, session) = await WithBase(people);
        var (terminal, _) = await people.Terminal();
        var (other, _) = await people.Terminal();
        var use = people.Get<UseOneTimeCode>();
        var code = (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code;
        foreach (var id in new[] { "MY123456", "NOBODY99" })
        {
            for (var i = 0; i < 5; i++) Assert.Equal("code_wrong", (await use.Use(terminal, id, Other(code))).Refused?.Code);
            Assert.Equal("rate_limited", (await use.Use(terminal, id, code)).Refused?.Code);
        }
        Assert.Equal("code_wrong", (await use.Use(other, "MY123456", code)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task One_code_at_two_terminals_at_once_opens_one_use(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, session) = await WithBase(people);
        var terminals = new List<MyKey.Identity.Terminals.Terminal>();
        for (var i = 0; i < 4; i++) terminals.Add((await people.Terminal()).Terminal);
        var code = (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code;
        var answers = await Task.WhenAll(terminals.Select(t => people.Get<UseOneTimeCode>().Use(t, "MY123456", code)));
        Assert.Single(answers, a => a.Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4048b_without_a_base_municipality_there_is_no_code(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, session) = await people.Citizen();
        Assert.Equal("base_account_required", (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Refused?.Code);
        var (_, nobody) = await people.CardSession(2);
        Assert.Equal("mykey_missing", (await people.Get<IssueOneTimeCode>().Issue(nobody, People.ACity)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_token_is_one_use_and_the_same_use_may_come_again(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, session) = await WithBase(people);
        var (terminal, _) = await people.Terminal();
        var tokens = people.Get<CitizenTokens>();
        async Task<string> Token() => (await people.Get<UseOneTimeCode>().Use(terminal, "MY123456", (await people.Get<IssueOneTimeCode>().Issue(session, People.ACity)).Value.Code)).Value;
        var token = await Token();
        var shown = (await tokens.Find(token, terminal)).Value;
        var (first, second) = (Ids.NewV7(people.Clock), Ids.NewV7(people.Clock));
        Task<Result<bool>> Take(string text, Guid use) => people.Database.WriteOrRefuse<bool>(tx => tokens.Take(tx, text, shown, use));

        Assert.True((await Take(token, first)).Ok);
        Assert.True((await Take(token, first)).Ok);
        Assert.Equal("token_expired", (await Take(token, second)).Refused?.Code);
        Assert.Equal("token_expired", (await tokens.Find(token, terminal)).Refused?.Code);

        var late = await Token();
        people.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("token_expired", (await Take(late, second)).Refused?.Code);
        Assert.Equal("token_expired", (await tokens.Find(late, terminal)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06b_id_and_password_at_a_terminal_open_one_use_and_no_session(Engine engine)
    {
        await using var people = await People.New(engine);
        var (citizen, session) = await WithBase(people);
        await people.Get<SetPassword>().Set(session, new NewPassword("river boats under a lamp", null, new ClientNetwork("192.0.2.0/24")));
        var (terminal, _) = await people.Terminal();
        var show = people.Get<ShowPassword>();
        var sessions = await people.Count("idn_session");

        Assert.Equal("login_failed", (await show.Show(terminal, "MY123456", "wrong password 77")).Refused?.Code);
        Assert.Equal("login_failed", (await show.Show(terminal, "NOBODY99", "river boats under a lamp")).Refused?.Code);
        var token = (await show.Show(terminal, "MY123456", "river boats under a lamp")).Value;

        var shown = (await people.Get<CitizenTokens>().Find(token, terminal)).Value;
        Assert.Equal((citizen, Way.Password), (shown.Citizen.Id, shown.Way));
        Assert.Equal(sessions, await people.Count("idn_session"));
        Assert.Contains("password.shown", await people.Logged());
    }
}
