using System.Net;
using System.Net.Http.Json;
using MyKey.App.Organisers;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Attendance;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Organisers;

/// <summary>Goal: an office says who may record and for what; a device stands for its organiser, opens nothing else, and ends with it (S2-P3d, V-D1).</summary>
public class OrganisersTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3d_an_organiser_that_is_taken_off_records_no_more_until_it_may_again(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine);
        var occasion = await desk.Occasion();
        await desk.Enter(desk.Organiser, "みどり町会", [desk.Office.Programme], "ended");
        Assert.Equal("organiser_ended", await GrantOffice.Code(await desk.Add(occasion, "MY123456")));
        Assert.Equal("organiser_ended", await GrantOffice.Code(await desk.Begin(Guid.CreateVersion7(), "体操")));
        Assert.Equal("organiser_ended", await GrantOffice.Code(await desk.Registrar.PostAsJsonAsync($"{OrganiserDesk.Organisers}/{desk.Organiser}/devices", new DeviceRequest(Guid.CreateVersion7(), "会館"))));

        await desk.Enter(desk.Organiser, "みどり町会", []);
        Assert.Equal("programme_not_recorded", await GrantOffice.Code(await desk.Add(occasion, "MY123456")));
        Assert.Equal("programme_not_recorded", await GrantOffice.Code(await desk.Begin(Guid.CreateVersion7(), "体操")));
        await desk.Enter(desk.Organiser, "みどり町会", [desk.Office.Programme]);
        Assert.Equal(HttpStatusCode.Created, (await desk.Add(occasion, "MY123456")).StatusCode);
        var all = (await desk.Office.Officer.GetFromJsonAsync<List<OrganiserReply>>(OrganiserDesk.Organisers))!;
        Assert.Equal(("みどり町会", "active"), (all[0].Name, all[0].State));
    }

    [Fact]
    public async Task S2_P3d_a_device_opens_the_lists_of_its_organiser_and_no_balance()
    {
        await using var desk = await OrganiserDesk.Open();
        var occasion = await desk.Occasion();
        var other = Guid.CreateVersion7();
        await desk.Enter(other, "みなと大学", [desk.Office.Programme]);
        using var stranger = await desk.NewDevice(other);
        Assert.Equal("not_found", await GrantOffice.Code(await desk.Add(occasion, new(Guid.CreateVersion7(), "MY123456"), stranger)));
        Assert.Equal("not_found", await GrantOffice.Code(await stranger.GetAsync($"{OrganiserDesk.Api}/{occasion}/lines")));
        Assert.Equal("terminal_unknown", await GrantOffice.Code(await desk.Office.Officer.GetAsync(OrganiserDesk.Api)));

        var shown = await OrganiserDesk.Read<MyKey.App.UsePoints.ShownReply>(await desk.Device.PostAsJsonAsync("/api/v1/citizen-tokens", new { myKeyId = "MY123456", code = await desk.Office.Town.Code() }));
        using var asks = new HttpRequestMessage(HttpMethod.Get, "/api/v1/holdings") { Headers = { { "Citizen-Token", shown.CitizenToken } } };
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Device.SendAsync(asks)));
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Device.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = shown.CitizenToken, issuer = "132985", amount = 1 })));
        Assert.Equal(HttpStatusCode.Created, (await desk.Add(occasion, new MyKey.App.Attendance.AttendanceRequest(Guid.CreateVersion7(), CitizenToken: shown.CitizenToken))).StatusCode);

        using var shop = desk.Office.App.Client();
        shop.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={await desk.Office.Town.Terminal(desk.Office.Town.Shop)}");
        Assert.Equal("role_forbidden", await GrantOffice.Code(await shop.GetAsync(OrganiserDesk.Api)));

        var device = (await desk.Office.Officer.GetFromJsonAsync<List<DeviceReply>>($"{OrganiserDesk.Organisers}/{desk.Organiser}/devices"))!.Single();
        using var stop = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/office/terminals/{device.Id}") { Content = JsonContent.Create(new { reason = "なくした" }) };
        Assert.Equal(HttpStatusCode.OK, (await desk.Registrar.SendAsync(stop)).StatusCode);
        Assert.Equal("terminal_revoked", await GrantOffice.Code(await desk.Device.GetAsync(OrganiserDesk.Api)));
    }

    [Fact]
    public async Task S2_P3d_who_may_not_enter_and_what_nobody_records_is_refused()
    {
        await using var desk = await OrganiserDesk.Open();
        var path = $"{OrganiserDesk.Organisers}/{Guid.CreateVersion7()}";
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Registrar.PutAsJsonAsync(path, new OrganiserRequest("会", []))));
        Assert.Equal("field_required", await GrantOffice.Code(await desk.Office.Officer.PutAsJsonAsync(path, new OrganiserRequest(" ", []))));
        Assert.Equal("field_required", await GrantOffice.Code(await desk.Office.Officer.PutAsJsonAsync(path, new OrganiserRequest("会", [], "gone"))));
        Assert.Equal("programme_not_recorded", await GrantOffice.Code(await desk.Office.Officer.PutAsJsonAsync(path, new OrganiserRequest("会", [Guid.CreateVersion7()]))));
        await desk.Office.Begin(GrantOffice.Rules("benefit"));
        Assert.Equal("programme_not_recorded", await GrantOffice.Code(await desk.Office.Officer.PutAsJsonAsync(path, new OrganiserRequest("会", [desk.Office.Programme]))));
        using var elsewhere = await desk.Office.Desk.Officer("OF-003", Town.B, Role.Officer, Role.TerminalAdmin);
        Assert.Equal("not_found", await GrantOffice.Code(await elsewhere.PutAsJsonAsync($"{OrganiserDesk.Organisers}/{desk.Organiser}", new OrganiserRequest("会", []))));
        Assert.Equal("not_found", await GrantOffice.Code(await elsewhere.PostAsJsonAsync($"{OrganiserDesk.Organisers}/{desk.Organiser}/devices", new DeviceRequest(Guid.CreateVersion7(), "会館"))));
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Office.Officer.PostAsJsonAsync($"{OrganiserDesk.Organisers}/{desk.Organiser}/devices", new DeviceRequest(Guid.CreateVersion7(), "会館"))));
    }
}
