using System.Text;
using MyKey.Identity.Keys;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Staffing;

/// <summary>Goal: staff are individual people with two factors, and two of them are needed to change who may do what.</summary>
public class StaffTests
{
    private const string Right = "seven lamps over water";
    private static readonly ClientNetwork Network = new("192.0.2.0/24");

    /// <summary>Enrols by URL as a person would: reads the secret from the page, types a code.</summary>
    private static async Task<byte[]> Enrol(People people, string token)
    {
        var page = (await people.Get<EnrolStaff>().Begin(token)).Value;
        Assert.Equal(page, (await people.Get<EnrolStaff>().Begin(token)).Value);
        var secret = FromBase32(page.TotpText);
        Assert.Equal("totp_wrong", (await people.Get<EnrolStaff>().Finish(token, Right, "000000")).Refused?.Code);
        Assert.Equal("password_weak", (await people.Get<EnrolStaff>().Finish(token, "short", Now(people, secret))).Refused?.Code);
        Assert.True((await people.Get<EnrolStaff>().Finish(token, Right, Now(people, secret))).Ok);
        Assert.Equal("not_found", (await people.Get<EnrolStaff>().Begin(token)).Refused?.Code);
        return secret;
    }

    private static string Now(People people, byte[] secret) => Totp.Code(secret, Totp.StepAt(people.Clock.NowMs()));

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    private static async Task<(StaffMember Member, Session Session)> Login(People people, string number, byte[] secret, SessionKind shell = SessionKind.Operator)
    {
        people.Clock.Advance(TimeSpan.FromSeconds(60));
        var half = (await people.Get<LoginStaff>().Password(new StaffPassword(shell, number, Right, Network))).Value;
        var token = (await people.Get<LoginStaff>().OneTimePassword(half, shell, Now(people, secret))).Value;
        var session = (await people.Sessions.Find(token, shell)).Value;
        return ((await people.Get<FindStaff>().Of(session)).Value, session);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_first_operator_is_added_once_and_a_lost_url_is_replaced(Engine engine)
    {
        await using var people = await People.New(engine);
        var add = people.Get<AddFirstOperator>();
        var lost = (await add.Add("op-1")).Value;
        var token = (await add.Add("op-1")).Value;

        Assert.Equal("not_found", (await people.Get<EnrolStaff>().Begin(lost)).Refused?.Code);
        Assert.Equal("number_format", (await add.Add("a name")).Refused?.Code);
        var secret = await Enrol(people, token);
        Assert.Equal("operator_exists", (await add.Add("OP-2")).Refused?.Code);
        var (member, session) = await Login(people, "op-1", secret);
        Assert.Equal(("OP-1", Assurance.A2), (member.Number, session.Assurance));
        Assert.True(member.Require(Role.Operator).Ok);
        Assert.Equal(["staff.enrolled", "staff.invited", "staff.invited", "staff.logged_in"], await people.Logged());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_enrolment_url_lasts_24_hours(Engine engine)
    {
        await using var people = await People.New(engine);
        var token = (await people.Get<AddFirstOperator>().Add("OP-1")).Value;
        people.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal("not_found", (await people.Get<EnrolStaff>().Begin(token)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_password_alone_opens_nothing_and_a_code_works_once(Engine engine)
    {
        await using var people = await People.New(engine);
        var secret = await Enrol(people, (await people.Get<AddFirstOperator>().Add("OP-1")).Value);
        people.Clock.Advance(TimeSpan.FromSeconds(60));
        var login = people.Get<LoginStaff>();

        foreach (var (shell, number, password) in new[] { (SessionKind.Operator, "OP-1", "wrong password 7"), (SessionKind.Operator, "OP-9", Right), (SessionKind.Office, "OP-1", Right) })
            Assert.Equal(Refusal.Of("login_failed"), (await login.Password(new StaffPassword(shell, number, password, new ClientNetwork(number + shell)))).Refused);
        var half = (await login.Password(new StaffPassword(SessionKind.Operator, "OP-1", Right, Network))).Value;
        Assert.Equal("login_required", (await people.Sessions.Find(half, SessionKind.Operator)).Refused?.Code);
        var code = Now(people, secret);
        Assert.Equal("totp_wrong", (await login.OneTimePassword(half, SessionKind.Operator, "123")).Refused?.Code);
        var token = (await login.OneTimePassword(half, SessionKind.Operator, code)).Value;
        var session = (await people.Sessions.Find(token, SessionKind.Operator)).Value;
        Assert.Equal("login_required", (await login.OneTimePassword(half, SessionKind.Operator, code)).Refused?.Code);
        Assert.Equal("totp_wrong", (await people.Get<ConfirmTotp>().Confirm(session, code)).Refused?.Code);
        Assert.Equal("login_required", (await login.OneTimePassword(token, SessionKind.Operator, code)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_one_code_at_two_places_at_once_counts_once(Engine engine)
    {
        await using var people = await People.New(engine);
        var secret = await Enrol(people, (await people.Get<AddFirstOperator>().Add("OP-1")).Value);
        var (_, session) = await Login(people, "OP-1", secret);
        people.Clock.Advance(TimeSpan.FromSeconds(60));
        var code = Now(people, secret);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => people.Get<ConfirmTotp>().Confirm(session, code)));
        Assert.Single(answers, a => a.Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_approvals_ask_for_a_code_again_after_five_minutes(Engine engine)
    {
        await using var people = await People.New(engine);
        var secret = await Enrol(people, (await people.Get<AddFirstOperator>().Add("OP-1")).Value);
        var (_, session) = await Login(people, "OP-1", secret);
        Assert.True(ConfirmTotp.Require(session, people.Clock).Ok);
        people.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("confirm_required", ConfirmTotp.Require(session, people.Clock).Refused?.Code);
        Assert.True((await people.Get<ConfirmTotp>().Confirm(session, Now(people, secret))).Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_with_two_operators_nobody_changes_staff_alone(Engine engine)
    {
        await using var people = await People.New(engine);
        var change = people.Get<ChangeStaff>();
        var (first, session1) = await people.Operator("OP-1");

        var alone = (await change.Propose(first, session1, new StaffChange(StaffChangeKind.Invite, Number: "OP-2", Role: Role.Operator))).Value;
        Assert.True(alone.Applied);
        await Enrol(people, alone.EnrolToken!);
        var (second, session2) = await people.Operator("OP-3");

        var asked = (await change.Propose(first, session1, new StaffChange(StaffChangeKind.Invite, Number: "A-0001", Role: Role.Officer, Municipality: People.ACity))).Value;
        Assert.False(asked.Applied);
        Assert.Equal("four_eyes", (await change.Approve(first, session1, asked.Change)).Refused?.Code);
        Assert.Single(await change.Waiting());
        var applied = (await change.Approve(second, session2, asked.Change)).Value;
        Assert.Equal("not_found", (await change.Approve(second, session2, asked.Change)).Refused?.Code);
        var officer = (await people.Get<FindStaff>().All(People.ACity)).Single();
        Assert.Equal(("A-0001", StaffState.Invited, applied.Staff), (officer.Number, officer.State, (StaffId?)officer.Id));
        Assert.True(officer.Holds(Role.Officer, People.ACity));
        Assert.False(officer.Holds(Role.Officer, People.BTown));
        Assert.False(officer.Holds(Role.Approver, People.ACity));

        var own = (await change.Propose(first, session1, new StaffChange(StaffChangeKind.GiveRole, Staff: second.Id, Role: Role.Approver, Municipality: People.ACity))).Value;
        Assert.Equal("four_eyes", (await change.Approve(second, session2, own.Change)).Refused?.Code);
        Assert.True((await change.Refuse(first, own.Change)).Ok);
        Assert.Empty(await change.Waiting());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_who_has_not_the_role_changes_nothing(Engine engine)
    {
        await using var people = await People.New(engine);
        var change = people.Get<ChangeStaff>();
        var (officer, session) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.Officer, People.ACity));
        var (admin, adminSession) = await people.Staff("A-2", SessionKind.Office, new GivenRole(Role.StaffAdmin, People.ACity));
        var invite = new StaffChange(StaffChangeKind.Invite, Number: "A-9", Role: Role.Officer, Municipality: People.ACity);

        Assert.Equal("role_forbidden", (await change.Propose(officer, session, invite)).Refused?.Code);
        Assert.Equal("role_forbidden", (await change.Propose(admin, adminSession, invite with { Municipality = People.BTown })).Refused?.Code);
        Assert.Equal("role_forbidden", (await change.Propose(admin, adminSession, invite with { Role = Role.Operator, Municipality = null })).Refused?.Code);
        Assert.Equal("field_required", (await change.Propose(admin, adminSession, invite with { Role = null })).Refused?.Code);
        Assert.Equal("number_format", (await change.Propose(admin, adminSession, invite with { Number = "a name of somebody" })).Refused?.Code);
        Assert.False((await change.Propose(admin, adminSession, invite)).Value.Applied);
        people.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("confirm_required", (await change.Propose(admin, adminSession, invite)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_leaves_is_out_at_once_and_the_last_operator_stays(Engine engine)
    {
        await using var people = await People.New(engine);
        var change = people.Get<ChangeStaff>();
        var (op, session) = await people.Operator();
        var (officer, officerSession) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.Officer, People.ACity));

        var again = new StaffChange(StaffChangeKind.Invite, Number: "A-1", Role: Role.Officer, Municipality: People.ACity);
        Assert.Equal("staff_number_taken", (await change.Propose(op, session, again)).Refused?.Code);
        Assert.True((await change.Propose(op, session, new StaffChange(StaffChangeKind.End, Staff: officer.Id))).Value.Applied);
        Assert.Equal("login_required", (await people.Get<FindStaff>().Of(officerSession)).Refused?.Code);
        Assert.Equal("role_forbidden", (await change.Propose(op, session, new StaffChange(StaffChangeKind.End, Staff: op.Id))).Refused?.Code);
        Assert.True((await people.Get<FindStaff>().Of(session)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_key_file_is_private_made_once_and_its_loss_is_noticed_at_start(Engine engine)
    {
        await using var people = await People.New(engine);
        await people.Get<Kek>().CheckAtStart();
        Assert.False(File.Exists(people.KekFile));
        var options = new MyKey.Identity.IdentityOptions { KekFile = people.KekFile };
        Kek AnotherProcess() => new(options, people.Database, people.Clock);

        var wrapped = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => AnotherProcess().Wrap(Encoding.ASCII.GetBytes($"secret {i}"), "totp:1")));

        Assert.Single(wrapped.Select(w => w.KekId).Distinct());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(people.KekFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(people.KekFile)!));
        Assert.Equal("secret 3", Encoding.ASCII.GetString(await AnotherProcess().Unwrap(wrapped[3].Wrapped, "totp:1")));
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => AnotherProcess().Unwrap(wrapped[3].Wrapped, "totp:2"));
        await AnotherProcess().CheckAtStart();
        var key = await File.ReadAllBytesAsync(people.KekFile);
        await File.WriteAllBytesAsync(people.KekFile, [.. key.Reverse()]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => AnotherProcess().CheckAtStart());
        File.Delete(people.KekFile);
        await Assert.ThrowsAsync<InvalidOperationException>(() => AnotherProcess().CheckAtStart());
        Assert.False(File.Exists(people.KekFile));
    }
}
