using MyKey.App.Activities;
using MyKey.App.Eligible;
using MyKey.App.Grants;
using MyKey.App.Offers;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.YearCaps;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>An offer with what stands behind it.</summary>
public sealed record Offered(Offer Offer, Programme Programme, Municipality Town)
{
    public Points Amount => Offer.Terms.Amount ?? throw new BrokenProperty("what is published has an amount", nameof(Offered), 0);

    /// <summary>0 where each person gets it once; else the fiscal year of the day.</summary>
    public int PeriodOf(DateOnly day) => Programme.Kind == GrantKind.Yearly ? Jst.FiscalYear(day) : 0;

    /// <summary>The citizen has to say that the conditions hold.</summary>
    public bool AsksDeclaration => Programme.Rules.Eligibility == Eligibility.Proof;

    /// <summary>The last day of what is granted on a day: of the points, or to receive them.</summary>
    public Result<DateOnly> LastDay(DateOnly day) =>
        !Offer.IsClaimed ? Programme.ExpiresOn(day, Town)
        : Offer.Days.ClaimUntil is { } claim && claim >= day ? claim : Shared.Refusals.Periods.Outside(Offer.Days.ApplyFrom, Offer.Days.ClaimUntil ?? Offer.Days.ApplyUntil);
}

/// <summary>What holds for every application, of a citizen or entered by staff.</summary>
public sealed class ApplicationRules(FindOffers offers, ProgrammeList programmes, RegistryCache registry, FindApplications find, FindEligible eligible, YearCap cap, Limits limits,
    CertificateWait wait, FindActivities activities, TimeProvider clock)
{
    /// <summary>Of the dated waits after a new certificate (K-03).</summary>
    public const string Scheme = "municipal_mynapoint";

    /// <returns>One that everybody may read; <c>not_found</c>.</returns>
    public async Task<Result<Offered>> Offered(ProgrammeId id, CancellationToken stop = default)
    {
        var (finding, programme) = (offers.Public(id, stop), programmes.Find(id, stop));
        var offer = await finding;
        if (offer.Refused is { } no) return no;
        return new Offered(offer.Value, Must.Have(await programme, "an offer has a programme"), Must.Have((await registry.View()).Find(offer.Value.Municipality), "an offer's municipality is registered"));
    }

    /// <summary>Looks at everything that a citizen's application depends on, and changes nothing.</summary>
    /// <returns>
    /// The offer, and the key of the person; <c>not_found</c>, <c>already_applied</c>, <c>not_started</c>, <c>out_of_period</c> (with the days), <c>given_by_activity</c>, <c>not_eligible</c>, <c>cert_not_yet_effective</c> (at), and where nobody screens
    /// <c>budget_exhausted</c> (rest) and <c>cap_reached</c>.
    /// </returns>
    public async Task<Result<(Offered Offered, PersonKey Person)>> Check(CitizenId citizen, ProgrammeId id, CancellationToken stop = default)
    {
        // What does not wait for one another is asked at once: where many come together, it goes the same way.
        var (finding, waiting, giving) = (Offered(id, stop), wait.Of(citizen, Scheme, stop), activities.Gives(id, stop));
        var found = await finding;
        if (found.Refused is { } none) return none;
        var (offered, today) = (found.Value, clock.Today());
        if (await waiting is not { } who) return Refusal.Of("mykey_unknown");
        var person = who.Person;
        if (await find.Of(id, person, offered.PeriodOf(today), stop) is not null) return Refusal.Of("already_applied");
        if (offered.Offer.TakesOn(today) is { } closed) return closed;
        if (await giving) return Refusal.Of("given_by_activity");
        if (await NotFor(offered, person, stop) is { } notHim) return notHim;
        if (who.FromMs is { } fromMs) return Refusal.Of("cert_not_yet_effective", ("at", Shared.Components.Words.Moment(fromMs)));
        return (offered, person);
    }

    /// <returns>null where this person may apply; <c>not_eligible</c>, and where nobody screens what would refuse the grant.</returns>
    public async Task<Refusal?> NotFor(Offered offered, PersonKey person, CancellationToken stop = default)
    {
        if (await eligible.Check(offered.Programme, person, proven: true, stop) is { } no) return no;
        if (offered.Offer.Terms.Screening == Screening.ByHand) return null;
        if (offered.Programme.GrantsOn(clock.Today()) is { } over) return over;
        var credit = await cap.Credit(offered.Programme, person, offered.Amount, stop);
        if (credit.Refused is { } full) return full;
        var rest = (await limits.Read(LimitId.Budget(offered.Programme.Id)))?.Rest ?? Points.Zero;
        return credit.Value > rest ? Refusal.Of("budget_exhausted", ("rest", rest)) : null;
    }
}
