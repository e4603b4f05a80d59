using MyKey.App.Budgets;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>The programme that is begun together with its offer.</summary>
/// <param name="Yearly">Each person once in a fiscal year; else once.</param>
/// <param name="Budget">What it may grant altogether; above what one officer may set alone it waits for another.</param>
/// <param name="Change">Id of the budget's change, made by the caller.</param>
public sealed record NewProgramme(bool Yearly, Eligibility Who, long? Budget, Guid Change);

/// <summary>The offers of an office's own municipality, behind pages and API alike. Everything else is <c>not_found</c>.</summary>
public sealed class OfficeOffers(FindOffers find, SaveOffer save, OfficeProgrammes programmes, SetBudget budgets, FindPaymentServices services)
{
    /// <summary>So long after the last day for applications a programme that was begun with its offer still grants.</summary>
    private const int DaysToScreen = 60;

    public async Task<Result<Offer[]>> All(StaffAtWork work, CancellationToken stop = default) =>
        work.Require(Role.Officer).Refused is { } no ? no : (await find.Of(work.Office.Code, stop)).ToArray();

    /// <summary>Open programmes of which nothing is offered yet.</summary>
    public async Task<IReadOnlyList<Programme>> WithoutOffer(StaffAtWork work, CancellationToken stop = default)
    {
        var offered = (await find.Of(work.Office.Code, stop)).Select(o => o.Programme).ToHashSet();
        return [.. (await programmes.All(work.Office.Code, stop)).Select(p => p.Programme).Where(p => p.State == ProgrammeState.Open && !offered.Contains(p.Id))];
    }

    public async Task<Result<Offer>> One(StaffAtWork work, ProgrammeId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        return await find.One(id, stop) is { } offer && offer.Municipality == work.Office.Code ? offer : Refusal.Of("not_found");
    }

    /// <returns>The programme of this office, whether it is offered or not; <c>not_found</c>.</returns>
    public Task<Result<Programme>> Programme(StaffAtWork work, ProgrammeId id, CancellationToken stop = default) => programmes.One(work, id, stop);

    /// <param name="begin">Where there is no such programme yet.</param>
    /// <returns>The offer; as <see cref="OfferText.Read"/>, <see cref="OpenProgramme"/>, <see cref="SetBudget.Propose"/> and <see cref="SaveOffer.Write"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Offer>> Save(StaffAtWork work, OfferEntry entry, NewProgramme? begin, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var wanted = OfferText.Read(entry, work.Office.Code);
        if (wanted.Refused is { } no) return no;
        if (begin is not null && !(await programmes.One(work, entry.Programme, stop)).Ok)
        {
            var begun = await Begin(work, wanted.Value, begin, stop);
            if (begun.Refused is { } unopened) return unopened;
        }
        return await save.Write(wanted.Value, work.Actor, stop);
    }

    /// <returns>As <see cref="SaveOffer.Publish"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Offer>> Publish(StaffAtWork work, ProgrammeId id, CancellationToken stop = default) =>
        work.Require(Role.Officer).Refused is { } no ? no : await save.Publish(work.Office.Code, id, work.Actor, stop);

    /// <returns>As <see cref="SaveOffer.Close"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Offer>> Close(StaffAtWork work, ProgrammeId id, CancellationToken stop = default) =>
        work.Require(Role.Officer).Refused is { } no ? no : await save.Close(work.Office.Code, id, work.Actor, stop);

    /// <returns>As <see cref="SaveOffer.SetService"/>, <c>role_forbidden</c>, and <c>not_found</c> for a service that is none.</returns>
    public async Task<Result<Offer>> SetService(StaffAtWork work, ProgrammeId id, OfferPaymentService service, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        return await services.Find(service.Service, stop) is null ? Refusal.Of("not_found") : await save.SetService(work.Office.Code, id, service, work.Actor, stop);
    }

    private async Task<Result<Programme>> Begin(StaffAtWork work, Offer offer, NewProgramme begin, CancellationToken stop)
    {
        if (begin.Budget is < 0 or > Points.Max) return Refusal.Of("amount_format");
        var until = new[] { offer.Days.Last.AddDays(DaysToScreen), offer.Days.ClaimUntil ?? offer.Days.Last }.Max();
        var opened = await programmes.Open(work, new OpenProgramme.Plan(offer.Programme, work.Office.Code, offer.Texts.Title, begin.Yearly ? GrantKind.Yearly : GrantKind.Benefit,
            offer.Days.ApplyFrom, until, work.Actor, Rules: new GrantRules(Eligibility: begin.Who, Usual: offer.Terms.Amount)), stop);
        if (opened.Refused is not null || begin.Budget is not > 0) return opened;
        var set = await budgets.Propose(work, begin.Change, offer.Programme, begin.Budget.Value, stop);
        return set.Refused is { } no ? no : opened;
    }
}
