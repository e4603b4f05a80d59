using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>A citizen's own page of an activity: registers with one press, shows the ticket for the door, gives it back, and says what became of the report.</summary>
public sealed class MyActivityPage(FindActivities find, FindRegistrations registrations, FindReports reports, RegisterForActivity register, FindCitizen citizens, TimeProvider clock) : CitizenPage
{
    private static readonly NextStep Search = new("イベントをさがす", "/activities");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary>What was just done: <c>made</c>, <c>given_back</c>.</summary>
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public ActivityShown Shown { get; private set; } = null!;

    public Registration? Mine { get; private set; }

    public Report? Report { get; private set; }

    public HtmlString Qr { get; private set; } = HtmlString.Empty;

    public bool Begun => clock.NowMs() >= Shown.Activity.Hours.FromMs;

    public bool Over => clock.NowMs() > Shown.Activity.Hours.UntilMs;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var found = await find.Public(new ActivityId(Id), stop);
        if (found.Refused is { } no) return await this.Refuse(no, Search);
        Shown = found.Value;
        if (await citizens.PersonKeyOf(Citizen.Id, stop) is { } person)
        {
            (Mine, Report) = (await registrations.One(Shown.Activity.Id, person, stop), await reports.Of(Shown.Activity.Id, person, stop));
            if (Mine?.Citizen != Citizen.Id) Mine = null;
            if (Report?.Who.Citizen != Citizen.Id) Report = null;
        }
        if (Mine is { } mine) Qr = ActivityWords.Qr($"{VenueEndpoint.Origin(HttpContext)}{ReadCode.Path}{mine.Number}");
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop) => To(await register.Run(Citizen, new ActivityId(Id), stop), "made") ?? await Back(stop);

    public async Task<IActionResult> OnPostGiveBack(CancellationToken stop) => To(await register.GiveBack(Citizen, new ActivityId(Id), stop), "given_back") ?? await Back(stop);

    private Refusal? refused;

    private IActionResult? To<T>(Result<T> result, string done)
    {
        refused = result.Refused;
        return refused is null ? this.SeeOther($"{Registration.PathOf(new ActivityId(Id))}?done={done}") : null;
    }

    private async Task<IActionResult> Back(CancellationToken stop)
    {
        var there = await find.Public(new ActivityId(Id), stop);
        return await this.Refuse(Must.Have(refused, "only a refusal leads here"), there.Ok ? new NextStep("イベントのページに戻る", there.Value.Activity.Path) : Search);
    }
}
