using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Budgets;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>Who has applied to a programme: accepted, rejected with a reason, or approved, one or many at once (S1-S2).</summary>
public sealed class ScreeningPage(FindOffers offers, OfficeProgrammes programmes, FindApplications find, ScreenApplications screen, TimeProvider clock) : StaffPage
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

    [BindProperty, Display(Name = "断る理由")]
    public string? Reason { get; set; }

    public Offer Offer { get; private set; } = null!;

    public LimitState Budget { get; private set; } = null!;

    public IReadOnlyDictionary<ApplicationState, int> Counts { get; private set; } = new Dictionary<ApplicationState, int>();

    public IReadOnlyList<Application> Found { get; private set; } = [];

    public bool More { get; private set; }

    /// <summary>Those that could not be decided, each with its reason.</summary>
    public IReadOnlyList<(string ShownId, Refusal No)> Left { get; private set; } = [];

    public string Here => $"/office/offers/{Offer.Programme.Value}/applications";

    public bool MayDecide => Work.Require(Role.Officer).Ok;

    public bool MayApprove => Work.Require(Role.Approver).Ok;

    public static IReadOnlyList<SelectListItem> States { get; } = [new("すべて", ""), .. Enum.GetValues<ApplicationState>().Select(s => new SelectListItem(ApplicationWords.AtOffice(s), Words<ApplicationState>.Of(s)))];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Load(id, stop) is { } no ? await this.Refuse(no) : Page();

    public Task<IActionResult> OnPostAccept(Guid id, CancellationToken stop) => Each(id, one => screen.Accept(Work, one, stop), stop);

    public Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) => Each(id, one => screen.Approve(Work, one, stop), stop);

    public Task<IActionResult> OnPostReject(Guid id, CancellationToken stop) => Each(id, one => screen.Reject(Work, one, Reason, stop), stop);

    private async Task<IActionResult> Each(Guid id, Func<TransferId, Task<Result<Application>>> decide, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        if (Ids.Count == 0) return this.Refuse("ids", Refusal.Of("field_required", ("field", "ids")));
        if (Ids.Count > ScreenApplications.MostAtOnce) return this.Refuse("ids", Refusal.Of("too_large"));
        var (done, left) = (0, new List<(string, Refusal)>());
        foreach (var one in Ids.Distinct())
        {
            var application = await find.One(new TransferId(one), stop);
            var decided = application?.Programme == Offer.Programme ? await decide(application.Id) : Refusal.Of("not_found");
            if (decided.Ok) done++;
            else if (decided.Refused is { Code: "confirm_required" or "role_forbidden" } no) return await No(no);
            else if (decided.Refused is { Code: "field_required" or "too_large" or "my_number_refused" or "pan_refused" } text) return this.Refuse(nameof(Reason), text);
            else left.Add((application?.ShownId ?? "", decided.Refused!));
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
        var programme = await programmes.One(Work, new ProgrammeId(id), stop);
        if (programme.Refused is { } no) return no;
        if (await offers.One(programme.Value.Id, stop) is not { State: not OfferState.Draft } offer) return Refusal.Of("not_found");
        var wanted = string.IsNullOrEmpty(State) ? null : Words<ApplicationState>.Find(State);
        if (wanted is null && !string.IsNullOrEmpty(State)) return Refusal.Of("field_unknown", ("field", "state"));
        (Offer, Budget, Counts) = (offer, await programmes.Budget(offer.Programme), await find.Counts(offer.Programme, stop));
        (Found, More) = await find.Page(new ApplicationQuery(offer.Programme, wanted, After is { } last ? new TransferId(last) : null), stop);
        return null;
    }

    public bool IsOpen => Offer.On(clock.Today()) == OfferMoment.Open;
}
