using System.Globalization;
using MyKey.App.Counters;
using MyKey.App.Events;
using MyKey.App.Libraries;
using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Pledges;
using MyKey.App.Registry;
using MyKey.App.StreetCards;
using MyKey.App.Tickets;
using MyKey.Kernel;
using MyKey.Ledger;
using Words = MyKey.App.Shared.Components.Words;

namespace MyKey.App.MyPage;

/// <summary>Points that become void.</summary>
/// <param name="Kind"><c>points</c>, <c>event</c>, <c>reserved</c>, <c>pledge</c> or <c>entitlement</c>.</param>
/// <param name="Issuer">The pool for reserved ones.</param>
public sealed record LostPoints(string Kind, MunicipalityCode Issuer, string Name, Points Amount);

/// <summary>A ticket in hand: it stays good until its day.</summary>
public sealed record KeptTicket(string Number, Points Amount, DateOnly LastOn);

/// <summary>All that ends with a MyKey ID, line by line (S0-5016a, S0-5017, S1-53).</summary>
/// <param name="Links">Companies, sites and cards, by name.</param>
/// <param name="Counters">What was gathered over the year and is no points yet.</param>
public sealed record WhatIsLost(IReadOnlyList<LostPoints> Points, IReadOnlyList<string> Links, IReadOnlyList<string> Counters, IReadOnlyList<KeptTicket> Tickets)
{
    /// <summary>What the agent's page and the signed bytes say: 100 characters at most.</summary>
    public string InShort
    {
        get
        {
            var lost = Points.Select(p => $"{p.Name} {Words.Digits(p.Amount.Value)}").Concat(Links).Concat(Counters).ToList();
            var all = lost.Count == 0 ? "ポイントもつながりも、いまはありません" : string.Join("、", lost);
            return all.Length <= 100 ? all : string.Create(CultureInfo.InvariantCulture, $"ポイント{Points.Count}件、つながり{Links.Count}件、1年の記録{Counters.Count}件のすべて");
        }
    }

    /// <summary>The same text as long as the same would be lost.</summary>
    public string Whole => string.Join('\n',
        [.. Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Kind} {p.Issuer.Value} {p.Name} {p.Amount.Value}")), "", .. Links, "", .. Counters, "", .. Tickets.Select(t => t.Number)]);
}

/// <summary>Finds it.</summary>
public sealed class FindLost(LedgerReading reading, EntitlementReading entitlements, ReservedReading reserved, MyEvents events, PledgeRows pledges, FindTickets tickets, LinksOf links, MyCounters counters, RegistryCache registry, TimeProvider clock)
{
    public async Task<WhatIsLost> Of(CitizenId citizen, CancellationToken stop = default)
    {
        var (today, view) = (clock.Today(), await registry.View());
        var points = (await reading.Holdings(citizen, today)).Select(h => new LostPoints("points", h.Issuer, view.NameOfPoints(h.Issuer), h.Usable)).ToList();
        points.AddRange((await events.All(citizen)).Where(e => e.Usable > Points.Zero).Select(e => new LostPoints("event", e.Payee.Code, e.Event.Name, e.Usable)));
        var open = (await reserved.Of(citizen, stop)).Sum(l => l.Remaining.Value);
        if (open > 0) points.Add(new LostPoints("reserved", MunicipalityCode.Pool, "留保ポイント", new Points(open)));
        points.AddRange((await pledges.Held(citizen, stop)).GroupBy(p => p.Issuer).Select(g => new LostPoints("pledge", g.Key, $"{view.NameOfPoints(g.Key)}の取り置き", new Points(g.Sum(p => p.Amount.Value)))));
        points.AddRange((await entitlements.Of(citizen, today, stop)).GroupBy(e => e.Issuer).Select(g => new LostPoints("entitlement", g.Key, $"{view.NameOfPoints(g.Key)}の未受取", new Points(g.Sum(e => e.Amount.Value)))));
        var gathered = (await counters.Of(citizen, stop)).Where(c => !c.Granted).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Programme.Name}（{c.Year}年度）{c.Count}"));
        var kept = (await tickets.Usable(citizen, today, stop)).Select(t => new KeptTicket(t.Number.ToString(), t.Amount, t.LastOn));
        return new WhatIsLost([.. points.OrderBy(p => p.Kind, StringComparer.Ordinal).ThenBy(p => p.Issuer).ThenBy(p => p.Name, StringComparer.Ordinal)], await links.Names(citizen, stop), [.. gathered], [.. kept]);
    }
}

/// <summary>What a citizen has linked, by name.</summary>
public sealed class LinksOf(KeepLinks partnerLinks, PartnerCache partners, KeepOnlineLinks onlineLinks, OnlineSiteCache sites, MyStreetCards cards, MyPaymentAccounts accounts, FindPaymentServices services, FindLinks providers, RegistryCache registry)
{
    public async Task<IReadOnlyList<string>> Names(CitizenId citizen, CancellationToken stop = default)
    {
        var paying = await services.All(stop);
        var (companies, online, view) = (await partners.View(), await sites.View(), await registry.View());
        return
        [
            .. (await partnerLinks.Of(citizen, stop)).Select(l => companies.Find(l.Partner)?.Name).OfType<string>(),
            .. (await onlineLinks.Of(citizen, stop)).Select(l => online.Find(l.Site)?.Name).OfType<string>(),
            .. (await cards.Of(citizen, stop)).Where(c => c.Link is not null).Select(c => $"{c.Operator.Name}のカード"),
            .. (await accounts.Of(citizen, stop)).Select(a => paying.FirstOrDefault(s => s.Id == a.Service)?.Name).OfType<string>().Select(name => $"{name}の登録"),
            .. (await providers.Of(citizen, stop)).Select(l => view.Find(l.Provider)?.Name).OfType<string>().Select(name => $"{name}の番号"),
        ];
    }
}
