using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>What the card is for (S0-4046, S2-P17o): a shopping street, buses, a bicycle park.</summary>
public enum StreetCardKind { Street, Bus, Bicycle }

public enum StreetCardState { On, Off }

/// <summary>Whoever runs a card of its own, beside the My Number card (S4-07e).</summary>
/// <param name="Municipality">Whose points can be charged.</param>
/// <param name="Charges">Its centre takes charges; else none is offered (S0-4046).</param>
/// <param name="Api">Begins the addresses of docs/card-centre-interface.md.</param>
public sealed record StreetCardOperator(Guid Id, MunicipalityCode Municipality, string Name, StreetCardKind Kind, bool Charges, Uri Api, string ClientId, StreetCardState State)
{
    /// <returns>It, or <c>charge_not_offered</c>.</returns>
    public Result<StreetCardOperator> Offered() => State == StreetCardState.On && Charges ? this : Refusal.Of("charge_not_offered");

    public static string Word(StreetCardKind kind) => kind switch { StreetCardKind.Street => "商店街のカード", StreetCardKind.Bus => "バスのカード", _ => "駐輪場のカード" };
}

internal sealed record StoredOperator
{
    public const string All = "select id, municipality, name, kind, charges, api_url, client_id, state from pts_street_operator";

    public Guid Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string Name { get; init; } = "";
    public string Kind { get; init; } = "";
    public int Charges { get; init; }
    public string ApiUrl { get; init; } = "";
    public string ClientId { get; init; } = "";
    public string State { get; init; } = "";

    public StreetCardOperator Read() => new(Id, Municipality, Name, Words<StreetCardKind>.Stored(Kind), Charges == 1, new Uri(ApiUrl), ClientId, Words<StreetCardState>.Stored(State));
}
