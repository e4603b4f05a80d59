using System.Globalization;
using MyKey.App.Claims;
using MyKey.App.Entitlements;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.Identity;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Applications;

/// <summary>What the question to the card is bound to: who applies for what, and that the conditions hold.</summary>
/// <param name="Id">Of the application, made by the page: the same again answers again.</param>
/// <param name="To">Where the points go, as <see cref="ClaimTarget.Key"/>; null: chosen with the claim.</param>
public sealed record ApplicationWish(CitizenId Citizen, ProgrammeId Programme, TransferId Id, bool Declared, string? To = null)
{
    private const string Nowhere = "-";

    public string Binding => string.Create(CultureInfo.InvariantCulture, $"{Citizen.Value:N} {Programme.Value:N} {Id.Value:N} {(Declared ? 1 : 0)} {To ?? Nowhere}");

    public static ApplicationWish? Read(string? binding)
    {
        var parts = (binding ?? "").Split(' ');
        return parts.Length == 5 && Guid.TryParseExact(parts[0], "N", out var citizen) && Guid.TryParseExact(parts[1], "N", out var programme) && Guid.TryParseExact(parts[2], "N", out var id)
            ? new ApplicationWish(new CitizenId(citizen), new ProgrammeId(programme), new TransferId(id), parts[3] == "1", parts[4] == Nowhere ? null : parts[4]) : null;
    }
}

/// <summary>A citizen applies with card and PIN for this very application (A4, S1-25); once per person and period (S1-32). Where nobody screens, it is granted at once.</summary>
public sealed class ApplyForOffer(ApplicationRules rules, FindApplications find, JoinCertificate join, ApplicationDestination destinations, KeepApplications keep, ApplicationPosting posting, OperationLog log, TimeProvider clock)
{
    /// <returns>
    /// The application, granted where nobody screens; <c>auth_failed</c> when the proof is not this citizen's for an application, the refusals of <see cref="ApplicationRules.Check"/>,
    /// <c>conditions_unanswered</c>, of <see cref="ApplicationDestination.Read"/>, <c>id_reused</c>, <c>id_suspended</c>, and those of the grant, after which nothing is kept.
    /// </returns>
    public async Task<Result<Application>> Run(CitizenId citizen, CardProof proof, CancellationToken stop = default)
    {
        if (proof.Purpose is not { } purpose || (purpose != Purpose.Apply && purpose != Purpose.ApplyTo) || proof.Assurance != Assurance.A4) return Refusal.Of("auth_failed", ("why", "purpose"));
        if (ApplicationWish.Read(proof.Binding) is not { } wish || wish.Citizen != citizen) return Refusal.Of("auth_failed", ("why", "another person"));
        if ((purpose == Purpose.ApplyTo) != wish.To is not null) return Refusal.Of("auth_failed", ("why", "purpose"));
        var (holding, finding) = (join.Holder(proof.Certificate, stop), find.One(wish.Id, stop));
        var holder = await holding;
        if (holder?.Id != citizen) return Refusal.Of("auth_failed", ("why", "another person"));
        if (holder.RequireActive().Refused is { } stopped) return stopped;
        if (await finding is { } before) return Again(before, wish);
        var allowed = await rules.Check(citizen, wish.Programme, stop);
        // Sent twice at once, the other one may have been it.
        if (allowed.Refused is { } no) return no.Code == "already_applied" && await find.One(wish.Id, stop) is { } meanwhile ? Again(meanwhile, wish) : no;
        var (offered, person) = allowed.Value;
        if (offered.AsksDeclaration && !wish.Declared) return Refusal.Of("conditions_unanswered");
        var target = wish.To is null ? await destinations.Read(citizen, offered, null, stop) : await destinations.Signed(citizen, offered, wish.To, stop);
        if (target.Refused is { } nowhere) return nowhere;
        // Asked for only since the card has signed.
        if (wish.To is null && target.Value is not null) return Refusal.Of("field_required", ("field", "to"));
        var made = await Make(offered, (holder, person, wish.Id, wish.Declared), late: null, stop, target.Value?.Chosen);
        return made.Ok && made.Value.State == ApplicationState.Accepted ? await posting.Post(made.Value, Actor.Of(citizen)) : made;
    }

    /// <summary>Keeps an application, whoever enters it.</summary>
    /// <returns>The application; <c>already_applied</c>, also where another request was first; <c>out_of_period</c> when nothing of it could be received any more.</returns>
    internal async Task<Result<Application>> Make(Offered offered, (Citizen Citizen, PersonKey Person, TransferId Id, bool Declared) who, LateEntry? late, CancellationToken stop, ChosenDestination? to = null)
    {
        var (today, now) = (clock.Today(), clock.NowMs());
        var wanted = new Application(who.Id, offered.Offer.Programme, offered.Offer.Municipality, who.Citizen.Id, who.Person, offered.PeriodOf(today), who.Citizen.MyKeyId.Masked, offered.Amount, who.Declared, ApplicationState.Waiting, now) { Late = late, Destination = to };
        if (late is null && offered.Offer.Terms.Screening == Screening.None)
        {
            var last = offered.LastDay(today);
            if (last.Refused is { } over) return over;
            wanted = wanted with { State = ApplicationState.Accepted, Decision = new Decision(null, today, now, last.Value, Alone: false) };
        }
        var line = log.LineOf(new Operation("application.made", late is null ? Actor.Of(wanted.Citizen) : Actor.Of(late.By), wanted.Id.Value, wanted.Citizen, After: $"{wanted.Municipality} {wanted.Programme.Value} {wanted.Amount}", Reason: late?.Reason));
        if (await keep.Run(wanted, line)) return wanted;
        return await find.One(who.Id, stop) is { } same && same.Citizen == who.Citizen.Id && same.Programme == wanted.Programme ? same : Refusal.Of("already_applied");
    }

    private static Result<Application> Again(Application before, ApplicationWish wish) =>
        before.Citizen == wish.Citizen && before.Programme == wish.Programme ? before : Refusal.Of("id_reused");
}
