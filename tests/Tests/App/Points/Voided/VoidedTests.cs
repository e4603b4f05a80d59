using System.Net;
using System.Net.Http.Json;
using MyKey.App.Voided;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Voided;

/// <summary>Goal: a municipality sees how much of its points became void, by day, and nothing of whose they were or of its neighbours'.</summary>
public class VoidedTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_W_D1_the_office_reads_the_voided_total_and_no_person(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var me = await town.Resident();
        await town.Grant(me, 500, 40);
        await town.Grant(me, 30, 50);
        await town.Grant(me, 77, 50, Residents.B);
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("A-1", Residents.A, Role.Officer);
        using var terminals = await desk.Officer("A-2", Residents.A, Role.TerminalAdmin);
        Assert.Equal(0, (await officer.GetFromJsonAsync<VoidedReply>("/api/v1/office/voided"))!.Total);
        await town.App.Database.Write(tx => town.Get<VoidPoints>().Begin(tx, me));
        await town.Get<VoidPoints>().Run();

        var found = (await officer.GetFromJsonAsync<VoidedReply>("/api/v1/office/voided"))!;

        Assert.Equal((530L, 530L, 2), (found.Total, found.Days.Single().Amount, found.Days.Single().Lots));
        var page = await officer.GetStringAsync("/office/voided");
        Assert.Contains("530", page, StringComparison.Ordinal);
        Assert.DoesNotContain("MY123456", page, StringComparison.Ordinal);
        Assert.Equal(0, (await officer.GetFromJsonAsync<VoidedReply>($"/api/v1/office/voided?year={found.Year - 1}"))!.Total);
        Assert.False((await officer.GetAsync($"/api/v1/office/voided?year={found.Year + 1}")).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await terminals.GetAsync("/api/v1/office/voided")).StatusCode);
    }
}
