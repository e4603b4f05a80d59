using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Reserved;
using MyKey.App.SiteEvents;
using MyKey.Identity.Citizens;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>What a partner orders for a member of its own.</summary>
/// <param name="Id">UUID made by the partner: the same again answers again.</param>
/// <param name="Link">The word that the partner gave with the member's leave.</param>
/// <param name="Points">The partner's.</param>
/// <param name="To"><c>reserved</c>: the citizen chooses later; <c>base</c>: points of the base municipality.</param>
public sealed record PartnerOrderRequest(Guid Id, string Link, long Points, string To = Destination.Later);

/// <summary>The headers with which a partner proves that an order is its own, and new.</summary>
public sealed record PartnerSignature(string? Id, string? Timestamp, string? Signatures);

/// <summary>
/// An exchange that begins on the partner's own pages (S2-P3b), for a member who has linked it here. From then on it is an exchange as any other: the partner
/// debits first under our number, a lost answer is asked for, and the points come once.
/// </summary>
public sealed class TakePartnerOrder(PlaceLinkOrder place, LinkOrders orders, KeepLinks links, PartnerSecrets secrets, FindCitizen citizens, TimeProvider clock)
{
    public const string ToBase = "base";

    private const int NewestSeconds = 300;

    /// <summary>As the Standard Webhooks have it: HMAC-SHA256 over <c>id.timestamp.body</c> with the secret that we prove ourselves with to the partner.</summary>
    /// <returns>null when the order is the partner's own and at most five minutes old; else <c>partner_auth</c>.</returns>
    public async Task<Refusal?> Verify(Partner partner, PartnerSignature signed, string body, CancellationToken stop = default)
    {
        var no = Refusal.Of("partner_auth");
        if (partner.SiteOn(clock.Today()) is not { } site || string.IsNullOrEmpty(signed.Id) || string.IsNullOrEmpty(signed.Signatures)) return no;
        if (!long.TryParse(signed.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(clock.NowMs() / 1_000 - seconds) > NewestSeconds) return no;
        foreach (var name in await secrets.All(partner, site, stop))
        {
            var right = Encoding.ASCII.GetBytes(SignEvent.Signature(Encoding.ASCII.GetBytes(name.Secret), signed.Id, signed.Timestamp!, body));
            if (signed.Signatures.Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(s), right))) return null;
        }
        return no;
    }

    /// <returns>
    /// The order as far as it has come; <c>link_required</c> (partner) for a word that is nobody's, <c>field_unknown</c> (field), <c>base_account_required</c>, <c>id_suspended</c>, <c>id_revoked</c>, and those of
    /// <see cref="PlaceLinkOrder.Run(Citizen, WantedLinkOrder, CancellationToken)"/>.
    /// </returns>
    public async Task<Result<LinkOrder>> Run((Machine Machine, Partner Partner) by, PartnerOrderRequest wanted, CancellationToken stop = default)
    {
        var partner = by.Partner;
        if (wanted.To is not (Destination.Later or ToBase)) return Refusal.Of("field_unknown", ("field", "to"));
        var link = await links.Find(partner.Id, wanted.Link, stop);
        if (await orders.Find(partner.Id, wanted.Id, stop) is { } known)
        {
            var same = (known.Issuer == MunicipalityCode.Pool) == (wanted.To == Destination.Later) && (link is null || link.Citizen == known.Citizen);
            return same ? await place.Again(known, new WantedLinkOrder(known.AskedId, partner.Key, wanted.Points, Destination.WordOf(known.Issuer))) : Refusal.Of("id_reused");
        }
        if (link is null || await citizens.Get(link.Citizen, stop) is not { } citizen) return Refusal.Of("link_required", ("partner", partner.Name));
        if (citizen.RequireActive().Refused is { } stopped) return stopped;
        var town = wanted.To == Destination.Later ? Destination.Later : citizen.RequireBase().Then<string>(code => code.Value);
        if (town.Refused is { } noBase) return noBase;
        // The number is the partner's: no citizen's form has the same.
        var asked = Ids.Named<TransferId>([.. "partner-order"u8, .. partner.Id.Value.Bytes(), .. wanted.Id.Bytes()]).Value;
        return await place.Run(citizen, new WantedLinkOrder(asked, partner.Key, wanted.Points, town.Value), (Actor.Of(by.Machine.Id), wanted.Id), stop);
    }
}
