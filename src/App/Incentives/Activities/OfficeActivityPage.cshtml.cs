using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Offers;
using MyKey.App.Organisers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>One activity: what it says, what is printed and shown for it, what looks like codes that are handed on. An id that nobody knows begins one.</summary>
public sealed class OfficeActivityPage(OfficeOffers offers, SaveActivity save, FindActivities find, FindReports reports, WatchReports watch, FindOrganisers organisers, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary>Of a new one.</summary>
    [BindProperty(SupportsGet = true, Name = "offer")]
    public Guid? OfferId { get; set; }

    [BindProperty, Display(Name = "イベントの名前")]
    public string? Title { get; set; }

    [BindProperty, Display(Name = "日")]
    public string? Day { get; set; }

    [BindProperty, Display(Name = "始まる時刻")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "終わる時刻")]
    public string? Until { get; set; }

    [BindProperty, Display(Name = "場所")]
    public string? Place { get; set; }

    [BindProperty, Display(Name = "1人のポイント")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "定員")]
    public string? Places { get; set; }

    [BindProperty, Display(Name = "先の登録")]
    public string? Registration { get; set; }

    [BindProperty, Display(Name = "報告できる最後の日")]
    public string? ReportUntil { get; set; }

    [BindProperty, Display(Name = "会場の端末を使う団体")]
    public string? Organiser { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Offer Offer { get; private set; } = null!;

    /// <summary>Null while it is being begun.</summary>
    public Activity? Activity { get; private set; }

    public IReadOnlyDictionary<ReportState, int> Counts { get; private set; } = new Dictionary<ReportState, int>();

    public IReadOnlyList<ActivityAlarm> Alarms { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Organisers { get; private set; } = [];

    public string Here => $"/office/activities/{Id}";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Load(stop) is { } no) return await this.Refuse(no);
        (Amount, Registration) = (Offer.Terms.Amount?.ToString(), "with_report");
        if (Activity is not { } a) return Page();
        (Title, Day, From, Until, Place) = (a.Title, TypedDay.Of(a.Hours.Day), SaveActivity.Clock(a.Hours.FromMinute), SaveActivity.Clock(a.Hours.UntilMinute), a.Place);
        (Amount, Places, Registration, ReportUntil) = (a.Terms.Points.ToString(), a.Terms.Places?.ToString(System.Globalization.CultureInfo.InvariantCulture), Words<RegistrationRule>.Of(a.Terms.Registration), TypedDay.Of(a.Terms.ReportUntil));
        Organiser = a.Terms.Organiser?.Value.ToString();
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Load(stop) is { } gone) return await this.Refuse(gone);
        var day = this.Day(nameof(Day), Day);
        var last = TypedDay.Read(ReportUntil);
        if (last is null && !string.IsNullOrWhiteSpace(ReportUntil)) this.Note(nameof(ReportUntil), Refusal.Of("number_format"));
        var (amount, places) = (Number(nameof(Amount), Amount), Number(nameof(Places), Places));
        if (!ModelState.IsValid) return this.Again();
        var saved = await save.Save(Work, new ActivityEntry(new ActivityId(Id), Offer.Programme, Title, day, From, Until, Place)
        {
            Points = amount, Places = places is { } most ? (int)Math.Min(most, int.MaxValue) : null, Registration = Registration, ReportUntil = last, Organiser = Guid.TryParse(Organiser, out var who) ? who : null,
        }, stop);
        if (saved.Ok) return this.SeeOther($"{Here}?saved=1");
        var no = saved.Refused!;
        return no.Code is "not_found" or "id_reused" or "given_by_application" or "offer_fixed" ? await No(no) : this.Refuse(FieldOf(no), no);
    }

    public async Task<IActionResult> OnPostCallOff(CancellationToken stop)
    {
        var done = await save.CallOff(Work, new ActivityId(Id), stop);
        return done.Refused is { } no ? await No(no) : this.SeeOther($"{Here}?saved=called_off");
    }

    public async Task<IActionResult> OnPostSeen(CancellationToken stop)
    {
        var activity = await save.Of(Work, new ActivityId(Id), stop);
        if (activity.Refused is { } no) return await No(no);
        await watch.MarkSeen(activity.Value.Id, Work.Member.Id, stop);
        return this.SeeOther(Here);
    }

    private async Task<Refusal?> Load(CancellationToken stop)
    {
        var there = await find.One(new ActivityId(Id), stop);
        var offer = await offers.One(Work, there?.Programme ?? new ProgrammeId(OfferId ?? Guid.Empty), stop);
        if (offer.Refused is { } no) return no;
        (Activity, Offer) = (there, offer.Value);
        Organisers = [new("なし（窓口の画面だけを使う）", ""), .. (await organisers.Of(Work.Office.Code, stop)).Where(o => o.State == OrganiserState.Active).Select(o => new SelectListItem(o.Name, o.Id.Value.ToString()))];
        if (there is not null) (Counts, Alarms) = (await reports.Counts(there.Id, stop), await watch.Of(there.Id, stop));
        return null;
    }

    public bool Today => Activity is { } a && a.Hours.Day == clock.Today();

    private long? Number(string field, string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var amount = Kernel.Points.Read(typed);
        if (amount.Refused is { } no) this.Note(field, no);
        return amount.Ok ? amount.Value.Value : null;
    }

    private static string FieldOf(Refusal no) => (no.Code, no.Fact<string>("field")) switch
    {
        ("out_of_period", _) => nameof(ReportUntil),
        ("amount_format", _) or (_, "points") => nameof(Amount),
        (_, "place") => nameof(Place),
        (_, "from") => nameof(From),
        (_, "until") => nameof(Until),
        (_, "places") => nameof(Places),
        (_, "registration") => nameof(Registration),
        (_, "organiser") => nameof(Organiser),
        _ => nameof(Title),
    };
}
