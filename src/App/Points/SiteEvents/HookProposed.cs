using System.Text.Json;
using MyKey.App.OnlineSites;
using MyKey.App.Proposals;
using MyKey.Kernel;

namespace MyKey.App.SiteEvents;

/// <summary>Where a site would hear of what it did not do itself. Its secret is made by the approval.</summary>
public sealed class HookProposed(SetHook set, OnlineSiteCache sites) : IProposed
{
    public ProposalKind Kind => ProposalKind.SiteHook;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => set.Ready(proposal.Subject, Read(proposal), stop);

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var site = (await sites.View()).Find(proposal.Subject);
        return new($"{site?.Name}への知らせ先", $"/operator/online-sites/{proposal.Subject}",
        [
            new("アドレス", site?.Hook?.Url.OriginalString, Read(proposal).Url),
            new("合言葉", site?.Hook is { } hook ? $"{hook.KeyNo}番" : null, "新しいもの（承認した人の画面に出ます）"),
        ]);
    }

    private static WantedHook Read(Proposal proposal) => JsonSerializer.Deserialize<WantedHook>(proposal.Content)!;
}
