using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Applications;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>Who was at an activity: granted, struck with a reason, or approved, one or many at once.</summary>
public sealed class ReportsPage(SaveActivity activities, FindReports find, DecideReports decide) : DecidePage<Report>
{
    [BindProperty, Display(Name = "外す理由")]
    public string? Reason { get; set; }

    public Activity Activity { get; private set; } = null!;

    public IReadOnlyDictionary<ReportState, int> Counts { get; private set; } = new Dictionary<ReportState, int>();

    public override string Here => $"{Activity.OfficePath}/reports";

    public static IReadOnlyList<SelectListItem> States { get; } = [new("すべて", ""), .. Enum.GetValues<ReportState>().Select(s => new SelectListItem(ActivityWords.AtOffice(s), Words<ReportState>.Of(s)))];

    protected override int MostAtOnce => DecideReports.MostAtOnce;

    protected override string ReasonField => nameof(Reason);

    public Task<IActionResult> OnPostAccept(Guid id, CancellationToken stop) => Each(id, one => decide.Accept(Work, one, stop), stop);

    public Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) => Each(id, one => decide.Approve(Work, one, stop), stop);

    public Task<IActionResult> OnPostStrike(Guid id, CancellationToken stop) => Each(id, one => decide.Strike(Work, one, Reason, stop), stop);

    protected override async Task<(string ShownId, bool Ours)?> Line(TransferId id, CancellationToken stop) =>
        await find.One(id, stop) is { } report ? (report.Who.ShownId, report.Activity == Activity.Id) : null;

    protected override async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var activity = await activities.Of(Work, new ActivityId(id), stop);
        if (activity.Refused is { } no) return no;
        var wanted = string.IsNullOrEmpty(State) ? null : Words<ReportState>.Find(State);
        if (wanted is null && !string.IsNullOrEmpty(State)) return Refusal.Of("field_unknown", ("field", "state"));
        (Activity, Counts) = (activity.Value, await find.Counts(activity.Value.Id, stop));
        (Found, More) = await find.Page(new ReportQuery(Activity.Id, wanted, After is { } last ? new TransferId(last) : null), stop);
        return null;
    }
}
