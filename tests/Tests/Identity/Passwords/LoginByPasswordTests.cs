using System.Net;
using Dapper;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Passwords;

/// <summary>Goal: the right pair opens, the answer to a wrong one says nothing, guessing is slow, and the owner is not shut out by it.</summary>
public class LoginByPasswordTests
{
    private const string Right = "river boats under a lamp";
    private static readonly ClientNetwork Home = ClientNetwork.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly ClientNetwork Elsewhere = ClientNetwork.Of(IPAddress.Parse("198.51.100.1"));

    private static async Task<People> WithPassword(Engine engine)
    {
        var people = await People.New(engine);
        var (_, session) = await people.Citizen("MY123456");
        Assert.True((await people.Get<SetPassword>().Set(session, new NewPassword(Right, null, Home))).Ok);
        return people;
    }

    private static Task<Result<LoggedIn>> Login(People people, string id, string password, ClientNetwork? from = null, string? device = null, string? replaced = null) =>
        people.Get<LoginByPassword>().Login(new TypedPassword(id, password, from ?? Home, device), replaced);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1004b_the_right_pair_opens_a_session_without_a_card(Engine engine)
    {
        await using var people = await WithPassword(engine);
        var (old, _) = await people.CardSession(2);

        var login = (await Login(people, "ｍｙ１２３４５６", Right, replaced: old)).Value;

        var session = (await people.Sessions.Find(login.SessionToken, SessionKind.Citizen)).Value;
        Assert.Equal((Assurance.A2, login.Citizen), (session.Assurance, session.Citizen!.Value));
        Assert.Equal("card_login_required", session.RequireCard().Refused?.Code);
        Assert.False((await people.Sessions.Find(old, SessionKind.Citizen)).Ok);
        Assert.Contains("citizen.logged_in", await people.Logged());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1004b_every_wrong_pair_gets_one_answer_and_the_same_work(Engine engine)
    {
        await using var people = await WithPassword(engine);
        await people.Citizen("NOPASSWD", number: 2);
        var hash = people.Get<PasswordHash>();
        foreach (var id in new[] { "MY123456", "NOBODY99", "NOPASSWD", "short", "", null })
        {
            var before = hash.Computed;
            var answer = await Login(people, id!, "wrong password 77");
            Assert.Equal(Refusal.Of("login_failed"), answer.Refused);
            Assert.Equal(1, hash.Computed - before);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D2_ten_wrong_passwords_slow_down_existing_and_unknown_ids_alike(Engine engine)
    {
        await using var people = await WithPassword(engine);
        foreach (var id in new[] { "MY123456", "NOBODY99" })
        {
            for (var i = 0; i < 3; i++) Assert.Equal("login_failed", (await Login(people, id, "wrong password 77")).Refused?.Code);
            for (var i = 3; i < 10; i++)
            {
                var throttled = (await Login(people, id, Right)).Refused!;
                Assert.Equal(("login_throttled", 1L << (i - 3)), (throttled.Code, throttled.Fact<long>("wait")));
                people.Clock.Advance(TimeSpan.FromSeconds(throttled.Fact<long>("wait")));
                Assert.Equal("login_failed", (await Login(people, id, "wrong password 77")).Refused?.Code);
            }
            Assert.Equal(128, (await Login(people, id, Right)).Refused?.Fact<long>("wait"));
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D2_no_lock_after_the_wait_the_right_pair_opens_and_forgets_the_errors(Engine engine)
    {
        await using var people = await WithPassword(engine);
        for (var i = 0; i < 3; i++) await Login(people, "MY123456", "wrong password 77");
        Assert.Equal("login_throttled", (await Login(people, "MY123456", Right)).Refused?.Code);
        people.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await Login(people, "MY123456", Right)).Ok);
        Assert.Equal("login_failed", (await Login(people, "MY123456", "wrong password 77")).Refused?.Code);
        Assert.True((await Login(people, "MY123456", Right)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D2_strangers_cannot_slow_down_the_owners_device_or_card(Engine engine)
    {
        await using var people = await WithPassword(engine);
        var device = (await Login(people, "MY123456", Right)).Value.DeviceToken;
        for (var i = 0; i < 3; i++) await Login(people, "MY123456", "wrong password 77");

        Assert.Equal("login_throttled", (await Login(people, "MY123456", Right)).Refused?.Code);
        Assert.Equal("login_throttled", (await Login(people, "MY123456", Right, device: "an invented cookie")).Refused?.Code);
        Assert.Equal(device, (await Login(people, "MY123456", Right, device: device)).Value.DeviceToken);
        Assert.True((await Login(people, "MY123456", Right, Elsewhere)).Ok);
        Assert.NotNull((await people.CardSession()).Session.Citizen);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D2_guesses_at_the_same_instant_gain_nothing(Engine engine)
    {
        await using var people = await WithPassword(engine);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Login(people, "MY123456", $"wrong password {i:00}")));
        Assert.Equal(3, answers.Count(a => a.Refused?.Code == "login_failed"));
        Assert.Equal(9, answers.Count(a => a.Refused?.Code == "login_throttled"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5005b_an_id_session_needs_the_old_password_a_card_session_does_not(Engine engine)
    {
        await using var people = await WithPassword(engine);
        const string next = "quiet hills and 3 owls";
        var login = (await Login(people, "MY123456", Right)).Value;
        var byId = (await people.Sessions.Find(login.SessionToken, SessionKind.Citizen)).Value;
        var (cardToken, _) = await people.CardSession();
        var set = people.Get<SetPassword>();

        Assert.Equal("login_failed", (await set.Set(byId, new NewPassword(next, null, Home))).Refused?.Code);
        Assert.Equal("login_failed", (await set.Set(byId, new NewPassword(next, "wrong password 77", Home))).Refused?.Code);
        Assert.Equal("password_weak", (await set.Set(byId, new NewPassword("short", Right, Home))).Refused?.Code);
        Assert.True((await set.Set(byId, new NewPassword(next, Right, Home))).Ok);

        Assert.True((await people.Sessions.Find(login.SessionToken, SessionKind.Citizen)).Ok);
        Assert.False((await people.Sessions.Find(cardToken, SessionKind.Citizen)).Ok);
        Assert.Equal("login_failed", (await Login(people, "MY123456", Right)).Refused?.Code);
        Assert.True((await Login(people, "MY123456", next)).Ok);
        Assert.True((await set.Set((await people.CardSession()).Session, new NewPassword(Right, null, Home))).Ok);
        Assert.True((await Login(people, "MY123456", Right)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Rounds_of_an_older_time_are_brought_to_todays_at_the_next_login(Engine engine)
    {
        await using var people = await WithPassword(engine);
        var (citizen, _) = await people.Citizen();
        using var older = new PasswordHash(new MyKey.Identity.IdentityOptions { KekFile = "unused", PasswordIterations = 500 });
        var made = (await older.Make(Right)).Value;
        await people.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_password set salt = @Salt, hash = @Hash, iterations = 500 where citizen = @Citizen",
            new { made.Salt, made.Hash, Citizen = citizen }, tx.Handle));

        Assert.True((await Login(people, "MY123456", Right)).Ok);

        await using var connection = await people.Database.Open();
        Assert.Equal(1000, await connection.QuerySingleAsync<int>("select iterations from idn_password"));
        Assert.True((await Login(people, "MY123456", Right)).Ok);
    }
}
