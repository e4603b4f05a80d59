using System.Text.Json;
using MyKey.App.Proposals;
using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>Terms of a partner that wait for another operator.</summary>
public sealed class TermsProposed(ChangePartner change, PartnerCache partners) : IProposed
{
    public ProposalKind Kind => ProposalKind.PartnerTerms;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => change.Ready(proposal.Subject, Read(proposal));

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var partner = (await partners.View()).Find(proposal.Subject);
        var after = new PartnerTerms(wanted.From, new ExchangeRate(wanted.PartnerPoints, wanted.MunicipalPoints), wanted.Unit, wanted.Minimum, wanted.Most, new AcceptanceHours(wanted.Opens, wanted.Closes));
        var before = partner?.TermsOn(wanted.From);
        return new($"{partner?.Name}の交換の条件", $"/operator/partners/{proposal.Subject}",
        [
            new("いつから", before is null ? null : Words.Day(before.From), Words.Day(after.From)),
            new("交換率", before is null ? null : PartnerWords.Of(before.Rate), PartnerWords.Of(after.Rate)),
            new("ポイント数", before is null ? null : PartnerWords.Amounts(before), PartnerWords.Amounts(after)),
            new("受付", before?.Hours.ToString(), after.Hours.ToString()),
        ]);
    }

    private static WantedTerms Read(Proposal proposal) => JsonSerializer.Deserialize<WantedTerms>(proposal.Content)!;
}

/// <summary>A campaign of a partner that waits for another operator.</summary>
public sealed class CampaignProposed(ChangePartner change, PartnerCache partners) : IProposed
{
    public ProposalKind Kind => ProposalKind.PartnerCampaign;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => change.Ready(proposal.Subject, Read(proposal));

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var partner = (await partners.View()).Find(proposal.Subject);
        var before = partner?.Campaigns.FirstOrDefault(c => c.From == wanted.From);
        var usual = partner?.TermsOn(wanted.From)?.Rate;
        return new($"{partner?.Name}の交換率アップ", $"/operator/partners/{proposal.Subject}",
        [
            new("期間", before is null ? null : PartnerWords.Span(before.From, before.Until), PartnerWords.Span(wanted.From, wanted.Until)),
            new("交換率", (before?.Rate ?? usual) is { } rate ? PartnerWords.Of(rate) : null, PartnerWords.Of(new ExchangeRate(wanted.PartnerPoints, wanted.MunicipalPoints))),
        ]);
    }

    private static WantedCampaign Read(Proposal proposal) => JsonSerializer.Deserialize<WantedCampaign>(proposal.Content)!;
}
