using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Budgets;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>Who has applied to a programme: accepted, rejected with a reason, or approved, one or many at once (S1-S2).</summary>
public sealed class ScreeningPage(FindOffers offers, OfficeProgrammes programmes, FindApplications find, ScreenApplications screen, TimeProvider clock) : DecidePage<Application>
{
    [BindProperty, Display(Name = "断る理由")]
    public string? Reason { get; set; }

    public Offer Offer { get; private set; } = null!;

    public LimitState Budget { get; private set; } = null!;

    public IReadOnlyDictionary<ApplicationState, int> Counts { get; private set; } = new Dictionary<ApplicationState, int>();

    public override string Here => $"/office/offers/{Offer.Programme.Value}/applications";

    public static IReadOnlyList<SelectListItem> States { get; } = [new("すべて", ""), .. Enum.GetValues<ApplicationState>().Select(s => new SelectListItem(ApplicationWords.AtOffice(s), Words<ApplicationState>.Of(s)))];

    protected override int MostAtOnce => ScreenApplications.MostAtOnce;

    protected override string ReasonField => nameof(Reason);

    public Task<IActionResult> OnPostAccept(Guid id, CancellationToken stop) => Each(id, one => screen.Accept(Work, one, stop), stop);

    public Task<IActionResult> OnPostApprove(Guid id, CancellationToken stop) => Each(id, one => screen.Approve(Work, one, stop), stop);

    public Task<IActionResult> OnPostReject(Guid id, CancellationToken stop) => Each(id, one => screen.Reject(Work, one, Reason, stop), stop);

    protected override async Task<(string ShownId, bool Ours)?> Line(TransferId id, CancellationToken stop) =>
        await find.One(id, stop) is { } application ? (application.ShownId, application.Programme == Offer.Programme) : null;

    protected override async Task<Refusal?> Load(Guid id, CancellationToken stop)
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
