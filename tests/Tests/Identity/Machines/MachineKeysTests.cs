using System.Net;
using MyKey.Identity.Machines;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Machines;

/// <summary>Goal: a machine's key is scoped, dated, bound to its networks, and ends when it is revoked.</summary>
public class MachineKeysTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_a_key_opens_its_scopes_from_its_networks_for_its_days(Engine engine)
    {
        await using var people = await People.New(engine);
        var (admin, _) = await people.Staff("A-1", SessionKind.Office, new GivenRole(Role.TerminalAdmin, People.ACity));
        var keys = people.Get<MachineKeys>();
        var wanted = new NewMachineKey(Ids.New<MachineId>(people.Clock), People.ACity, "図書館のシステム", ["links.read"], ["192.0.2.0/24", "2001:db8::/32"], 30);

        Assert.Equal("role_forbidden", (await keys.Issue(admin, wanted with { Municipality = People.BTown })).Refused?.Code);
        Assert.Equal("number_format", (await keys.Issue(admin, wanted with { ValidDays = 366 })).Refused?.Code);
        Assert.Equal("number_format", (await keys.Issue(admin, wanted with { Networks = ["somewhere"] })).Refused?.Code);
        Assert.Equal("field_required", (await keys.Issue(admin, wanted with { Scopes = ["Not A Scope"] })).Refused?.Code);
        var first = (await keys.Issue(admin, wanted)).Value;
        var second = (await keys.Issue(admin, wanted)).Value;
        Assert.Equal("key_limit", (await keys.Issue(admin, wanted)).Refused?.Code);
        Assert.StartsWith("mk_live_", first.Key, StringComparison.Ordinal);

        var machine = (await keys.Find(first.Key, IPAddress.Parse("::ffff:192.0.2.9"))).Value;
        Assert.True(machine.Require("links.read").Ok);
        Assert.Equal("role_forbidden", machine.Require("uses.write").Refused?.Code);
        Assert.Equal("key_unknown", (await keys.Find(first.Key, IPAddress.Parse("198.51.100.1"))).Refused?.Code);
        Assert.Equal("key_unknown", (await keys.Find(first.Key + "x", IPAddress.Parse("192.0.2.9"))).Refused?.Code);
        Assert.Equal("key_unknown", (await keys.Find(null, null)).Refused?.Code);

        Assert.True((await keys.Revoke(admin, first.Id, "取りかえ")).Value);
        Assert.Equal("key_unknown", (await keys.Find(first.Key, IPAddress.Parse("192.0.2.9"))).Refused?.Code);
        Assert.True((await keys.Find(second.Key, IPAddress.Parse("2001:db8::1"))).Ok);
        people.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("key_unknown", (await keys.Find(second.Key, IPAddress.Parse("192.0.2.9"))).Refused?.Code);
    }
}
