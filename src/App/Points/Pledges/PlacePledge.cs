using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>What a site asks for.</summary>
/// <param name="Id">Made by the site: the same again answers again.</param>
/// <param name="LinkToken">That the site was given with the link.</param>
/// <param name="Municipality">Whose goods or project it is, 6 digits.</param>
/// <param name="Issuer">Whose points pay; null: the same municipality's.</param>
/// <param name="Category"><c>goods</c>, <c>lodging</c>, <c>experience</c>, <c>project</c>.</param>
/// <param name="Amount">Points, from 1; the rest of the price is the site's own matter (S4-12a).</param>
/// <param name="Order">The site's own number of the order, 1 to 40 printable ASCII characters.</param>
/// <param name="EndsOn">Last day of the project; needed by a crowdfunding site, not taken from a shop.</param>
public sealed record WantedPledge(Guid Id, string? LinkToken, string? Municipality, string? Issuer, string? Category, long Amount, string? Order, DateOnly? EndsOn);

/// <param name="Repeated">It had been made before.</param>
public sealed record PlacedPledge(Pledge Pledge, bool Repeated);

/// <summary>A site sets points of a linked citizen aside (S0-4010b): they leave the holding here, and pay only once the site captures them.</summary>
public sealed class PlacePledge(PledgeRows rows, KeepOnlineLinks links, PledgeRule rule, ConfirmOnline confirmations, FindCitizen citizens, RegistryCache registry, Ledger.Ledger ledger, TimeProvider clock)
{
    public const int LongestOrder = 40;

    /// <returns>
    /// The pledge; <c>amount_format</c>, <c>municipality_unknown</c>, <c>field_required</c>, <c>field_unknown</c> (field), <c>use_forbidden</c> for ふるさと納税 and medical fees, <c>number_format</c>
    /// (field), what free text is refused for, <c>out_of_period</c> (from, until) for site or project, <c>not_accepted_here</c>, <c>not_started</c> (from), <c>link_required</c> (partner), <c>id_suspended</c>, <c>base_account_required</c>,
    /// <c>online_limit</c> (perUse, perDay, confirm), <c>password_limit</c> (perDay, confirm), <c>id_reused</c>, and the ledger's refusals.
    /// </returns>
    public async Task<Result<PlacedPledge>> Run(SiteCall call, WantedPledge wanted, CancellationToken stop = default)
    {
        var site = call.Site;
        if (await rows.Find(Pledge.IdOf(site.Id, wanted.Id), stop) is { } known) return await Again(site, known, wanted, stop);
        var asked = Read(wanted);
        if (asked.Refused is { } unreadable) return unreadable;
        var ends = await rule.ExpiresMs(site, wanted.EndsOn);
        if (ends.Refused is { } noDay) return noDay;
        var goods = asked.Value;
        if (site.AcceptorOf(goods.Municipality, clock.Today()) is not { } seller) return Refusal.Of("not_accepted_here");
        var acceptor = (await registry.View()).TakenHere(new Purse(goods.Issuer), seller, clock.Today());
        if (acceptor.Refused is { } notHere) return notHere;
        var link = await links.Find(site, wanted.LinkToken, stop);
        var required = Refusal.Of("link_required", ("partner", site.Name));
        if (link is null || await citizens.Get(link.Citizen, stop) is not { } citizen) return required;
        if (citizen.RequireActive().Then(c => c.RequireBase()).Refused is { } stopped) return stopped;
        var id = Pledge.IdOf(site.Id, wanted.Id);
        var pledge = new Pledge(id, ledger.Buckets.Of(citizen.Id.Value), site.Id, wanted.Id, citizen.Id, goods.Municipality, goods.Issuer, acceptor.Value.Id, goods.Category, goods.Order,
            new Points(wanted.Amount), PledgeState.Held, clock.NowMs(), ends.Value);
        var posted = await Post(pledge, call.By, links.StillThere(link, required), stop);
        // The same request at the same time, through another process or connection.
        if (posted.Refused?.Code is "busy" or "id_reused" or "online_limit" or PasswordSum.Code && await rows.Find(id, stop) is { } there) return await Again(site, there, wanted, stop);
        if (posted.Refused is { Code: "online_limit" or PasswordSum.Code } above) return await confirmations.Ask(pledge, above, await rule.Limits(pledge.Issuer), stop);
        if (posted.Refused is { } no) return no;
        return new PlacedPledge(Must.Have(await rows.Find(id, stop), "a pledge that was made has its row"), posted.Value.Repeated);
    }

    private async Task<Result<Posted>> Post(Pledge pledge, Actor by, Companion linked, CancellationToken stop)
    {
        var confirmed = await confirmations.Given(pledge, stop);
        var allowed = await rule.Allow(Transfer.Pledge(pledge.Id, pledge.Citizen, pledge.Issuer, pledge.Amount, pledge.Acceptor, by), confirmed);
        if (allowed.Refused is { } above) return above;
        Companion[] use = confirmed ? [confirmations.Use(pledge)] : [];
        return await ledger.Post(allowed.Value with { Companions = [.. allowed.Value.Companions, .. use, linked, PledgeRows.Begin(pledge)] });
    }

    private async Task<Result<PlacedPledge>> Again(OnlineSite site, Pledge known, WantedPledge wanted, CancellationToken stop)
    {
        var same = known.Amount.Value == wanted.Amount && known.Municipality.Value == wanted.Municipality && known.Issuer.Value == (wanted.Issuer ?? wanted.Municipality)
            && Words<PledgeCategory>.Of(known.Category) == wanted.Category && known.Order == wanted.Order;
        // A link that is gone meanwhile takes no answer back; one of somebody else asks for something else.
        return same && (await links.Find(site, wanted.LinkToken, stop) is not { } link || link.Citizen == known.Citizen) ? new PlacedPledge(known, Repeated: true) : Refusal.Of("id_reused");
    }

    private static Result<Goods> Read(WantedPledge wanted)
    {
        if (Points.From(wanted.Amount).Refused is { } noAmount) return noAmount;
        var (municipality, issuer) = (MunicipalityCode.Read(wanted.Municipality ?? ""), MunicipalityCode.Read(wanted.Issuer ?? wanted.Municipality ?? ""));
        if (!municipality.Ok || !issuer.Ok) return Refusal.Of("municipality_unknown");
        if (string.IsNullOrEmpty(wanted.Category)) return Refusal.Of("field_required", ("field", "category"));
        if (Words<PledgeCategory>.Find(wanted.Category) is not { } category) return Refusal.Of("field_unknown", ("field", "category"));
        if (category is PledgeCategory.Furusato or PledgeCategory.Medical) return Refusal.Of("use_forbidden");
        if (string.IsNullOrEmpty(wanted.Order)) return Refusal.Of("field_required", ("field", "order"));
        if (wanted.Order.Length > LongestOrder || !wanted.Order.All(c => c is > ' ' and <= '~')) return Refusal.Of("number_format", ("field", "order"));
        return FreeText.Check(wanted.Order) is { } personal ? personal : new Goods(municipality.Value, issuer.Value, category, wanted.Order);
    }

    private sealed record Goods(MunicipalityCode Municipality, MunicipalityCode Issuer, PledgeCategory Category, string Order);
}
