using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App.Audits;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Passwords;
using MyKey.Identity.Rights;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Audits;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Audits;

/// <summary>Goal: what somebody writes past the slices is told the next night, without anybody asking (V-D3, S0-1022c).</summary>
public class RunAuditsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_23_V_D3_a_role_a_key_a_passkey_a_terminal_or_a_session_that_no_line_explains_is_told(Engine engine)
    {
        await using var town = await Furnished(engine);
        var database = town.Town.App.Database;
        var rights = town.Town.Get<AuditRights>();
        var clean = await rights.Run();
        Assert.Empty(clean.Findings);
        Assert.True(clean.Rows >= 10, $"{clean.Rows} rows were compared");
        var told = new List<string>();
        async Task Planted(string sql, string finding, int more = 1)
        {
            await database.Write(async tx => Assert.True(await tx.Connection.ExecuteAsync(sql, new { Now = town.Clock.NowMs(), New = Guid.CreateVersion7(), Hash = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32) }, tx.Handle) >= 1, sql));
            var now = (await rights.Run()).Findings;
            var added = now.Except(told).ToList();
            Assert.True(added.Count == more, $"{sql}: {string.Join(" | ", added)}");
            Assert.Contains(added, f => f.Contains(finding, StringComparison.Ordinal));
            told = [.. now];
        }

        await Planted("insert into idn_staff_role(staff, role, municipality) select id, 'operator', '' from idn_staff where number = 'TA-001'", "operator : no line has given this role");
        await Planted("delete from idn_staff_role where role = 'terminal_admin'", "missing, the log has given this role");
        await Planted("insert into idn_staff(id, number, state, salt, hash, totp, created_ms) select @New, 'ZZ-999', 2, salt, hash, totp, @Now from idn_staff where number = 'OP-001'", "no line has invited this member");
        await Planted("update idn_staff set state = 2, hash = @Hash, totp = @Hash, enrol_hash = null where number = 'OF-002'", "no line says that this member has enrolled");
        await Planted("insert into idn_passkey(id, staff, credential, public_key, sign_count, transports, backup_eligible, backed_up, label, created_ms) select @New, id, @Hash, @Hash, 0, '', 0, 0, 'x', @Now from idn_staff where number = 'OP-001'", "no line has added this passkey");
        await Planted("insert into idn_machine_key(id, machine, municipality, label, scopes, networks, key_hash, created_ms, expires_ms) select @New, machine, municipality, 'planted', scopes, networks, @Hash, created_ms, expires_ms from idn_machine_key where revoked_ms is null", "no line has issued this key as it is");
        await Planted("update idn_machine_key set revoked_ms = null where revoked_ms is not null", "are not revoked, the log leaves");
        await Planted("update idn_machine_key set scopes = scopes || ' grants.write' where id = (select id from idn_machine_key where label <> 'planted' order by id desc limit 1)", "a key that the log has issued", more: 2);
        await Planted("insert into idn_terminal(id, municipality, label, profiles, state, created_ms) values (@New, '132985', 'x', 'shop', 1, @Now)", "no line has registered it");
        await Planted("update idn_terminal set profiles = 'office' where state = 2", "no line has registered it for 132985 with office");
        await Planted("update idn_terminal set state = 2, token_hash = @Hash, shop_hash = @Hash where label = 'x'", "no line says that its code was typed");
        await Planted("update idn_terminal set state = 1 where state = 3", "the log has revoked it");
        await Planted("insert into idn_session(token_hash, kind, assurance, staff, created_ms, used_ms, confirmed_ms, idle_ms, ends_ms) select @Hash, 3, 2, id, @Now, @Now, @Now, 900000, @Now + 28800000 from idn_staff where number = 'OP-001'", "no line tells this login");
        await Planted("insert into idn_session(token_hash, kind, assurance, citizen, created_ms, used_ms, confirmed_ms, idle_ms, ends_ms) select @Hash, 1, 2, id, @Now, @Now, 0, 900000, @Now + 7200000 from idn_citizen", "idn_session of A2");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022c_each_night_from_where_it_was_and_once_a_week_everything_is_audited_and_told(Engine engine)
    {
        using var lines = new CollectedLog();
        await using var town = await Furnished(engine, lines);
        var citizen = await town.Town.Resident("MY222222", 2);
        await town.Town.Grant(citizen, 500, 30);
        async Task<string> Night(int days = 1)
        {
            town.Clock.Jump(TimeSpan.FromDays(days));
            await Seal(town);
            return (await town.Town.Get<RunAudits>().Run(new JobRun("audit", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken)).Text;
        }
        // Whoever may do more than the App.
        await using var owner = MyKey.App.Shared.Web.KernelServices.OpenToMigrate(town.Town.Get<MyKey.App.Shared.Web.Site>());
        Task Change(string sql) => owner.Write(async tx => Assert.True(await tx.Connection.ExecuteAsync(sql, transaction: tx.Handle) >= 1, sql));

        Assert.Contains(await Night(0), (string[])["nights are counted from here", "not due"]);
        Assert.Equal("not due", await Night(0));
        Assert.Equal("whole: 0 findings", await Night());
        await town.Town.Grant(citizen, 100, 60);
        Assert.Equal("since the last: 0 findings", await Night());
        var run = (await town.Town.Get<KeepAudits>().Last(1))[0];
        Assert.Contains(run.Parts, p => p is { Name: ['p', 'o', 'i', 'n', 't', 's', ..], Rows: 1 });
        Assert.All(run.Parts.Where(p => p is { Name: ['p', 'o', 'i', 'n', 't', 's', ..], Rows: 1 }), p => Assert.DoesNotContain("blocks 1 to", p.Span, StringComparison.Ordinal));

        // A row of a block that was audited before: the whole finds it, the night looks at what is new.
        await Change("update ledger_transfer set amount = 501 where amount = 500");
        Assert.Equal("since the last: 0 findings", await Night());
        Assert.Equal("whole: 1 findings", await Night(5));
        Assert.Contains(lines.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("amount is 501, its record says 500", StringComparison.Ordinal));
        await Change("update ledger_transfer set amount = 500 where amount = 501");
        // A row of a new block is found the same night.
        await town.Town.Grant(citizen, 70, 60);
        await Change("update ledger_transfer set amount = 71 where amount = 70");
        Assert.Equal("since the last: 1 findings", await Night());
        await Change("update ledger_transfer set amount = 70 where amount = 71");
        Assert.Equal("since the last: 0 findings", await Night());
        // The end of the history cut off together with its head row: nobody could tell from what is left.
        await Change("delete from ledger_transfer where amount = 70");
        await Change("delete from ledger_entry where exists (select 1 from ledger_head h where h.bucket = ledger_entry.bucket and h.height = ledger_entry.height and h.height > 2)");
        await Change("delete from ledger_block where exists (select 1 from ledger_head h where h.bucket = ledger_block.bucket and h.height = ledger_block.height and h.height > 2)");
        await Change("update ledger_head set height = height - 1, hash = (select b.hash from ledger_block b where b.bucket = ledger_head.bucket and b.height = ledger_head.height - 1) where height > 2");
        Assert.Equal("since the last: 1 findings", await Night());
        Assert.Contains(lines.Lines, l => l.Contains("missing, an earlier audit has seen it", StringComparison.Ordinal));
        // Lines of the operation log: changed, and added without its chain.
        await Seal(town);
        await Change("update log_operation set after = 'nothing' where id = (select id from log_operation where action = 'audit.ended' order by time_ms desc limit 1)");
        Assert.Equal("since the last: 2 findings", await Night());
        Assert.Contains(lines.Lines, l => l.Contains("log_operation", StringComparison.Ordinal) && l.StartsWith("Error", StringComparison.Ordinal));

        // It stands where operators look.
        using var me = await town.Operator();
        var page = await me.GetStringAsync("/operator/audits");
        Assert.Contains("合わないところが、2件あります", page, StringComparison.Ordinal);
        Assert.Contains("an earlier audit has seen it", page, StringComparison.Ordinal);
        var shown = (await me.GetFromJsonAsync<AuditReply[]>("/api/v1/operator/audits"))![0];
        Assert.Equal((2, false), (shown.Findings, shown.Whole));
        Assert.Contains((await me.GetFromJsonAsync<TodaysTask[]>("/api/v1/operator/today"))!, t => t is { Kind: "audits" } && t.What.Contains("2件", StringComparison.Ordinal));
        town.Clock.Jump(TimeSpan.FromDays(2));
        using var later = await town.Operator();
        Assert.Contains((await later.GetFromJsonAsync<TodaysTask[]>("/api/v1/operator/today"))!, t => t is { Kind: "audits" } && t.What.Contains("1日より長く", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S0_1022c_a_process_that_ends_in_the_middle_leaves_the_rest_to_the_next()
    {
        await using var town = await Furnished(Engine.Sqlite);
        var (keep, parts) = (town.Town.Get<KeepAudits>(), town.Town.Get<AuditParts>());
        await town.Town.Get<RunAudits>().Run(new JobRun("audit", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
        town.Clock.Jump(TimeSpan.FromDays(1));
        var begun = await keep.Begin(town.Clock.Today(), whole: true);
        var (part, end) = await parts.Run("points:00", null, TestContext.Current.CancellationToken);
        await keep.Write(begun, part with { Span = "by the one that died" }, end);
        town.Clock.Jump(TimeSpan.FromDays(1));

        Assert.Equal("whole: 0 findings", (await town.Town.Get<RunAudits>().Run(new JobRun("audit", Guid.NewGuid(), 2, long.MaxValue), TestContext.Current.CancellationToken)).Text);

        var run = (await keep.Last(1))[0];
        Assert.Equal((begun.Id, parts.Of(whole: true).Count), (run.Id, run.Parts.Count));
        Assert.Equal("by the one that died", run.Parts.Single(p => p.Name == "points:00").Span);
    }

    private static async Task Seal(Desk town)
    {
        var seal = town.Town.Get<SealOperations>();
        while (await seal.Seal(Guid.NewGuid(), TestContext.Current.CancellationToken) > 0) { }
    }

    /// <summary>A platform on which everything came about by its slices: two operators, an officer, one who has not enrolled, keys, terminals, a citizen.</summary>
    private static async Task<Desk> Furnished(Engine engine, CollectedLog? lines = null)
    {
        var clock = new TestClock();
        var town = await Residents.Start(engine, b =>
        {
            b.Services.AddSingleton<TimeProvider>(clock);
            if (lines is not null) b.Logging.AddProvider(lines);
        }, ["MyKey:Limits:AttemptsPerMinute=10000"]);
        var desk = new Desk(town, clock, new StaffDesk(town.App));
        await desk.Staff.Operator();
        await desk.Staff.Officer("TA-001", Residents.A, Role.TerminalAdmin);
        await desk.Staff.Invite("OF-001", Residents.A, Role.Officer);
        var op = (await town.Get<FindStaff>().All()).Single(m => m.Number == "OP-001");
        var session = await Confirmed(desk, op);
        Assert.True((await town.Get<ChangeStaff>().Propose(op, session, new StaffChange(StaffChangeKind.Invite, Number: "OF-002", Role: Role.Officer, Municipality: Residents.A))).Value.Applied);
        await desk.Staff.Invite("OP-002", null, Role.Operator);
        var admin = (await town.Get<FindStaff>().All()).Single(m => m.Number == "TA-001");
        foreach (var label in (string[])["くらしの店", "やめた店", "まだの店"])
        {
            var registered = (await town.Get<RegisterTerminal>().Register(admin, new NewTerminal(Residents.A, null, label, [TerminalProfile.Shop]))).Value;
            if (label == "くらしの店") Assert.True((await town.Get<EnrolTerminal>().Enrol(registered.Code, "204816", new ClientNetwork("192.0.2.0/24"))).Ok);
            if (label == "やめた店") Assert.True((await town.Get<RevokeTerminal>().Revoke(admin, registered.Id, "閉店")).Ok);
        }
        var second = (await town.Get<FindStaff>().All()).Single(m => m.Number == "OP-002");
        foreach (var revoked in (bool[])[false, true])
        {
            var asked = (await town.Get<IssueMachineKey>().Ask(admin, await Confirmed(desk, admin), new NewMachineKey(Guid.CreateVersion7(), null, Residents.A, town.Shop.Value, "レジ", [MachineScopes.UsesWrite], [], 90))).Value;
            Assert.True((await town.Get<IssueMachineKey>().Approve(second, await Confirmed(desk, second), asked.Id)).Ok);
            if (revoked) Assert.True((await town.Get<MachineKeys>().Revoke(second, asked.Id, "もれた")).Ok);
        }
        await town.Resident();
        // What this desk itself opened past the login.
        await town.App.Database.Write(tx => tx.Connection.ExecuteAsync("delete from idn_session where staff is not null", transaction: tx.Handle));
        using var citizen = await town.LoggedIn();
        clock.Advance(TimeSpan.FromMinutes(1));
        using var again = await desk.Operator();
        return desk;
    }

    private static async Task<MyKey.Identity.Sessions.Session> Confirmed(Desk desk, StaffMember member)
    {
        var sessions = desk.Town.Get<MyKey.Identity.Sessions.OpenSessions>();
        var token = await desk.Town.App.Database.Write(tx => sessions.Open(tx, new(MyKey.Identity.Sessions.SessionKind.Operator, MyKey.Identity.Sessions.Assurance.A2) { Staff = member.Id, Confirmed = true }));
        return (await sessions.Find(token, MyKey.Identity.Sessions.SessionKind.Operator)).Value;
    }

    private sealed record Desk(Residents Town, TestClock Clock, StaffDesk Staff) : IAsyncDisposable
    {
        /// <summary>The first operator, signed in now.</summary>
        public Task<HttpClient> Operator() => Staff.SignIn("operator", "OP-001");

        public ValueTask DisposeAsync() => Town.DisposeAsync();
    }
}
