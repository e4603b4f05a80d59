using MyKey.App.Entitlements;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Claims;

/// <summary>Where something may be received.</summary>
/// <param name="Account">Null: as points of the municipality.</param>
/// <param name="Word">As people read it.</param>
public sealed record ClaimTarget(PaymentAccount? Account, PaymentService? Service, string Word)
{
    public const string Municipal = "municipality";

    /// <summary>As it is kept where it is chosen with an application.</summary>
    public ChosenDestination Chosen => new(Account is { } account ? (account.Service, account.Id) : default((PaymentServiceId, Guid)?));

    /// <summary>By which forms and calls name it.</summary>
    public string Key => Account is { } account ? account.Id.ToString("N") : Municipal;
}

/// <summary>A claim as it is asked for.</summary>
/// <param name="Entitlement">The grant.</param>
/// <param name="To">Of an account of マイ決済サービス, or <see cref="ClaimTarget.Municipal"/>; null: the only one that there is.</param>
/// <param name="Points">All of it; left out: all of it (S1-37).</param>
public sealed record WantedClaim(TransferId Entitlement, string? To, Fallback Fallback, long? Points = null);

/// <summary>A claim that may be made.</summary>
/// <param name="Open">What the ledger has of it now.</param>
public sealed record JudgedClaim(Entitlement Granted, OpenEntitlement Open, Programme Programme, ClaimTarget Target, Fallback Fallback)
{
    /// <summary>What the person signs for: where it goes, and where else when that fails.</summary>
    public string Destination => Fallback == Fallback.None ? Target.Word : $"{Target.Word}。だめなら、{Claim.Word(Fallback)}";
}

