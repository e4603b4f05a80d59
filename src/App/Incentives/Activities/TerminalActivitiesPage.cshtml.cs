using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>An organiser's device: the activities at which it shows the code, reads tickets and prints slips.</summary>
public sealed class TerminalActivitiesPage(FindActivities find, TimeProvider clock) : RecordingPage
{
    public const string Path = "/terminal/activities";

    public IReadOnlyList<ActivityShown> All { get; private set; } = [];

    public DateOnly Today { get; } = clock.Today();

    public async Task OnGet(CancellationToken stop) => All = await find.Of(Recorder.Organiser.Id, stop);
}

/// <summary>The screen at the venue, on an organiser's device.</summary>
public sealed class TerminalScreenPage(Venues venues, ActivityCodes codes, TimeProvider clock) : RecordingPage
{
    public ScreenView Screen { get; private set; } = null!;

    public async Task<IActionResult> OnGet(Guid id, int? live, CancellationToken stop)
    {
        var venue = await venues.Of(Recorder, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no, new NextStep("イベントの一覧へ", TerminalActivitiesPage.Path));
        Screen = await ScreenView.Of(this, venue.Value, (codes, clock), live == 1);
        return Page();
    }
}

/// <summary>Tickets read at the door, by an organiser's device.</summary>
public sealed class TerminalScanPage(Venues venues, ScanTickets scan, TimeProvider clock) : RecordingPage
{
    [BindProperty]
    public string? Number { get; set; }

    public DoorView Door { get; private set; } = null!;

    public Task<IActionResult> OnGet(Guid id, CancellationToken stop) => Show(id, null, stop);

    public Task<IActionResult> OnPost(Guid id, CancellationToken stop) => Show(id, (scan, clock), stop);

    private async Task<IActionResult> Show(Guid id, (ScanTickets, TimeProvider)? by, CancellationToken stop)
    {
        var venue = await venues.Of(Recorder, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no, new NextStep("イベントの一覧へ", TerminalActivitiesPage.Path));
        Door = await DoorView.Of(this, venue.Value, TerminalActivitiesPage.Path, by, Number);
        return Page();
    }
}

/// <summary>Slips printed by an organiser.</summary>
public sealed class TerminalSlipsPage(Venues venues, MakeSlips make, TimeProvider clock) : RecordingPage
{
    [BindProperty]
    public Guid Sheet { get; set; }

    [BindProperty]
    public int Sheets { get; set; } = 1;

    public SlipsView Slips { get; private set; } = null!;

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var venue = await venues.Of(Recorder, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no, new NextStep("イベントの一覧へ", TerminalActivitiesPage.Path));
        Slips = Of(venue.Value, Ids.NewV7(clock), []);
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        var venue = await venues.Of(Recorder, new ActivityId(id), stop);
        if (venue.Refused is { } no) return await this.Refuse(no, new NextStep("イベントの一覧へ", TerminalActivitiesPage.Path));
        var made = await make.Run(venue.Value, Sheet, Sheets, stop);
        if (made.Refused is { } refused) return await this.Refuse(refused, new NextStep("参加票の印刷に戻る", Request.Path));
        Slips = Of(venue.Value, Sheet, made.Value);
        return Page();
    }

    private SlipsView Of(Venue venue, Guid sheet, Slip[] made) => new(venue.Activity, Request.Path, TerminalActivitiesPage.Path, sheet, made, VenueEndpoint.Origin(HttpContext));
}
