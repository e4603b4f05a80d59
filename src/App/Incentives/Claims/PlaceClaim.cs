using MyKey.App.Applications;
using MyKey.App.Entitlements;
using MyKey.App.LinkedExchange;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Claims;

/// <summary>
/// What was granted is received (S1-42a): as points of the municipality at once, or by a payment service. There debit and order are one transaction; then the service is asked to grant under the same
/// number. Whatever breaks off in between, <see cref="SettleClaims"/> brings to its end.
/// </summary>
public sealed class PlaceClaim(JudgeClaim judge, ClaimRows claims, SettleClaim settle, MyPaymentAccounts accounts, ServiceCalls calls, RegistryCache registry,
    CertificateWait wait, Ledger.Ledger ledger, TimeProvider clock)
{
    /// <summary>The first request has its tries behind it by then, so what still stands as ordered was broken off.</summary>
    private const int BrokenOffMs = 30_000;

    /// <summary>One claim for one question to one citizen's card.</summary>
    public static TransferId IdOf(CitizenId citizen, Guid asked) => Ids.Named<TransferId>([.. "claim"u8, .. citizen.Value.Bytes(), .. asked.Bytes()]);

    /// <summary>What a citizen may sign for now: a new certificate waits as it does for an application (S1-08b, K-03).</summary>
    /// <returns>As <see cref="JudgeClaim.Run"/>, and <c>cert_not_yet_effective</c> (at).</returns>
    public async Task<Result<JudgedClaim>> Look(CitizenId citizen, WantedClaim wanted, CancellationToken stop = default)
    {
        var judged = await judge.Run(citizen, wanted, stop);
        return judged.Ok && await wait.Until(citizen, ApplicationRules.Scheme, stop) is { } fromMs ? Refusal.Of("cert_not_yet_effective", ("at", Shared.Components.Words.Moment(fromMs))) : judged;
    }

    /// <summary>The citizen has signed for it with card and PIN.</summary>
    /// <param name="asked">The question: the same again answers again.</param>
    /// <returns>The claim as far as it has come, also one that is refused by now; or as <see cref="Look"/>, and the ledger's.</returns>
    public async Task<Result<Claim>> Run(CitizenId citizen, Guid asked, WantedClaim wanted, CancellationToken stop = default)
    {
        if (await claims.Find(citizen, IdOf(citizen, asked), stop) is { } known) return known;
        var judged = await Look(citizen, wanted, stop);
        return judged.Refused is { } no ? no : await Post(IdOf(citizen, asked), judged.Value, null, Actor.Of(citizen), stop);
    }

    /// <summary>In the place of one that came back, as the citizen has signed for.</summary>
    internal async Task<Result<Claim>> Follow(Claim refused, ClaimTarget target, Actor actor, CancellationToken stop)
    {
        var judged = await judge.Run(refused.Citizen, new WantedClaim(refused.Entitlement, target.Key, refused.Fallback), stop);
        return judged.Refused is { } no ? no : await Post(Ids.Named<TransferId>([.. "claim-next"u8, .. refused.Id.Value.Bytes()]), judged.Value, refused.Id, actor, stop);
    }

    /// <summary>Where the citizen signed for with the application: once for each grant.</summary>
    internal async Task<Result<Claim>> Chosen(Entitlement granted, Actor actor, CancellationToken stop)
    {
        var id = Ids.Named<TransferId>([.. "claim-chosen"u8, .. granted.Id.Value.Bytes()]);
        if (await claims.Find(granted.Citizen, id, stop) is { } known) return known;
        var judged = await judge.Run(granted.Citizen, new WantedClaim(granted.Id, granted.Destination!.Key, Fallback.None), stop);
        return judged.Refused is { } no ? no : await Post(id, judged.Value, null, actor, stop);
    }

    private async Task<Result<Claim>> Post(TransferId id, JudgedClaim judged, TransferId? follows, Actor actor, CancellationToken stop)
    {
        var claim = New(id, judged, follows);
        var posted = await ledger.Post(await Transfer(claim, judged, actor) with { Companions = [claims.Begin(claim)] });
        // Somebody else has received it this instant: another tab, another device.
        if (posted.Refused is { } no) return no.Code == "insufficient_points" ? Refusal.Of("destination_fixed") : no;
        if (posted.Value.Repeated || claim.To is null) return Must.Have(await claims.Find(claim.Citizen, id, stop), "a claim that was posted has its row");
        // From here on the browser may go away: what was begun is brought to its end.
        return await settle.Apply(claim, await Ask(claim, judged.Target), actor, CancellationToken.None);
    }

    private async Task<Transfer> Transfer(Claim claim, JudgedClaim judged, Actor actor)
    {
        if (claim.To is { } to) return Ledger.Transfer.Payout(claim.Id, claim.Citizen, judged.Open.Account, claim.Points, judged.Open.Lot, to.Service, actor);
        var town = Must.Have((await registry.View()).Find(claim.Municipality), "points of a municipality have it");
        var rule = judged.Programme.Expiry ?? town.Expiry!.Value;
        return Ledger.Transfer.Receive(claim.Id, claim.Citizen, judged.Open.Account, claim.Points, judged.Open.Lot, rule.ExpiresOn(clock.Today()), actor);
    }

    private Claim New(TransferId id, JudgedClaim judged, TransferId? follows)
    {
        var (now, account) = (clock.NowMs(), judged.Target.Account);
        return new Claim(id, judged.Granted.Citizen, judged.Granted.Id, judged.Granted.Programme, judged.Granted.Municipality, account is null ? null : (account.Service, account.Id), judged.Open.Amount, judged.Fallback,
            follows, account is null ? ClaimState.Granted : ClaimState.Ordered, null, null, (now, null, account is null ? now : (long?)null), now + LinkOrder.DebitMs, now + BrokenOffMs, 0, false);
    }

    /// <summary>The same number at each try, so that it is granted once; after that, silence is asked about, not tried again.</summary>
    private async Task<ServiceAnswer> Ask(Claim claim, ClaimTarget target)
    {
        var (account, service) = (Must.Have(target.Account, "an order has its account"), Must.Have(target.Service, "an account has its service"));
        // Removed this instant: nothing is sent, and what the service never heard of comes back after its time.
        if (await accounts.WordOf(claim.Citizen, account.Id, CancellationToken.None) is not { } word) return ServiceAnswer.Silent;
        var order = new GrantOrder(claim.Id.Value, word, claim.Municipality, claim.Points, claim.NotAfterMs);
        var answer = ServiceAnswer.Silent;
        for (var tried = 0; tried < PlaceLinkOrder.Tries && answer.Verdict is OrderVerdict.Silent or OrderVerdict.Unknown; tried++) answer = await calls.Grant(service, order, CancellationToken.None);
        return answer;
    }
}
