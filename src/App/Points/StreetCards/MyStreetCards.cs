using MyKey.App.PartnerLinks;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>An operator's card as a citizen sees it.</summary>
/// <param name="Link">The card that belongs to this ID, or null.</param>
public sealed record MyStreetCard(StreetCardOperator Operator, StreetCardLink? Link);

/// <summary>The street cards of a citizen: those that can be charged, those that belong to the ID, and what is on them, by source (S4-07b, S4-07e).</summary>
public sealed class MyStreetCards(StreetCardOperators operators, StreetCardLinks links, CardCentreCalls calls)
{
    /// <summary>Offered, or linked before.</summary>
    public async Task<IReadOnlyList<MyStreetCard>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        var mine = (await links.Of(citizen, stop)).ToDictionary(l => l.Operator);
        return [.. (await operators.All(stop)).Where(o => o.Offered().Ok || mine.ContainsKey(o.Id)).Select(o => new MyStreetCard(o, mine.GetValueOrDefault(o.Id)))];
    }

    public async Task<Result<MyStreetCard>> One(CitizenId citizen, Guid operatorId, CancellationToken stop = default) =>
        (await Of(citizen, stop)).FirstOrDefault(c => c.Operator.Id == operatorId) is { } card ? card : Refusal.Of("not_found");

    /// <returns>By source; <c>not_found</c> without a link, <c>card_unknown</c> when the centre no longer knows the card, <c>card_centre_silent</c>.</returns>
    public async Task<Result<IReadOnlyList<CardBalance>>> Balances(CitizenId citizen, Guid operatorId, CancellationToken stop = default)
    {
        if (await operators.Find(operatorId, stop) is not { } one || await links.NumberOf(citizen, operatorId, stop) is not { } card) return Refusal.Of("not_found");
        var (verdict, balances) = await calls.Balance(one, card, stop);
        return verdict switch { PartnerVerdict.Yes => balances.ToList(), PartnerVerdict.Unknown => Refusal.Of("card_unknown"), _ => Refusal.Of("card_centre_silent") };
    }

    public static string SourceWord(string source) => source switch { "exchanged" => "会社のポイントから", "city" => "自治体から", "association" => "お店での買い物から", _ => source };
}
