using System.Text.Json;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>A site's login that waits for another operator.</summary>
public sealed class SiteLoginProposed(ChangeOnlineSite change, OnlineSiteCache sites) : IProposed
{
    public ProposalKind Kind => ProposalKind.SiteLogin;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) =>
        change.Ready(proposal.Subject, Read(proposal), Must.Have(proposal.Secret, "the login of a site comes with a secret"));

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var site = (await sites.View()).Find(proposal.Subject);
        var before = site?.LoginOn(wanted.From);
        var old = before is null ? null : new LoginAddresses(before.Authorize, before.Token, before.Api);
        return new($"{site?.Name}のアドレス", $"/operator/online-sites/{proposal.Subject}", PartnerSiteProposed.Lines((before?.From, old, before?.ClientId), wanted));
    }

    private static WantedOnlineLogin Read(Proposal proposal) => JsonSerializer.Deserialize<WantedOnlineLogin>(proposal.Content)!;
}

/// <summary>A municipality for which a site would sell.</summary>
public sealed class SellerProposed(ChangeOnlineSite change, OnlineSiteCache sites, RegistryCache registry) : IProposed
{
    public ProposalKind Kind => ProposalKind.SiteSeller;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => change.Ready(proposal.Subject, Read(proposal), stop);

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var site = (await sites.View()).Find(proposal.Subject);
        var town = MunicipalityCode.Read(wanted.Municipality) is { Ok: true } code ? (await registry.View()).Find(code.Value)?.FullName : null;
        var before = site?.Sellers.FirstOrDefault(s => s.Municipality.Value == wanted.Municipality && s.From == wanted.From);
        return new($"{site?.Name}が売る自治体", $"/operator/online-sites/{proposal.Subject}",
        [
            new("自治体", before is null ? null : town, town ?? wanted.Municipality),
            new("期間", before is null ? null : PartnerWords.Span(before.From, before.Until), PartnerWords.Span(wanted.From, wanted.Until)),
        ]);
    }

    private static WantedSeller Read(Proposal proposal) => JsonSerializer.Deserialize<WantedSeller>(proposal.Content)!;
}
