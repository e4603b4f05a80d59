using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Attendance;
using MyKey.App.Facilities;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.Attendance;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Machines;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Facilities;

/// <summary>Goal: the use of a facility gives nothing until a municipality switches it on; then it is a line of a list like any other, and which facility it was is kept nowhere (S0-4020, K-12).</summary>
public class FacilitiesTests
{
    private const string Api = "/api/v1/facility-uses";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_12_a_use_is_recorded_once_a_day_and_approved_when_the_day_is_over(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Begin(GrantOffice.Rules(usual: 10));
        await using var desk = await KeyDesk.In(office.App, office.Town, office.Desk);
        using var gate = desk.Machine(await desk.Give(desk.Wanted("attendance.write", null)));
        var machine = (await desk.Keys()).Single().Machine;
        var use = new FacilityUseRequest(Guid.CreateVersion7(), office.Programme, "MY123456");
        Assert.Equal("programme_not_recorded", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use)));
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.PutAsJsonAsync(Path(office), new FacilitiesRequest([machine]))).StatusCode);
        Assert.Equal("trigger_off", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use)));
        await office.Town.Get<SetSetting>().Run(new("grant.trigger.facility_use", SettingPlace.Of(Town.A), "on", Actor.Job("test")));

        for (var press = 0; press < 2; press++) Assert.Equal(HttpStatusCode.Created, (await gate.PostAsJsonAsync(Api, use)).StatusCode);
        Assert.Equal("already_recorded", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use with { Id = Guid.CreateVersion7() })));
        Assert.Equal("mykey_unknown", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use with { Id = Guid.CreateVersion7(), MyKeyId = "ZZ999999" })));
        var today = office.Town.Get<TimeProvider>().Today();
        Assert.Equal("out_of_period", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use with { Id = Guid.CreateVersion7(), UsedOn = today.AddDays(1) })));
        Assert.Equal("not_started", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use with { Id = Guid.CreateVersion7(), UsedOn = today.AddDays(-9) })));

        var list = (await office.Officer.GetFromJsonAsync<List<OfficeOccasionReply>>(OrganiserDesk.OfficeApi))!.Single();
        Assert.Empty((await office.Officer.GetFromJsonAsync<List<OfficeOccasionReply>>($"{OrganiserDesk.OfficeApi}?waiting=true"))!);
        Assert.Equal("not_found", await GrantOffice.Code(await Approve(office, list.Id)));
        Assert.Equal(HttpStatusCode.Created, (await gate.PostAsJsonAsync(Api, use with { Id = Guid.CreateVersion7(), UsedOn = today.AddDays(-1) })).StatusCode);
        var yesterday = (await office.Officer.GetFromJsonAsync<List<OfficeOccasionReply>>($"{OrganiserDesk.OfficeApi}?waiting=true"))!.Single();
        Assert.Null(yesterday.Organiser);
        var approved = await OrganiserDesk.Read<OfficeOccasionReply>(await Approve(office, yesterday.Id));
        await office.Done((await office.Officer.GetFromJsonAsync<MyKey.App.GrantBatches.BatchReply>($"{GrantFiles.Batches}/{approved.File}"))!);
        Assert.Equal(2_810, await office.Usable());
        Assert.Equal("occasion_closed", await GrantOffice.Code(await gate.PostAsJsonAsync(Api, use with { Id = Guid.CreateVersion7(), MyKeyId = "MY123456", UsedOn = today.AddDays(-1) })));

        await using var connection = await office.App.Database.Open();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where actor = @machine", new { machine }));
    }

    [Fact]
    public async Task K_12_a_key_for_something_else_and_a_machine_of_somebody_else_may_not()
    {
        await using var office = await GrantOffice.Open();
        await using var desk = await KeyDesk.In(office.App, office.Town, office.Desk);
        using var grants = desk.Machine(await desk.Give(desk.Wanted("grants.write", null)));
        var use = new FacilityUseRequest(Guid.CreateVersion7(), office.Programme, "MY123456");
        Assert.Equal("role_forbidden", await GrantOffice.Code(await grants.PostAsJsonAsync(Api, use)));
        Assert.Equal("not_found", await GrantOffice.Code(await office.Officer.PutAsJsonAsync(Path(office), new FacilitiesRequest([(await desk.Keys()).Single().Machine]))));
        using var elsewhere = desk.Machine(await desk.GiveIn(Town.B, desk.Wanted("attendance.write", null)));
        Assert.Equal("programme_not_recorded", await GrantOffice.Code(await elsewhere.PostAsJsonAsync(Api, use)));
        Assert.Equal("role_forbidden", await GrantOffice.Code(await desk.Asking.GetAsync(Path(office))));
        Assert.Contains("施設の利用での付与をしない設定です", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"/office/programmes/{office.Programme}/facilities")), StringComparison.Ordinal);
    }

    private static string Path(GrantOffice office) => $"/api/v1/office/programmes/{office.Programme}/facilities";

    private static Task<HttpResponseMessage> Approve(GrantOffice office, Guid id) => office.Officer.PostAsJsonAsync($"{OrganiserDesk.OfficeApi}/{id}/approve", new ApproveAttendanceRequest());
}
