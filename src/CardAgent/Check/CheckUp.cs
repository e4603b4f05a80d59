using MyKey.CardAgent.Cards;

namespace MyKey.CardAgent.Check;

/// <summary>
/// Says what is there, for the page that helps people to set up (docs/card-protocol.md section 5): this program, a reader, a card and whether its certificate can be
/// read. No PIN, and nothing of the card leaves the machine.
/// </summary>
public static class CheckUp
{
    public static async Task<IResult> Run(HttpRequest request, Sites sites, CardWork work)
    {
        if (Query.Single(request) is not { Count: 1 } query || !query.TryGetValue("origin", out var origin) || sites.Find(origin) is not { } site) return Results.LocalRedirect("/sign");
        var place = (await work.Look()).Place;
        var card = place == Place.Card ? await Card(work) : "none";
        return Answers.SeeOther($"{site.Origin}/check/result?agent={Sites.AgentVersion}&reader={(place == Place.NoReader ? "missing" : "ok")}&card={card}");
    }

    private static async Task<string> Card(CardWork work)
    {
        var read = await work.Do(card => card.ReadCertificate());
        return read.Refused?.Code ?? (JpkiCard.CanSign(read.Value) ? "ok" : "card_other");
    }
}
