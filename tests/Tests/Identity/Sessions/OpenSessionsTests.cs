using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Sessions;

/// <summary>Goal: a session ends when it must, everywhere at once, and its token lies nowhere.</summary>
public class OpenSessionsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_citizens_session_ends_after_15_idle_minutes_and_after_2_hours(Engine engine)
    {
        await using var people = await People.New(engine);
        var (idle, _) = await people.CardSession();
        var (busy, _) = await people.CardSession(2);

        people.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.True((await people.Sessions.Find(busy, SessionKind.Citizen)).Ok);
        people.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("login_required", (await people.Sessions.Find(idle, SessionKind.Citizen)).Refused?.Code);
        for (var minutes = 15; minutes < 120; minutes += 5)
        {
            Assert.True((await people.Sessions.Find(busy, SessionKind.Citizen)).Ok, $"after {minutes} minutes");
            people.Clock.Advance(TimeSpan.FromMinutes(5));
        }
        Assert.Equal("login_required", (await people.Sessions.Find(busy, SessionKind.Citizen)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Staff_have_8_hours_and_a_half_login_5_minutes(Engine engine)
    {
        await using var people = await People.New(engine);
        var staff = Ids.New<StaffId>(people.Clock);
        var whole = await people.Database.Write(tx => people.Sessions.Open(tx, new NewSession(SessionKind.Office, Assurance.A2) { Staff = staff }));
        var half = await people.Database.Write(tx => people.Sessions.Open(tx, new NewSession(SessionKind.Office, Assurance.A1) { Staff = staff }));

        Assert.Equal("login_required", (await people.Sessions.Find(half, SessionKind.Office)).Refused?.Code);
        Assert.True((await people.Sessions.FindHalf(half, SessionKind.Office, default)).Ok);
        Assert.False((await people.Sessions.FindHalf(whole, SessionKind.Office, default)).Ok);
        people.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False((await people.Sessions.FindHalf(half, SessionKind.Office, default)).Ok);
        for (var minutes = 5; minutes < 480; minutes += 10)
        {
            Assert.True((await people.Sessions.Find(whole, SessionKind.Office)).Ok);
            people.Clock.Advance(TimeSpan.FromMinutes(10));
        }
        Assert.False((await people.Sessions.Find(whole, SessionKind.Office)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_token_opens_only_its_own_shell_and_is_not_stored(Engine engine)
    {
        await using var people = await People.New(engine);
        var (token, session) = await people.CardSession();

        Assert.Equal("login_required", (await people.Sessions.Find(token, SessionKind.Office)).Refused?.Code);
        Assert.Equal("login_required", (await people.Sessions.Find(token + "x", SessionKind.Citizen)).Refused?.Code);
        Assert.Equal("login_required", (await people.Sessions.Find(null, SessionKind.Citizen)).Refused?.Code);
        Assert.Equal(43, token.Length);
        Assert.Equal(32, session.Hash.Length);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_15b_a_new_session_on_the_device_closes_the_old_one(Engine engine)
    {
        await using var people = await People.New(engine);
        var (first, _) = await people.CardSession();
        var second = await people.Database.Write(tx => people.Sessions.Open(tx,
            new NewSession(SessionKind.Citizen, Assurance.A3) { Certificate = People.Certificate(2) }, replaced: first));

        Assert.False((await people.Sessions.Find(first, SessionKind.Citizen)).Ok);
        Assert.Equal("2", (await people.Sessions.Find(second, SessionKind.Citizen)).Value.Certificate!.Serial);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Logging_out_ends_the_session_and_is_logged_once(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.Citizen();
        var (token, _) = await people.CardSession();
        await people.Sessions.End(token);
        await people.Sessions.End(token);
        await people.Sessions.End(null);
        Assert.False((await people.Sessions.Find(token, SessionKind.Citizen)).Ok);
        Assert.Single(await people.Logged(), "session.ended");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task All_sessions_of_a_citizen_or_of_a_certificate_end_together(Engine engine)
    {
        await using var people = await People.New(engine);
        var (citizen, kept) = await people.Citizen();
        var (other, _) = await people.CardSession();
        var (stranger, _) = await people.CardSession(2);

        await people.Database.Write(tx => people.Sessions.EndAll(tx, citizen, keep: kept));
        Assert.False((await people.Sessions.Find(other, SessionKind.Citizen)).Ok);
        Assert.True((await people.Sessions.Find(stranger, SessionKind.Citizen)).Ok);

        var certificate = People.Certificate(2);
        Assert.Equal(1, await people.Database.Write(tx => people.Sessions.EndAll(tx, certificate.Authority, certificate.Serial)));
        Assert.False((await people.Sessions.Find(stranger, SessionKind.Citizen)).Ok);
    }
}
