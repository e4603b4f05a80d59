using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>The list of those who registered, to print and to tick with a pen; and the form by which an officer enters afterwards who was there, with the reason (S1-33).</summary>
public sealed class RosterPage(SaveActivity activities, FindRegistrations registrations, FindReports reports, EnterReports enter, TimeProvider clock) : StaffPage
{
    [BindProperty(Name = "numbers")]
    public List<string> Numbers { get; set; } = [];

    [BindProperty, Display(Name = "登録していない人のマイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "名簿から入れる理由")]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public int? Saved { get; set; }

    public Activity Activity { get; private set; } = null!;

    /// <summary>Each with whether he has been reported.</summary>
    public IReadOnlyList<(Registration Registration, bool Reported)> All { get; private set; } = [];

    /// <summary>Those that could not be entered.</summary>
    public IReadOnlyList<(string Shown, Refusal No)> Left { get; private set; } = [];

    public string Here => $"{Activity.OfficePath}/roster";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Load(id, stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        if (NameText.Read(nameof(Reason), Reason, Applications.ScreenApplications.LongestReason).Refused is { } noReason) return this.Refuse(nameof(Reason), noReason);
        if (Numbers.Count == 0 && string.IsNullOrWhiteSpace(MyKeyId)) return this.Refuse(nameof(MyKeyId), Refusal.Of("field_required", ("field", nameof(MyKeyId))));
        if (Numbers.Count > DecideReports.MostAtOnce) return this.Refuse("numbers", Refusal.Of("too_large"));
        var (done, left) = (0, new List<(string, Refusal)>());
        foreach (var number in Numbers.Distinct())
        {
            var entered = await enter.Run(Work, Activity.Id, new RosterEntry(Ids.New<TransferId>(clock), null, number, Reason), stop);
            if (entered.Ok) done++;
            else left.Add((CheckedNumber.Grouped(number), entered.Refused!));
        }
        if (!string.IsNullOrWhiteSpace(MyKeyId))
        {
            var entered = await enter.Run(Work, Activity.Id, new RosterEntry(Ids.New<TransferId>(clock), MyKeyId, null, Reason), stop);
            if (entered.Refused is { } no && done == 0 && left.Count == 0) return this.Refuse(nameof(MyKeyId), no);
            if (entered.Ok) done++;
            else left.Add(("入れたマイキーID", entered.Refused!));
        }
        if (left.Count == 0) return this.SeeOther($"{Here}?saved={done}");
        HttpContext.Note(left[0].Item2);
        await Load(id, stop);
        (Saved, Left) = (done, left);
        Response.StatusCode = StatusCodes.Status409Conflict;
        return Page();
    }

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var activity = await activities.Of(Work, new ActivityId(id), stop);
        if (activity.Refused is { } no) return no;
        Activity = activity.Value;
        var there = await reports.People(Activity.Id, stop);
        All = [.. (await registrations.Of(Activity.Id, stop)).Select(r => (r, there.Contains(r.Person)))];
        return null;
    }
}

/// <summary>A4 for the wall: what, when, where, and a QR code that leads to the activity's page. It reports nobody.</summary>
public sealed class PosterPage(SaveActivity activities) : StaffPage
{
    public Activity Activity { get; private set; } = null!;

    public string Link => $"{VenueEndpoint.Origin(HttpContext)}{Activity.Path}";

    public HtmlString Qr => ActivityWords.Qr(Link);

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var activity = await activities.Of(Work, new ActivityId(id), stop);
        if (activity.Refused is { } no) return await this.Refuse(no);
        Activity = activity.Value;
        return Page();
    }
}
