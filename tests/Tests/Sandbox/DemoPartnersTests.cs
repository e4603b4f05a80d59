using System.Net;
using System.Net.Http.Json;
using MyKey.App.Exchange;
using MyKey.App.Partners;
using MyKey.App.Reserved;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Demo;
using MyKey.Tests.App.LinkedExchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.Sandbox;

/// <summary>Goal: the demonstration's partners come in through the public API, and their codes become points, reserved ones, too.</summary>
public class DemoPartnersTests
{
    [Fact]
    public async Task S4_05_S2_P11_sixteen_companies_and_codes_to_try()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        var file = Path.Combine(TestDatabase.Servers.Folder, $"authenticators-{Guid.NewGuid():N}.json");
        var staff = new DemoStaff(town.App.Site, new Authenticators(file, TimeProvider.System));
        await staff.Begin((await town.Get<AddFirstOperator>().Add(DemoStaff.OperatorNumber)).Value, CancellationToken.None);
        await using var companies = await LinkTown.Start(town.App.Site, TimeProvider.System);

        var partners = new DemoPartners(town.App.Site, LinkTown.PortOf(companies), TimeProvider.System);
        await partners.AddEarlier(staff.Operator, CancellationToken.None);
        await partners.Furnish(staff, CancellationToken.None);

        using var me = await town.LoggedIn();
        var open = (await me.GetFromJsonAsync<OpenPartnerReply[]>("/api/v1/partners"))!;
        Assert.Equal((16, 16), ((await town.Get<PartnerCache>().View()).All.Count, open.Length));
        var answer = await me.PostAsJsonAsync("/api/v1/my/exchanges", new ExchangeRequest(Guid.CreateVersion7(), Residents.A.Value, ["MIHONA01", "mihon-b20"]));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(1_000, (await answer.Content.ReadFromJsonAsync<ExchangeReply>())!.Points);
        Assert.Equal(1_000, (await me.GetFromJsonAsync<ReservedReply>("/api/v1/my/reserved"))!.Points);
    }
}
