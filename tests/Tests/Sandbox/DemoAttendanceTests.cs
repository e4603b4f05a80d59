using System.Net.Http.Json;
using MyKey.App.Attendance;
using MyKey.App.Counters;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Demo;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.Sandbox;

/// <summary>Goal: the demonstration has a list that waits for the office, and a counter on somebody's My Page, both made through the public API.</summary>
public class DemoAttendanceTests
{
    [Fact]
    public async Task S2_P3d_S2_P19e_a_town_association_and_a_counter_to_look_at()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        var file = Path.Combine(TestDatabase.Servers.Folder, $"authenticators-{Guid.NewGuid():N}.json");
        var staff = new DemoStaff(town.App.Site, new Authenticators(file, TimeProvider.System));
        await staff.Begin((await town.Get<AddFirstOperator>().Add(DemoStaff.OperatorNumber)).Value, CancellationToken.None);
        await staff.Invite("OF-001", DemoTown.A, "officer", CancellationToken.None);
        await staff.Give("OF-001", DemoTown.A, "terminal_admin", CancellationToken.None);
        await staff.Invite("OF-002", DemoTown.A, "approver", CancellationToken.None);
        using var office = await staff.LogIn("office", "OF-001", CancellationToken.None);
        using var approver = await staff.LogIn("office", "OF-002", CancellationToken.None);

        await new DemoAttendance(town.App.Site).Furnish((office, approver), CancellationToken.None);

        Assert.Equal("公園の清掃", Assert.Single(await town.Get<FindOccasions>().Waiting(Residents.A)).Occasion.Name);
        using var me = await town.LoggedIn();
        var counter = Assert.Single((await me.GetFromJsonAsync<List<MyCounterReply>>("/api/v1/my/counters"))!);
        Assert.Equal((12L, 1_000L, 20L), (counter.Count, counter.Gives, counter.NextAt));
    }
}
