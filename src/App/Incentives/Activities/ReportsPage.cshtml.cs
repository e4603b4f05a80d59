using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>Who was at an activity: granted, struck with a reason, or approved, one or many at once.</summary>
public sealed class ReportsPage(SaveActivity activities, FindReports find, DecideReports decide) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "state"), Display(Name = "いま")]
    public string? State { get; set; }

    /// <summary>The last line of the page before.</summary>
    [BindProperty(SupportsGet = true, Name = "after")]
    public Guid? After { get; set; }

    /// <summary>How many were just decided.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public int? Saved { get; set; }

    [BindProperty(Name = "ids")]
    public List<Guid> Ids { get; set; } = [];

    [BindProperty, Display(Name = "外す理由")]
    public string? Reason { get; set; }

    public Activity Activity { get; private set; } = null!;

    public IReadOnlyDictionary<ReportState, int> Counts { get; private set; } = new Dictionary<ReportState, int>();

    public IReadOnlyList<Report> Found { get; private set; } = [];

    public bool More { get; private set; }

    /// <summary>Those that could not be decided, each with its reason.</summary>
    public IReadOnlyList<(string ShownId, Refusal No)> Left { get; private set; } = [];

    public string Here => $"{Activity.OfficePath}/reports";

    public bool MayDecide => Work.Require(Role.Officer).Ok;

    public bool MayApprove => Work.Require(Role.Approver).Ok;

    public static IReadOnlyList<SelectListItem> States { get; } = [new("すべて", ""), .. Enum.GetValues<ReportState>().Select(s => new SelectListItem(ActivityWords.AtOffice(s), Words<ReportState>.Of(s)))];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Load(id, stop) is { } no ? await this.Refuse(no) : Page();

    public Task<IActionResult> OnPostAccept(Guid id, CancellationToken stop) => Each(id, one => decide.Accept(Work, one, stop), stop);

    public Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) => Each(id, one => decide.Approve(Work, one, stop), stop);

    public Task<IActionResult> OnPostStrike(Guid id, CancellationToken stop) => Each(id, one => decide.Strike(Work, one, Reason, stop), stop);

    private async Task<IActionResult> Each(Guid id, Func<TransferId, Task<Result<Report>>> one, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        if (Ids.Count == 0) return this.Refuse("ids", Refusal.Of("field_required", ("field", "ids")));
        if (Ids.Count > DecideReports.MostAtOnce) return this.Refuse("ids", Refusal.Of("too_large"));
        var (done, left) = (0, new List<(string, Refusal)>());
        foreach (var chosen in Ids.Distinct())
        {
            var report = await find.One(new TransferId(chosen), stop);
            var decided = report?.Activity == Activity.Id ? await one(report.Id) : Refusal.Of("not_found");
            if (decided.Ok) done++;
            else if (decided.Refused is { Code: "confirm_required" or "role_forbidden" } no) return await No(no);
            else if (decided.Refused is { Code: "field_required" or "too_large" or "my_number_refused" or "pan_refused" } text) return this.Refuse(nameof(Reason), text);
            else left.Add((report?.Who.ShownId ?? "", decided.Refused!));
        }
        if (left.Count == 0) return this.SeeOther($"{Here}?saved={done}{(string.IsNullOrEmpty(State) ? "" : $"&state={Uri.EscapeDataString(State)}")}");
        foreach (var (_, no) in left.Take(1)) HttpContext.Note(no);
        (Saved, Left) = (done, left);
        await Load(id, stop);
        Response.StatusCode = StatusCodes.Status409Conflict;
        return Page();
    }

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
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
