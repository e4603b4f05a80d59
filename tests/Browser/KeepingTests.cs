using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Kernel;
using MyKey.Kernel.Audits;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: what keeps the platform is read and done without help: one's own password, and what the night's audit has found (V-D3, S0-1022c).</summary>
public class KeepingTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    [InlineData(Visit.Desk)]
    public async Task V_D3_S0_1022c_an_operator_changes_the_password_and_reads_the_audit(int width)
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        await desk.Operator();
        await using var visit = await Visit.Begin(app, width);
        await visit.LogIn("operator", "OP-001", desk);
        await visit.Open("/operator/password");
        await visit.Looks("staff-password");
        await visit.Page.GetByLabel("いまのパスワード").FillAsync("not-the-one-4410");
        await visit.Page.GetByLabel("新しいパスワード").FillAsync("kaze-no-mori-5530");
        await visit.Page.Locator("[name=Code]").FillAsync("000000");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "変える" }).ClickAsync();
        await visit.Looks("staff-password-wrong");

        await visit.Open("/operator/audits");
        await visit.Looks("audits-none");
        var keep = app.Services.GetRequiredService<KeepAudits>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        foreach (var (back, whole) in ((int, bool)[])[(3, true), (2, false)])
        {
            var run = await keep.Begin(clock.Today().AddDays(-back), whole);
            await keep.Write(run, new AuditPart("points:00", "blocks 1 to 20", 1_240, []), null);
            if (back == 2) await keep.Write(run, new AuditPart("rights", "all", 52, ["idn_staff_role 0160581d-3f80-7649-b8d5-5cf85262c380 officer 132985: no line has given this role"]), null);
            await keep.End(run, Actor.Job("audit"));
        }
        await visit.Open("/operator/audits");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "合わないところが、1件あります" })).ToBeVisibleAsync();
        await visit.Looks("audits");
    }
}
