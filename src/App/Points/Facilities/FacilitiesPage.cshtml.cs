using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Facilities;

/// <summary>Which systems may report the use of a facility for a programme, and whether that is on at all (K-12).</summary>
public sealed class FacilitiesPage(Facilities facilities, Settings settings, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty]
    public List<Guid> May { get; set; } = [];

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public FacilityMachine[] All { get; private set; } = [];

    public bool On { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var all = await facilities.Of(Work, new ProgrammeId(Id), stop);
        if (all.Refused is { } no) return await this.Refuse(no);
        (All, May) = (all.Value, [.. all.Value.Where(m => m.May).Select(m => m.Id.Value)]);
        On = (await settings.View()).On("grant.trigger.facility_use", new SettingScope(Issuer: Work.Office.Code, Programme: new ProgrammeId(Id)), clock.NowMs());
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var set = await facilities.Set(Work, new ProgrammeId(Id), May, stop);
        return set.Refused is { } no ? await this.Refuse(no, new NextStep("施策に戻る", $"/office/programmes/{Id}")) : this.SeeOther($"/office/programmes/{Id}/facilities?saved=1");
    }
}
