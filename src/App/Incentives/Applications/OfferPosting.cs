using MyKey.App.Eligible;
using MyKey.App.Entitlements;
using MyKey.App.Grants;
using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.App.YearCaps;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>What an offer gives to one person.</summary>
/// <param name="Id">Of what it is given for; it becomes the transfer's.</param>
/// <param name="Occasion">What counts once per person; null: as the programme says.</param>
public sealed record OfferGrant(TransferId Id, ProgrammeId Programme, CitizenId Citizen, PersonKey Person, Points Amount, Decision Decision, string? Occasion = null)
{
    /// <summary>Where the citizen wants it, where that was said with the application (S1-35a).</summary>
    public ChosenDestination? Destination { get; init; }
}

/// <summary>From what an offer gives for, an application or taking part, to points, or to what is still to be received (K-25), out of the programme's budget; state and points in one transaction.</summary>
public sealed class OfferPosting(Limits limits, GrantEntitlement entitle, GrantPosting grants, GrantConditions conditions, ApplicationRules rules, FindEligible eligible, YearCap cap, PointNotices notices)
{
    /// <param name="moved">The row of whoever asks, for what is posted.</param>
    /// <returns>What was posted; <c>not_found</c>, <c>not_eligible</c>, <c>already_granted</c>, <c>cap_reached</c>, <c>budget_exhausted</c> (rest), <c>busy</c>, the ledger's refusals.</returns>
    public async Task<Result<Points>> Post(OfferGrant grant, Actor actor, Func<Points, Companion> moved)
    {
        var offered = await rules.Offered(grant.Programme);
        if (offered.Refused is { } gone) return gone;
        var (programme, town, last) = (offered.Value.Programme, offered.Value.Offer.Municipality, grant.Decision.ExpiresOn);
        if (await eligible.Check(programme, grant.Person, proven: true) is { } no) return no;
        var occasion = grant.Occasion is { } own ? own : conditions.Occasion(programme, null);
        if (occasion.Refused is { } noText) return noText;
        var told = await notices.For(grant.Citizen, Notice.Granted, new Purse(town));
        return await cap.Post(programme, grant.Person, (grant.Id, grant.Amount), async (amount, counted) =>
        {
            // A benefit that the office gave otherwise is given, too (S2-P2c).
            Companion[] beside = [.. grants.Once(programme.Id, occasion.Value, grant.Person, grant.Id), .. counted, .. told, moved(amount)];
            return offered.Value.Offer.IsClaimed
                ? await entitle.Run(new Entitlement(grant.Id, grant.Citizen, programme.Id, town, amount, grant.Decision.AtMs, last) { Destination = grant.Destination }, actor, beside)
                : await limits.Post(LimitId.Budget(programme.Id), Transfer.Grant(grant.Id, grant.Citizen, town, amount, programme.Id, new NewLot(last, new LotSource(SourceKind.Grant)), actor) with { Companions = beside });
        });
    }
}
