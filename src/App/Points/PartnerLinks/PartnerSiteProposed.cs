using System.Text.Json;
using MyKey.App.Partners;
using MyKey.App.Proposals;
using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>Addresses of a partner that wait for another operator. Of the secret it is told only that there is a new one.</summary>
public sealed class PartnerSiteProposed(SetPartnerSite set, PartnerCache partners) : IProposed
{
    public ProposalKind Kind => ProposalKind.PartnerSite;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) =>
        set.Ready(proposal.Subject, Read(proposal), Must.Have(proposal.Secret, "the addresses of a partner come with a secret"));

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var partner = (await partners.View()).Find(proposal.Subject);
        var before = partner?.SiteOn(wanted.From);
        var old = before is null ? null : new LoginAddresses(before.Authorize, before.Token, before.Api);
        return new($"{partner?.Name}のアドレス", $"/operator/partners/{proposal.Subject}", Lines((before?.From, old, before?.ClientId), wanted));
    }

    /// <summary>The lines of an outside party's login.</summary>
    /// <param name="before">What is in force on that day.</param>
    internal static IReadOnlyList<ProposalLine> Lines((DateOnly? From, LoginAddresses? At, string? ClientId) before, IWantedLogin wanted) =>
    [
        new("いつから", before.From is { } day ? Words.Day(day) : null, Words.Day(wanted.From)),
        new("ログインの画面", before.At?.Authorize.OriginalString, wanted.Authorize.Trim()),
        new("引きかえのアドレス", before.At?.Token.OriginalString, wanted.Token.Trim()),
        new("ポイントのアドレス", before.At?.Api.OriginalString, wanted.Api.Trim()),
        new("つなぐための番号", before.ClientId, wanted.ClientId),
        new("つなぐための合言葉", before.From is null ? null : "表示しません", "新しいもの（表示しません）"),
    ];

    private static WantedPartnerSite Read(Proposal proposal) => JsonSerializer.Deserialize<WantedPartnerSite>(proposal.Content)!;
}
