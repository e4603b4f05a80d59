using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>イベント参加報告: by a code that is typed, or scanned by the camera, or was scanned before the login (S1-34). Below it what the citizen has registered for and reported.</summary>
public sealed class AttendPage(ReportAttendance report, ReadCode read, FindActivities activities, FindRegistrations registrations, FindReports reports, TimeProvider clock) : CitizenPage
{
    public const string Path = "/my/attend";

    private const int MostShown = 50;

    [BindProperty, Display(Name = "コード")]
    public string? Code { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    /// <summary>The report that was just made.</summary>
    [BindProperty(SupportsGet = true, Name = "done")]
    public Guid? Done { get; set; }

    /// <summary>The activity whose code this browser scanned.</summary>
    public Activity? Seen { get; private set; }

    public Report? Made { get; private set; }

    /// <summary>The newest first, each with its activity.</summary>
    public IReadOnlyList<(Activity Activity, Report? Report)> Mine { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        await Show(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        if (string.IsNullOrWhiteSpace(Code)) return this.Refuse(nameof(Code), Refusal.Of("field_required", ("field", nameof(Code))));
        var made = await report.Run(Citizen, new TransferId(Id), Code, stop: stop);
        return made.Refused is { } no ? this.Refuse(nameof(Code), no) : this.SeeOther($"{Path}?done={Id}");
    }

    /// <summary>The code that was scanned before.</summary>
    public async Task<IActionResult> OnPostSeen(CancellationToken stop)
    {
        var kept = ShellCookie.Attend.Read(HttpContext);
        var made = kept is null ? Refusal.Of("qr_invalid") : await report.Run(Citizen, new TransferId(Id), kept, kept.Contains('.', StringComparison.Ordinal) ? kept : null, stop);
        ShellCookie.Attend.Clear(HttpContext);
        return made.Refused is { } no ? await this.Refuse(no, new NextStep("イベント参加報告", Path)) : this.SeeOther($"{Path}?done={Id}");
    }

    private async Task Show(CancellationToken stop)
    {
        SecurityHeaders.AllowScanner(HttpContext);
        if (ShellCookie.Attend.Read(HttpContext) is { } kept)
        {
            var seen = kept.Contains('.', StringComparison.Ordinal) ? await read.Sealed(kept, stop) : await read.Run(kept, stop);
            if (seen.Ok) Seen = seen.Value.Activity;
            else ShellCookie.Attend.Clear(HttpContext);
        }
        var (mine, registered) = (await reports.Of(Citizen.Id, stop), await registrations.Of(Citizen.Id, stop));
        if (Done is { } id) Made = mine.FirstOrDefault(r => r.Id.Value == id);
        var shown = new List<(Activity, Report?)>();
        foreach (var activity in mine.Select(r => r.Activity).Concat(registered.Select(r => r.Activity)).Distinct().Take(MostShown))
            if (await activities.One(activity, stop) is { } one) shown.Add((one, mine.FirstOrDefault(r => r.Activity == activity)));
        Mine = [.. shown.OrderByDescending(s => s.Item1.Hours.Day).ThenBy(s => s.Item1.Hours.FromMinute)];
    }
}
