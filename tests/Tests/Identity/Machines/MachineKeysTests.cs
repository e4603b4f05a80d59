using System.Net;
using MyKey.Identity.Machines;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Machines;

/// <summary>Goal: a machine's key is asked for by one and approved by another, scoped, dated, bound to its networks, and ends when it is revoked.</summary>
public class MachineKeysTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_a_key_opens_its_scopes_from_its_networks_for_its_days(Engine engine)
    {
        await using var people = await People.New(engine);
        var (maker, asking) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var (other, approving) = await people.Staff("A-2", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var (keys, issue) = (people.Get<MachineKeys>(), people.Get<IssueMachineKey>());
        var wanted = new NewMachineKey(Guid.CreateVersion7(), null, People.ACity, null, "健康ポイントのシステム", [MachineScopes.GrantsWrite], ["192.0.2.0/24", "2001:db8::/32"], 30);
        async Task Says(string code, NewMachineKey asked) => Assert.Equal(code, (await issue.Ask(maker, asking, asked)).Refused?.Code);

        await Says("role_forbidden", wanted with { Municipality = People.BTown });
        await Says("number_format", wanted with { ValidDays = 366 });
        await Says("number_format", wanted with { Networks = ["somewhere"] });
        await Says("field_unknown", wanted with { Scopes = ["everything"] });
        await Says("field_required", wanted with { Scopes = [MachineScopes.UsesWrite] });
        await Says("not_found", wanted with { Machine = Ids.New<MachineId>(people.Clock) });
        var asked = (await issue.Ask(maker, asking, wanted)).Value;
        Assert.Equal((false, null), (asked.Applied, asked.Key));
        Assert.Equal(asked, (await issue.Ask(maker, asking, wanted)).Value);
        await Says("id_reused", wanted with { ValidDays = 31 });

        Assert.Equal("four_eyes", (await issue.Approve(maker, asking, wanted.Id)).Refused?.Code);
        var first = (await issue.Approve(other, approving, wanted.Id)).Value;
        Assert.StartsWith("mk_live_", first.Key, StringComparison.Ordinal);
        Assert.Equal("not_found", (await issue.Approve(other, approving, wanted.Id)).Refused?.Code);
        var next = wanted with { Id = Guid.CreateVersion7(), Machine = first.Machine };
        await issue.Ask(maker, asking, next);
        var second = (await issue.Approve(other, approving, next.Id)).Value;
        await Says("key_limit", next with { Id = Guid.CreateVersion7() });

        var machine = (await keys.Find(first.Key, IPAddress.Parse("::ffff:192.0.2.9"))).Value;
        Assert.True(machine.Require("grants.write").Ok);
        Assert.Equal("role_forbidden", machine.AsTill().Refused?.Code);
        Assert.Equal("key_unknown", (await keys.Find(first.Key, IPAddress.Parse("198.51.100.1"))).Refused?.Code);
        Assert.Equal("key_unknown", (await keys.Find(first.Key + "x", IPAddress.Parse("192.0.2.9"))).Refused?.Code);
        Assert.Equal("key_unknown", (await keys.Find(null, null)).Refused?.Code);

        Assert.Equal("field_required", (await keys.Revoke(maker, first.Id, "")).Refused?.Code);
        Assert.True((await keys.Revoke(maker, first.Id, "取りかえ")).Value);
        Assert.Equal("key_unknown", (await keys.Find(first.Key, IPAddress.Parse("192.0.2.9"))).Refused?.Code);
        Assert.True((await keys.Find(second.Key, IPAddress.Parse("2001:db8::1"))).Ok);
        people.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("key_unknown", (await keys.Find(second.Key, IPAddress.Parse("192.0.2.9"))).Refused?.Code);
        Assert.Equal([MachineKeyState.Expired, MachineKeyState.Revoked], (await keys.All(People.ACity)).Select(k => k.State).Order());
        Assert.Equal(["machine_key.issued", "machine_key.issued", "machine_key.proposed", "machine_key.proposed", "machine_key.revoked"], (await people.Logged()).Where(a => a.StartsWith("machine", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_request_is_turned_down_and_an_office_keeps_to_its_own(Engine engine)
    {
        await using var people = await People.New(engine);
        var (maker, asking) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var (stranger, elsewhere) = await people.Staff("B-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.BTown));
        var issue = people.Get<IssueMachineKey>();
        var wanted = new NewMachineKey(Guid.CreateVersion7(), null, People.ACity, Guid.CreateVersion7(), "くらしの店のレジ", [MachineScopes.UsesWrite], [], 90);
        await issue.Ask(maker, asking, wanted);

        Assert.Equal("role_forbidden", (await issue.Approve(stranger, elsewhere, wanted.Id)).Refused?.Code);
        Assert.Empty(await issue.Waiting(People.BTown));
        Assert.Single(await issue.Waiting(People.ACity));
        Assert.True((await issue.Refuse(maker, wanted.Id)).Value);
        Assert.Empty(await issue.Waiting(null));
        Assert.Equal("not_found", (await issue.Refuse(maker, wanted.Id)).Refused?.Code);
        Assert.Contains("machine_key.refused", await people.Logged());
    }
}
