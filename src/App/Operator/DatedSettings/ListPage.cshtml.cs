using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Operator.DatedSettings;

/// <summary>All settings with the platform's value, and what waits for a second person.</summary>
public sealed class ListPage(PlatformSettings settings, FindStaff staff, RegistryCache registry) : StaffPage
{
    private static readonly NextStep Back = new("設定へ", "/operator/settings");

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public (Setting Setting, SettingValue Value)[] All { get; private set; } = [];

    public WaitingSetting[] Waiting { get; private set; } = [];

    public RegistryView Registry { get; private set; } = null!;

    private Dictionary<Guid, string> Numbers { get; set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        Registry = await registry.View();
        All = (await settings.All(Work)).Value;
        Waiting = (await settings.Waiting(Work, stop)).Value;
        Numbers = (await staff.All(stop: stop)).ToDictionary(s => s.Id.Value, s => s.Number);
    }

    public async Task<IActionResult> OnPostApprove(Guid change, CancellationToken stop)
    {
        var done = await settings.Approve(Work, change, stop);
        return done.Refused is { } no ? await No(no, Back) : this.SeeOther("/operator/settings?saved=approved");
    }

    public async Task<IActionResult> OnPostRefuse(Guid change, CancellationToken stop)
    {
        var done = await settings.Refuse(Work, change, stop);
        return done.Refused is { } no ? await No(no, Back) : this.SeeOther("/operator/settings?saved=refused");
    }

    public string NumberOf(Actor maker) => Numbers.GetValueOrDefault(maker.Id, "ほかの職員");
}
