using System.Text.Json;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>An operator of street cards that waits for another operator of the platform. Of the secret it is told only whether there is a new one.</summary>
public sealed class CardOperatorProposed(StreetCardOperators operators, RegistryCache registry) : IProposed
{
    public ProposalKind Kind => ProposalKind.CardOperator;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => operators.Ready(Read(proposal), proposal.Secret, stop);

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var before = await operators.Find(wanted.Id, stop);
        var town = MunicipalityCode.Read(wanted.Municipality) is { Ok: true } code ? (await registry.View()).Find(code.Value)?.FullName : null;
        return new($"カードの会社 {wanted.Name}", $"/operator/street-cards/{wanted.Id}",
        [
            new("名前", before?.Name, wanted.Name ?? ""),
            new("自治体", before is null ? null : town, town ?? wanted.Municipality ?? ""),
            new("種類", before is null ? null : StreetCardOperator.Word(before.Kind), wanted.Kind is { } kind ? StreetCardOperator.Word(kind) : ""),
            new("ポイントを入れること", before is null ? null : Can(before.Charges), Can(wanted.Charges)),
            new("アドレス", before?.Api.OriginalString, wanted.Api?.Trim() ?? ""),
            new("つなぐための番号", before?.ClientId, wanted.ClientId ?? ""),
            new("つなぐための合言葉", before is null ? null : "表示しません", proposal.Secret is null ? "表示しません" : "新しいもの（表示しません）"),
            new("いま", before is null ? null : Now(before.State == StreetCardState.On), Now(wanted.On)),
        ]);
    }

    private static string Can(bool charges) => charges ? "できる" : "できない";

    private static string Now(bool on) => on ? "使う" : "休む";

    private static WantedCardOperator Read(Proposal proposal) => JsonSerializer.Deserialize<WantedCardOperator>(proposal.Content)!;
}
