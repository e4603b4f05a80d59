using System.Net.Http.Json;
using MyKey.App.Claims;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Demo;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.Sandbox;

/// <summary>Goal: the demonstration has programmes to apply for, and points that wait to be received, made through the public API.</summary>
public class DemoOffersTests
{
    [Fact]
    public async Task S1_24_somebody_has_points_to_receive()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        var file = Path.Combine(TestDatabase.Servers.Folder, $"authenticators-{Guid.NewGuid():N}.json");
        var staff = new DemoStaff(town.App.Site, new Authenticators(file, TimeProvider.System));
        await staff.Begin((await town.Get<AddFirstOperator>().Add(DemoStaff.OperatorNumber)).Value, CancellationToken.None);
        await staff.Invite("OF-001", DemoTown.A, "officer", CancellationToken.None);
        await staff.Give("OF-001", DemoTown.B, "officer", CancellationToken.None);
        await staff.Invite("OF-002", DemoTown.A, "approver", CancellationToken.None);
        using var office = await staff.LogIn("office", "OF-001", CancellationToken.None);
        using var approver = await staff.LogIn("office", "OF-002", CancellationToken.None);

        await DemoOffers.Furnish(staff, (office, approver), CancellationToken.None);

        using var me = await town.LoggedIn();
        var waiting = Assert.Single((await me.GetFromJsonAsync<List<MyEntitlementReply>>("/api/v1/my/entitlements"))!);
        Assert.Equal(("open", 1_500L), (waiting.State, waiting.Points));
        Assert.Contains("受け取る", await me.GetStringAsync("/my"), StringComparison.Ordinal);
    }
}
