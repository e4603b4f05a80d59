using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>What is asked for.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Partner">Key of the company.</param>
/// <param name="Points">The partner's.</param>
/// <param name="Municipality">Whose points they become, or <see cref="Destination.Later"/>.</param>
public sealed record WantedLinkOrder(Guid Id, string? Partner, long Points, string? Municipality);

/// <summary>What an order would become today.</summary>
/// <param name="Worth">Points of the destination at <paramref name="Rate"/>.</param>
/// <param name="ExpiresOn">Their last day; of reserved ones that of the choice.</param>
public sealed record JudgedLinkOrder(Partner Partner, PartnerSite Site, Destination Destination, long Points, Points Worth, ExchangeRate Rate, DateOnly ExpiresOn);

/// <summary>Looks at what is asked for and says what it would become today, by the partner's terms (S0-4002 to S0-4006a). Nothing is asked of the partner here.</summary>
public sealed class JudgeLinkOrder(PartnerCache partners, RegistryCache registry, ReserveRule reserve, TimeProvider clock)
{
    /// <returns>What it would become; <c>not_found</c> for the partner, <c>field_required</c> (field), <c>municipality_unknown</c>, and those of <see cref="Partner.TakesLinks"/> and <see cref="Partner.Convert"/>.</returns>
    public async Task<Result<JudgedLinkOrder>> Run(WantedLinkOrder wanted)
    {
        var today = clock.Today();
        if ((await partners.View()).Find(wanted.Partner) is not { } partner) return Refusal.Of("not_found");
        if (partner.TakesLinks(clock.NowMs()).Refused is { } closed) return closed;
        var worth = partner.Convert(wanted.Points, today);
        if (worth.Refused is { } amount) return amount;
        var there = Destination.Read(await registry.View(), wanted.Municipality);
        if (there.Refused is { } nowhere) return nowhere;
        return new JudgedLinkOrder(partner, partner.SiteOn(today)!, there.Value, wanted.Points, worth.Value.Points, worth.Value.Rate, await there.Value.LastDay(today, reserve));
    }

    internal async Task<Partner> PartnerOf(LinkOrder order) => Must.Have((await partners.View()).Find(order.Partner), "the partner of an order is there");

    /// <summary>Why an order was refused, as its citizen is told; nothing was debited.</summary>
    public static Refusal Why(LinkOrder order, Partner partner) => order.Reason switch
    {
        "insufficient_points" => Refusal.Of("partner_points_short", ("partner", partner.Name)),
        "link_required" => Refusal.Of("link_required", ("partner", partner.Name)),
        "not_received" or "expired" => UseLink.Silent(partner),
        _ => Refusal.Of("partner_refused", ("partner", partner.Name)),
    };
}