/// <summary>Who may receive what where (S1-36, S1-38, S1-42c, S1-35b).</summary>
public sealed class JudgeClaim(FindEntitlements entitlements, EntitlementReading reading, ClaimRows claims, MyPaymentAccounts accounts, FindPaymentServices services, AllowedServices allowed, ProgrammeList programmes,
    RegistryCache registry, TimeProvider clock)
{
    /// <summary>Where a grant may be received today, the accounts in their order, then points of the municipality.</summary>
    public async Task<IReadOnlyList<ClaimTarget>> Targets(Entitlement granted, CancellationToken stop = default)
    {
        var targets = await Targets(granted.Citizen, granted.Programme, granted.Municipality, stop);
        return await Bound(granted, stop) is { } tie ? [.. targets.Where(t => tie.Covers(t.Account))] : targets;
    }

    /// <summary>Where what the programme grants to a citizen could go today.</summary>
    public async Task<IReadOnlyList<ClaimTarget>> Targets(CitizenId citizen, ProgrammeId programme, MunicipalityCode municipality, CancellationToken stop = default)
    {
        var ways = await allowed.Of(programme, clock.Today(), stop);
        var open = await services.OpenFor(municipality, clock.Today(), stop);
        var all = await services.All(stop);
        var mine = (await accounts.Of(citizen, stop)).Where(a => a.State == AccountState.Live && open.Contains(a.Service) && ways.Services?.Contains(a.Service) != false);
        var targets = mine.Select(a => Of(a, all.First(s => s.Id == a.Service))).ToList();
        if (ways.Municipal && (await registry.View()).Find(municipality) is { Issues: true } town) targets.Add(new ClaimTarget(null, null, town.PointName));
        return targets;
    }

    /// <returns>
    /// What would be claimed; <c>not_found</c>, <c>destination_fixed</c> for what was claimed before or goes elsewhere, <c>entitlement_gone</c> for what lapsed or was recalled, <c>split_forbidden</c>, <c>field_required</c> (field)
    /// without a destination where there are several, <c>service_not_registered</c>, <c>service_not_allowed</c>, <c>not_started</c> (from).
    /// </returns>
    public async Task<Result<JudgedClaim>> Run(CitizenId citizen, WantedClaim wanted, CancellationToken stop = default)
    {
        if (await entitlements.One(citizen, wanted.Entitlement, stop) is not { } granted) return Refusal.Of("not_found");
        if (await reading.OfGrant(citizen, granted.Id, clock.Today(), stop) is not { } open) return await Taken(citizen, granted, stop) ? Refusal.Of("destination_fixed") : Refusal.Of("entitlement_gone");
        if (wanted.Points is { } part && part != open.Amount.Value) return Refusal.Of("split_forbidden");
        var target = await Target(granted, wanted.To, stop);
        if (target.Refused is { } no) return no;
        var programme = Must.Have(await programmes.Find(granted.Programme, stop), "what was granted has its programme");
        return new JudgedClaim(granted, open, programme, target.Value, target.Value.Account is null ? Fallback.None : wanted.Fallback);
    }

    /// <summary>What can be tried after this one, as the citizen signed for it: accounts that he had then, and none twice.</summary>
    internal async Task<ClaimTarget?> After(Claim refused, CancellationToken stop)
    {
        if (refused.Fallback == Fallback.None || await entitlements.One(refused.Citizen, refused.Entitlement, stop) is not { } granted) return null;
        var tried = new HashSet<Guid>();
        var first = refused;
        for (var at = (Claim?)refused; at is not null; at = at.Follows is { } before ? await claims.Find(refused.Citizen, before, stop) : null)
        {
            tried.Add(at.To!.Value.Account);
            first = at;
        }
        var targets = await Targets(granted, stop);
        var account = refused.Fallback is Fallback.Accounts or Fallback.AccountsMunicipal ? targets.FirstOrDefault(t => t.Account is { } a && a.MadeMs <= first.AtMs.Ordered && !tried.Contains(a.Id)) : null;
        return account ?? (refused.Fallback is Fallback.Municipal or Fallback.AccountsMunicipal ? targets.FirstOrDefault(t => t.Account is null) : null);
    }

    internal static ClaimTarget Of(PaymentAccount account, PaymentService service) => new(account, service, $"{service.Name}（IDの終わりが{account.Tail}）");

    private async Task<bool> Taken(CitizenId citizen, Entitlement granted, CancellationToken stop) =>
        (await claims.Of(citizen, stop)).Any(c => c.Entitlement == granted.Id && c.State != ClaimState.Refused);

    /// <summary>Where what a citizen was granted may go: where he signed for with the application, if he did (S1-35a).</summary>
    private async Task<Result<ClaimTarget>> Target(Entitlement granted, string? to, CancellationToken stop)
    {
        if (await Bound(granted, stop) is not { } tie) return await Choose(granted.Citizen, granted.Programme, granted.Municipality, to, stop);
        if (string.IsNullOrEmpty(to) && await Targets(granted, stop) is [var only]) return only;
        var wanted = string.IsNullOrEmpty(to) ? granted.Destination!.Key : to;
        var account = (await accounts.Of(granted.Citizen, stop)).FirstOrDefault(a => a.Id.ToString("N") == wanted);
        if (wanted != ClaimTarget.Municipal && account is null) return Refusal.Of("service_not_registered");
        return tie.Covers(account) ? await Choose(granted.Citizen, granted.Programme, granted.Municipality, wanted, stop) : Refusal.Of("destination_fixed");
    }

    /// <returns>The one that is named, or the only one that there is; <c>field_required</c> (field), <c>service_not_registered</c>, <c>service_not_allowed</c>, <c>not_started</c> (from).</returns>
    public async Task<Result<ClaimTarget>> Choose(CitizenId citizen, ProgrammeId programme, MunicipalityCode municipality, string? to, CancellationToken stop = default)
    {
        var targets = await Targets(citizen, programme, municipality, stop);
        if (string.IsNullOrEmpty(to)) return targets.Count == 1 ? targets[0] : targets.Count == 0 ? Refusal.Of("service_not_registered") : Refusal.Of("field_required", ("field", "to"));
        if (targets.FirstOrDefault(t => t.Key == to) is { } target) return target;
        if (to == ClaimTarget.Municipal) return Refusal.Of("service_not_allowed");
        var account = (await accounts.Of(citizen, stop)).FirstOrDefault(a => a.Id.ToString("N") == to);
        if (account is not { State: AccountState.Live }) return Refusal.Of("service_not_registered");
        var ways = await allowed.Of(programme, clock.Today(), stop);
        var start = (await services.Starts(account.Service, stop)).FirstOrDefault(s => s.Municipality == municipality);
        return ways.Services?.Contains(account.Service) != false && start?.From > clock.Today() ? Refusal.Of("not_started", ("from", Shared.Components.Words.Day(start.From))) : Refusal.Of("service_not_allowed");
    }

    /// <summary>As people read a destination that was chosen, also when it is there no more.</summary>
    public async Task<string> WordOf(CitizenId citizen, MunicipalityCode municipality, ChosenDestination chosen, CancellationToken stop = default)
    {
        if (chosen.To is not { } to) return (await registry.View()).NameOfPoints(municipality);
        var service = Must.Have(await services.Find(to.Service, stop), "a service that was chosen is there");
        return (await accounts.Of(citizen, stop)).FirstOrDefault(a => a.Id == to.Account) is { } account ? Of(account, service).Word : service.Name;
    }

    /// <summary>
    /// Free again once the service has refused what was ordered there (S1-43), an operator has ended the order, or the account is none any more. Who has removed it stays with its service.
    /// </summary>
    private async Task<Tie?> Bound(Entitlement granted, CancellationToken stop)
    {
        if (granted.Destination is not { } chosen) return null;
        if ((await claims.Of(granted.Citizen, stop)).Any(c => c.Entitlement == granted.Id && (c.State == ClaimState.Ended || c is { State: ClaimState.Refused, Reason: not "not_received" }))) return null;
        if (chosen.To is not { } to) return new Tie(null, Gone: false);
        return (await accounts.Of(granted.Citizen, stop)).FirstOrDefault(a => a.Id == to.Account) switch
        {
            null => new Tie(to, Gone: true),
            { State: AccountState.Live } => new Tie(to, Gone: false),
            _ => null,
        };
    }

    /// <param name="Gone">The account was removed: another one at the same service takes its place.</param>
    private sealed record Tie((PaymentServiceId Service, Guid Account)? To, bool Gone)
    {
        public bool Covers(PaymentAccount? account) => To is not { } to ? account is null : account is not null && (Gone ? account.Service == to.Service : account.Id == to.Account);
    }
}
