using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Joining;

/// <summary>始めるまでの準備: what is done and what is missing, each with the page that mends it.</summary>
public sealed class JoiningPage(JoiningChecklist checklist, TimeProvider clock) : StaffPage
{
    public const string Here = "/office/joining";

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<JoiningNeed> Needs { get; private set; } = [];

    public IReadOnlyList<CapabilityNeeds> All { get; private set; } = [];

    public DateOnly Today => clock.Today();

    public bool MaySet => Work.Require(Role.StaffAdmin).Ok;

    /// <summary>Name and validity are set, and nothing is issued yet.</summary>
    public bool MayIssue => MaySet && Work.Office.State == MunicipalityState.Listed && Needs.Where(n => n.Key is "member" or "brand" or "expiry").All(n => n.Done);

    public async Task OnGet(CancellationToken stop) => (Needs, All) = await checklist.Read(Work, stop);

    public async Task<IActionResult> OnPostIssue(CancellationToken stop)
    {
        var done = await checklist.Issue(Work, stop);
        return done.Refused is { } no ? await this.Refuse(no, new NextStep("始めるまでの準備へ", Here)) : this.SeeOther($"{Here}?saved=issuing");
    }

    public string Said(CapabilityNeeds one) => one.Entry?.Shown(Today) ?? (one.Missing.Any() ? "準備がのこっています" : "公開できます");
}

/// <summary>One capability: what it needs, and from when on it is live.</summary>
public sealed class CapabilityPage(JoiningChecklist checklist, TimeProvider clock) : StaffPage
{
    private static readonly NextStep Back = new("始めるまでの準備へ", JoiningPage.Here);

    [BindProperty(SupportsGet = true, Name = "capability")]
    public string? Asked { get; set; }

    [BindProperty, Display(Name = "始まる日"), DataType(DataType.Date)]
    public string? Day { get; set; }

    [BindProperty, Display(Name = "いつから")]
    public string? State { get; set; }

    [BindProperty, Display(Name = "終わる日"), DataType(DataType.Date)]
    public string? Last { get; set; }

    [BindProperty, Display(Name = "備考")]
    public string? Said { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public CapabilityNeeds One { get; private set; } = null!;

    public DateOnly Today => clock.Today();

    public bool MaySet => Work.Require(Role.StaffAdmin).Ok;

    public IReadOnlyList<SelectListItem> Others { get; } = [new("準備ができしだい（※）", "when_ready"), new("決まっていない（備考の言葉を載せる）", "undecided"), new("終わる日を決める", "ended")];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        (Day, State) = (TypedDay.Of(clock.Today()), "when_ready");
        return await Show(stop) is { } no ? await this.Refuse(no, Back) : Page();
    }

    public async Task<IActionResult> OnPostPublish(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        State = "when_ready";
        var day = this.Day(nameof(Day), Day);
        if (!ModelState.IsValid) return this.Again();
        return await Set(new WantedCapability("dated", day, One.Entry is { State: not CapabilityState.Undecided } entry ? entry.Said : null), nameof(Day), stop);
    }

    public async Task<IActionResult> OnPostOther(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        Day = TypedDay.Of(clock.Today());
        var last = string.IsNullOrWhiteSpace(Last) ? (DateOnly?)null : this.Day(nameof(Last), Last);
        if (!ModelState.IsValid) return this.Again();
        return await Set(new WantedCapability(State == "dated" ? null : State, State == "ended" ? last : null, Said), nameof(Said), stop);
    }

    private async Task<IActionResult> Set(WantedCapability wanted, string field, CancellationToken stop)
    {
        var done = await checklist.Set(Work, Asked, wanted, stop);
        if (done.Ok) return this.SeeOther($"{JoiningPage.Here}/{One.Kind.Code}?saved=1");
        var no = done.Refused!;
        if (no.Code is "role_forbidden" or "municipality_unknown") return await this.Refuse(no, Back);
        return this.Refuse(no.Fact<string>("field") switch { "day" => nameof(Last), "state" => nameof(State), _ => field }, no);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await checklist.One(Work, Asked, stop);
        if (found.Refused is { } no) return no;
        One = found.Value;
        return null;
    }
}

/// <summary>Outlet by outlet: device, line, card (S2-P8d).</summary>
public sealed class OutletsPage(ListOutlets outlets) : StaffPage
{
    public IReadOnlyList<Outlet> Shown { get; private set; } = [];

    public int All { get; private set; }

    public async Task OnGet(CancellationToken stop) => (Shown, All) = await outlets.Of(Work, stop);

    public static string Word(OutletDevice device) => device.Terminal.State == TerminalState.Enrolled ? "使えます" : "番号を待っています";
}
