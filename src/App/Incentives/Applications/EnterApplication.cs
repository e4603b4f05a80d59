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
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var offered = await rules.Offered(wish.Programme, stop);
        if (offered.Refused is { } none) return none;
        if (offered.Value.Offer.Municipality != work.Office.Code) return Refusal.Of("not_found");
        var reason = NameText.Read("reason", wish.Reason, ScreenApplications.LongestReason);
        if (reason.Refused is { } noReason) return noReason;
        var recipient = await recipients.Of(wish.MyKeyId, stop);
        if (recipient.Refused is { } nobody) return nobody;
        if (await find.One(wish.Id, stop) is { } before)
            return before.Citizen == recipient.Value.Citizen && before.Programme == wish.Programme ? before : Refusal.Of("id_reused");
        if (Closed(offered.Value.Offer) is { } closed) return closed;
        if (await activities.Gives(wish.Programme, stop)) return Refusal.Of("given_by_activity");
        if (await rules.NotFor(offered.Value, recipient.Value.Person, stop) is { } notHim) return notHim;
        if (offered.Value.AsksDeclaration && !wish.Proven) return Refusal.Of("proof_required");
        var citizen = Must.Have(await citizens.Get(recipient.Value.Citizen, stop), "a recipient is a citizen");
        var made = await apply.Make(offered.Value, (citizen, wish.Id, wish.Proven), new LateEntry(work.Member.Id, reason.Value), stop);
        return made.Refused is not null || offered.Value.Offer.Terms.Screening == Screening.ByHand ? made : await screen.Accept(work, wish.Id, stop);
    }

    private Refusal? Closed(Offer offer)
    {
        var today = clock.Today();
        if (today < offer.Days.ApplyFrom) return Refusal.Of("not_started", ("from", Words.Day(offer.Days.ApplyFrom)));
        return offer.State == OfferState.Closed || today > offer.Days.Last ? Refusal.Of("report_closed", ("from", Words.Day(offer.Days.ApplyFrom)), ("until", Words.Day(offer.Days.Last))) : null;
    }
}
