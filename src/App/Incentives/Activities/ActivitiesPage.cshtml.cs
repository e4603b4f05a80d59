using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>イベントをさがす: before any login, by municipality and day (S1-14c).</summary>
public sealed class ActivitiesPage(FindActivities find, RegistryCache registry, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "municipality"), Display(Name = "自治体")]
    public string? Municipality { get; set; }

    [BindProperty(SupportsGet = true, Name = "day"), Display(Name = "日")]
    public string? Day { get; set; }

    [BindProperty(SupportsGet = true, Name = "page-number")]
    public int Number { get; set; } = 1;

    public ActivityLeaf Leaf { get; private set; } = new([], false);

    public IReadOnlyList<SelectListItem> Municipalities { get; private set; } = [];

    private RegistryView view = null!;

    public string TownOf(Activity activity) => view.Find(activity.Municipality)?.FullName ?? activity.Municipality.Value;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        view = await registry.View();
        Municipalities = [new("すべて", ""), .. (await find.Municipalities(stop)).Select(c => new SelectListItem(view.Find(c)?.FullName ?? c.Value, c.Value))];
        var day = TypedDay.Read(Day);
        if (day is null && !string.IsNullOrWhiteSpace(Day)) return this.Refuse(nameof(Day), Refusal.Of("number_format"));
        var query = ActivitiesEndpoint.ReadQuery(Municipality, day, null, Number, clock.Today());
        if (query.Refused is { } no) return await this.Refuse(no, new NextStep("イベントをさがす", "/activities"));
        Leaf = await find.Find(query.Value, stop);
        return Page();
    }

    public string PagePath(int number) => QueryString.Create(new Dictionary<string, string?>
    {
        ["municipality"] = Municipality, ["day"] = Day, ["page-number"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    }.Where(p => !string.IsNullOrEmpty(p.Value))).ToString();
}

/// <summary>One activity in plain words: when, where, how many points, how to take part.</summary>
public sealed class ActivityPage(FindActivities find, RegistryCache registry, TimeProvider clock) : PageModel
{
    public ActivityShown Shown { get; private set; } = null!;

    public Municipality Town { get; private set; } = null!;

    public bool Over => clock.NowMs() > Shown.Activity.Hours.UntilMs;

    public bool Reports => clock.Today() <= Shown.Activity.Terms.ReportUntil;

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var found = await find.Public(new ActivityId(id), stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("イベントをさがす", "/activities"));
        Shown = found.Value;
        Town = Must.Have((await registry.View()).Find(Shown.Activity.Municipality), "an activity's municipality is registered");
        return Page();
    }
}
