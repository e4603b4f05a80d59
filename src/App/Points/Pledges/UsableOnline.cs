using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>Which points of a linked citizen pay for goods of a municipality, and how many there are (S0-4014): what a site shows before it asks how many to use.</summary>
public sealed class UsableOnline(KeepOnlineLinks links, FindCitizen citizens, RegistryCache registry, LedgerReading reading, TimeProvider clock)
{
    /// <returns>By issuer, of which there is something; <c>municipality_unknown</c>, <c>not_accepted_here</c> when the site sells nothing of it, <c>link_required</c> (partner), <c>id_suspended</c>.</returns>
    public async Task<Result<OnlineBalanceReply[]>> Of(OnlineSite site, string? token, string? municipality, CancellationToken stop)
    {
        var code = MunicipalityCode.Read(municipality ?? "");
        if (!code.Ok) return Refusal.Of("municipality_unknown");
        if (!site.ActiveOn(clock.Today()) || site.AcceptorOf(code.Value, clock.Today()) is not { } seller) return Refusal.Of("not_accepted_here");
        if (await links.Find(site, token, stop) is not { } link || await citizens.Get(link.Citizen, stop) is not { } citizen) return Refusal.Of("link_required", ("partner", site.Name));
        if (citizen.RequireActive().Refused is { } stopped) return stopped;
        var (view, today) = (await registry.View(), clock.Today());
        return (await reading.Holdings(citizen.Id, today)).Where(h => view.TakenHere(new Purse(h.Issuer), seller, today).Ok)
            .Select(h => new OnlineBalanceReply(h.Issuer.Value, view.NameOfPoints(h.Issuer), h.Usable.Value)).ToArray();
    }
}
