using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Terminals;

/// <summary>Goal: a device is a terminal only by an office's code, does only what its profiles open, and is out within a second.</summary>
public class TerminalTests
{
    private static readonly ClientNetwork Network = new("192.0.2.0/24");

    private static async Task<(StaffMember Admin, RegisteredTerminal Registered)> Register(People people)
    {
        var (admin, _) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var registered = await people.Get<RegisterTerminal>().Register(admin, new NewTerminal(People.ACity, null, "レジ1", [TerminalProfile.Shop]));
        return (admin, registered.Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06a_a_code_makes_a_terminal_once(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, registered) = await Register(people);
        var enrol = people.Get<EnrolTerminal>();
        Assert.Equal(10, registered.Code.Length);

        var done = (await enrol.Enrol(registered.Code.ToLowerInvariant().Insert(4, "-"), "２０４８１６", Network)).Value;

        Assert.Equal("enrol_code_wrong", (await enrol.Enrol(registered.Code, "204816", Network)).Refused?.Code);
        var terminal = (await people.Get<FindTerminal>().ByToken(done.Token)).Value;
        Assert.Equal((registered.Id, People.ACity, "レジ1"), (terminal.Id, terminal.Municipality, terminal.Label));
        Assert.Equal("terminal_unknown", (await people.Get<FindTerminal>().ByToken(done.Token + "x")).Refused?.Code);
        Assert.Equal("terminal_unknown", (await people.Get<FindTerminal>().ByToken(null)).Refused?.Code);
        Assert.Equal(["terminal.enrolled", "terminal.registered"], await people.Logged());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06a_five_wrong_tries_or_fifteen_minutes_and_the_code_is_dead(Engine engine)
    {
        await using var people = await People.New(engine);
        var (admin, registered) = await Register(people);
        var enrol = people.Get<EnrolTerminal>();
        var wrong = registered.Code[..4] + (registered.Code.EndsWith("AAAAAA", StringComparison.Ordinal) ? "BBBBBB" : "AAAAAA");
        for (var i = 0; i < 5; i++) Assert.Equal("enrol_code_wrong", (await enrol.Enrol(wrong, "204816", Network)).Refused?.Code);
        Assert.Equal("enrol_code_expired", (await enrol.Enrol(registered.Code, "204816", Network)).Refused?.Code);

        var renewed = (await people.Get<RegisterTerminal>().RenewCode(admin, registered.Id)).Value;
        people.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("enrol_code_expired", (await enrol.Enrol(renewed.Code, "204816", Network)).Refused?.Code);
        renewed = (await people.Get<RegisterTerminal>().RenewCode(admin, registered.Id)).Value;
        Assert.True((await enrol.Enrol(renewed.Code, "204816", Network)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06a_one_code_typed_at_two_devices_at_once_makes_one_terminal(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, registered) = await Register(people);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => people.Get<EnrolTerminal>().Enrol(registered.Code, "204816", Network)));
        Assert.Single(answers, a => a.Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_a_library_terminal_does_not_take_points(Engine engine)
    {
        await using var people = await People.New(engine);
        var (library, token) = await people.Terminal(null, TerminalProfile.LibraryCounter);
        Assert.Equal("role_forbidden", library.Require(TerminalCall.UsePoints).Refused?.Code);
        Assert.Equal("role_forbidden", (await people.Get<FindTerminal>().ByToken(token, TerminalCall.UsePoints)).Refused?.Code);
        Assert.True((await people.Get<FindTerminal>().ByToken(token, TerminalCall.FindLink)).Ok);
        var (both, _) = await people.Terminal(null, TerminalProfile.LibraryCounter, TerminalProfile.Shop);
        Assert.True(both.Require(TerminalCall.UsePoints).Ok);
        Assert.Equal("role_forbidden", both.Require(TerminalCall.IssueTicket).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_06a_a_revoked_terminal_is_out_within_a_second_in_every_process(Engine engine)
    {
        await using var people = await People.New(engine);
        var (admin, _) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var (stranger, _) = await people.Staff("B-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.BTown));
        var (terminal, token) = await people.Terminal();
        var shop = (await people.Get<OpenShop>().Open(terminal, "204816")).Value;
        var otherProcess = new FindTerminal(people.Database, people.Clock);
        Assert.True((await otherProcess.ByToken(token)).Ok);
        var revoke = people.Get<RevokeTerminal>();

        Assert.Equal("role_forbidden", (await revoke.Revoke(stranger, terminal.Id, "盗難")).Refused?.Code);
        Assert.Equal("field_required", (await revoke.Revoke(admin, terminal.Id, " ")).Refused?.Code);
        Assert.Equal("my_number_refused", (await revoke.Revoke(admin, terminal.Id, "1234-5678-9018")).Refused?.Code);
        Assert.True((await revoke.Revoke(admin, terminal.Id, "盗難")).Ok);

        Assert.Equal("terminal_revoked", (await people.Get<FindTerminal>().ByToken(token)).Refused?.Code);
        people.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("terminal_revoked", (await otherProcess.ByToken(token)).Refused?.Code);
        Assert.False((await people.Sessions.Find(shop, SessionKind.Terminal)).Ok);
        Assert.Equal("terminal_revoked", (await people.Get<RegisterTerminal>().RenewCode(admin, terminal.Id)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_token_changes_daily_and_a_lost_answer_shuts_nobody_out(Engine engine)
    {
        await using var people = await People.New(engine);
        var (_, first) = await people.Terminal();
        var (rotate, find) = (people.Get<RotateTerminalToken>(), people.Get<FindTerminal>());
        Assert.Null(await rotate.Rotate(first));
        people.Clock.Advance(TimeSpan.FromDays(1));

        var lost = await rotate.Rotate(first);
        Assert.NotNull(lost);
        Assert.True((await find.ByToken(first)).Ok);
        people.Clock.Advance(TimeSpan.FromDays(1));
        var second = (await rotate.Rotate(first))!;
        Assert.Null(await rotate.Rotate(second));

        Assert.True((await find.ByToken(second)).Ok);
        Assert.Equal("terminal_unknown", (await find.ByToken(first)).Refused?.Code);
        Assert.Equal("terminal_unknown", (await find.ByToken(lost)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_shops_own_code_opens_its_session_and_guessing_is_slow(Engine engine)
    {
        await using var people = await People.New(engine);
        var (terminal, _) = await people.Terminal();
        var shop = people.Get<OpenShop>();
        var token = (await shop.Open(terminal, "204816")).Value;
        Assert.Equal(terminal.Id, (await people.Sessions.Find(token, SessionKind.Terminal)).Value.Terminal);
        people.Clock.Advance(TimeSpan.FromHours(8));
        Assert.False((await people.Sessions.Find(token, SessionKind.Terminal)).Ok);

        for (var i = 0; i < 5; i++) Assert.Equal("shop_code_wrong", (await shop.Check(terminal, "999999")).Refused?.Code);
        var early = (await shop.Check(terminal, "204816")).Refused;
        Assert.Equal(("shop_code_throttled", 1L), (early?.Code, early?.Fact<long>("wait")));
        people.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await shop.Check(terminal, "204816")).Ok);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("123456")]
    [InlineData("987654")]
    [InlineData("777777")]
    [InlineData("2048a6")]
    [InlineData("2048162048162")]
    [InlineData(null)]
    public void A_shop_code_that_is_guessed_first_is_refused(string? code) => Assert.Equal("shop_code_weak", ShopCode.Read(code).Refused?.Code);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_only_the_office_of_the_place_registers(Engine engine)
    {
        await using var people = await People.New(engine);
        var (admin, _) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var (officer, _) = await people.Staff("A-2", SessionKind.Office, new GivenRole(Role.Officer, People.ACity));
        var register = people.Get<RegisterTerminal>();
        var wanted = new NewTerminal(People.ACity, null, "窓口", [TerminalProfile.GrantDesk]);
        Assert.Equal("role_forbidden", (await register.Register(officer, wanted)).Refused?.Code);
        Assert.Equal("role_forbidden", (await register.Register(admin, wanted with { Municipality = People.BTown })).Refused?.Code);
        Assert.Equal("field_required", (await register.Register(admin, wanted with { Label = " " })).Refused?.Code);
        Assert.Equal("field_required", (await register.Register(admin, wanted with { Profiles = [] })).Refused?.Code);
        Assert.Equal("pan_refused", (await register.Register(admin, wanted with { Label = "4111 1111 1111 1111" })).Refused?.Code);
        Assert.Empty(await people.Get<FindTerminal>().All(People.ACity));
    }
}
