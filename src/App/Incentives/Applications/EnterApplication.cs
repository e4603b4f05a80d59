using MyKey.App.Activities;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Applications;

/// <summary>What staff enter for somebody at their desk.</summary>
/// <param name="Proven">Where the programme asks for a proof: the officer has seen it.</param>
public sealed record DeskApplication(TransferId Id, ProgrammeId Programme, string? MyKeyId, string? Reason, bool Proven);

/// <summary>Staff enter an application for somebody who could not apply, also after its days as far as the programme allows it, with the reason (S1-33).</summary>
public sealed class EnterApplication(ApplicationRules rules, ApplyForOffer apply, ScreenApplications screen, FindApplications find, FindRecipients recipients, FindCitizen citizens, FindActivities activities, TimeProvider clock)
{
    /// <returns>
    /// The application, waiting for screening, or granted where nobody screens; <c>role_forbidden</c>, <c>not_found</c>, <c>not_started</c>, <c>report_closed</c> (from, until), <c>field_required</c> (reason),
    /// <c>id_format</c>, <c>mykey_unknown</c>, <c>id_suspended</c>, <c>not_eligible</c>, <c>proof_required</c>, <c>already_applied</c>, <c>id_reused</c>, and what free text and the grant are refused for.
    /// </returns>
    public async Task<Result<Application>> Run(StaffAtWork work, DeskApplication wish, CancellationToken stop = default)
    {
        var ready = await Ready(work, wish.Programme, wish.Reason, stop);
        if (ready.Refused is { } no) return no;
        var recipient = await recipients.Of(wish.MyKeyId, stop);
        return recipient.Refused is { } nobody ? nobody : await Enter(work, ready.Value, recipient.Value.Citizen, (wish.Id, wish.Proven), stop);
    }

    /// <summary>What holds for everybody who is entered.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c>, <c>field_required</c> (reason), and what free text is refused for.</returns>
    internal async Task<Result<(Offered Offered, string Reason)>> Ready(StaffAtWork work, ProgrammeId programme, string? typed, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var offered = await rules.Offered(programme, stop);
        if (offered.Refused is { } none) return none;
        if (offered.Value.Offer.Municipality != work.Office.Code) return Refusal.Of("not_found");
        var reason = NameText.Read("reason", typed, ScreenApplications.LongestReason);
        return reason.Refused is { } noReason ? noReason : (offered.Value, reason.Value);
    }

    /// <summary>One person, by any way that says who it is.</summary>
    internal async Task<Result<Application>> Enter(StaffAtWork work, (Offered Offered, string Reason) ready, CitizenId who, (TransferId Id, bool Proven) wish, CancellationToken stop)
    {
        var (offer, id) = (ready.Offered.Offer, wish.Id);
        if (await citizens.Get(who, stop) is not { State: not CitizenState.Revoked } citizen || await citizens.PersonKeyOf(who, stop) is not { } person) return Refusal.Of("mykey_unknown");
        if (citizen.RequireActive().Refused is { } stopped) return stopped;
        if (await find.One(id, stop) is { } before) return before.Citizen == who && before.Programme == offer.Programme ? before : Refusal.Of("id_reused");
        if (Closed(offer) is { } closed) return closed;
        if (await activities.Gives(offer.Programme, stop)) return Refusal.Of("given_by_activity");
        if (await rules.NotFor(ready.Offered, person, stop) is { } notHim) return notHim;
        if (ready.Offered.AsksDeclaration && !wish.Proven) return Refusal.Of("proof_required");
        var made = await apply.Make(ready.Offered, (citizen, person, id, wish.Proven), new LateEntry(work.Member.Id, ready.Reason), stop);
        return made.Refused is not null || offer.Terms.Screening == Screening.ByHand ? made : await screen.Accept(work, id, stop);
    }

    private Refusal? Closed(Offer offer)
    {
        var today = clock.Today();
        if (today < offer.Days.ApplyFrom) return Refusal.Of("not_started", ("from", Words.Day(offer.Days.ApplyFrom)));
        return offer.State == OfferState.Closed || today > offer.Days.Last ? Refusal.Of("report_closed", ("from", Words.Day(offer.Days.ApplyFrom)), ("until", Words.Day(offer.Days.Last))) : null;
    }
}
