using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>The screen at the venue, shown by an officer.</summary>
public sealed class OfficeScreenPage(Venues venues, ActivityCodes codes, TimeProvider clock) : StaffPage
{
    public ScreenView Screen { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, int? live, CancellationToken stop)
    {
        var venue = await venues.Of(Work, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no);
        Screen = await ScreenView.Of(this, venue.Value, (codes, clock), live == 1);
        return Page();
    }
}

/// <summary>Tickets read at the door by an officer.</summary>
public sealed class OfficeScanPage(Venues venues, ScanTickets scan, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public string? Number { get; set; }

    public DoorView Door { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public Task<IActionResult> OnGet(Guid id, CancellationToken stop) => Show(id, null, stop);

    public Task<IActionResult> OnPost(Guid id, CancellationToken stop) => Show(id, (scan, clock), stop);

    private async Task<IActionResult> Show(Guid id, (ScanTickets, TimeProvider)? by, CancellationToken stop)
    {
        var venue = await venues.Of(Work, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no);
        Door = await DoorView.Of(this, venue.Value, venue.Value.Activity.OfficePath, by, Number);
        return Page();
    }
}

/// <summary>Slips printed by an officer.</summary>
public sealed class OfficeSlipsPage(Venues venues, MakeSlips make, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Sheet { get; set; }

    [BindProperty]
    public int Sheets { get; set; } = 1;

    public SlipsView Slips { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var venue = await venues.Of(Work, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no);
        Slips = Of(venue.Value, Ids.NewV7(clock), []);
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        var venue = await venues.Of(Work, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no);
        var made = await make.Run(venue.Value, Sheet, Sheets, stop);
        if (made.Refused is { } refused) return await this.Refuse(refused, new NextStep("参加票の印刷に戻る", Request.Path));
        Slips = Of(venue.Value, Sheet, made.Value);
        return Page();
    }

    private SlipsView Of(Venue venue, Guid sheet, Slip[] made) => new(venue.Activity, Request.Path, venue.Activity.OfficePath, sheet, made, VenueEndpoint.Origin(HttpContext));
}
