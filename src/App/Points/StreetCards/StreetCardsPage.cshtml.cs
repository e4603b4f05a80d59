using MyKey.App.SignIn;

namespace MyKey.App.StreetCards;

/// <summary>A citizen's street and bus cards: which can be charged, and the last charges (S0-4046, S2-P7j).</summary>
public sealed class StreetCardsPage(MyStreetCards cards, ChargeOrders orders) : CitizenPage
{
    public IReadOnlyList<MyStreetCard> Cards { get; private set; } = [];

    public IReadOnlyList<ChargeOrder> Recent { get; private set; } = [];

    public string NameOf(ChargeOrder order) => Cards.FirstOrDefault(c => c.Operator.Id == order.Operator)?.Operator.Name ?? "カード";

    public async Task OnGet(CancellationToken stop) => (Cards, Recent) = (await cards.Of(Citizen.Id, stop), await orders.Of(Citizen.Id, stop));
}
