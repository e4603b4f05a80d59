using MyKey.Kernel;

namespace MyKey.Sandbox.Demo;

/// <summary>A town association whose list waits for the office, and volunteer work that is counted over the year (S2-P3d, S2-P19e).</summary>
public sealed class DemoAttendance(Uri site)
{
    private const string DeviceCode = "730915";

    public async Task Furnish((DemoClient Maker, DemoClient Approver) officers, CancellationToken stop)
    {
        var office = officers.Maker;
        office.WorkFor(DemoTown.A);
        officers.Approver.WorkFor(DemoTown.A);
        var today = TimeProvider.System.Today();
        var cleaning = await Programme(officers, "地域の清掃", "activity", 100, stop);
        var care = await Programme(officers, "介護支援ボランティア", "yearly", null, stop);
        await office.Send(HttpMethod.Put, $"/api/v1/office/programmes/{care}/table",
            new { steps = new[] { new { least = 10, points = 1_000 }, new { least = 20, points = 2_000 }, new { least = 50, points = 5_000 } } }, stop);
        await office.Send(HttpMethod.Put, $"/api/v1/office/programmes/{care}/exchange-day", new { month = 3, day = 1 }, stop);
        await office.Send(HttpMethod.Post, $"/api/v1/office/programmes/{care}/counter/{Jst.FiscalYear(today)}/corrections",
            new { id = Guid.CreateVersion7(), myKeyId = "MY123456", amount = 12, reason = "見本" }, stop);

        var organiser = Guid.CreateVersion7();
        await office.Send(HttpMethod.Put, $"/api/v1/office/organisers/{organiser}", new { name = "みどり町会", programmes = new[] { cleaning, care } }, stop);
        var given = await office.Send<System.Text.Json.JsonElement>(HttpMethod.Post, $"/api/v1/office/organisers/{organiser}/devices", new { id = Guid.CreateVersion7(), label = "会館のタブレット" }, stop);
        using var device = new DemoClient(site);
        await device.Send(HttpMethod.Post, "/api/v1/terminals", new { code = given.GetProperty("code").GetString(), shopCode = DeviceCode }, stop);
        var occasion = Guid.CreateVersion7();
        await device.Send(HttpMethod.Post, "/api/v1/attendance", new { id = occasion, programme = cleaning, name = "公園の清掃", heldOn = today }, stop);
        await device.Send(HttpMethod.Post, $"/api/v1/attendance/{occasion}/lines", new { id = Guid.CreateVersion7(), myKeyId = "MY123456" }, stop);
        await device.Send(HttpMethod.Post, $"/api/v1/attendance/{occasion}/send", new { }, stop);
    }

    private static async Task<Guid> Programme((DemoClient Maker, DemoClient Approver) officers, string name, string kind, long? usual, CancellationToken stop)
    {
        var (programme, today) = (Guid.CreateVersion7(), TimeProvider.System.Today());
        await officers.Maker.Send(HttpMethod.Post, "/api/v1/office/programmes", new { id = programme, name, kind, from = today, until = today.AddDays(365), usualPoints = usual }, stop);
        await DemoTown.Budget(officers, programme, 10_000, stop);
        return programme;
    }
}
