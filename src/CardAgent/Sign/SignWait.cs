using Microsoft.Extensions.Options;
using MyKey.CardAgent.Cards;
using MyKey.Kernel.Cards;

namespace MyKey.CardAgent.Sign;

/// <summary>The navigation that a waiting page has under way: it ends when a card is put on, and leads to the PIN.</summary>
public static class SignWait
{
    public static string Address(CardChallenge challenge) => "/wait" + challenge.ToQuery();

    public static async Task<IResult> Hold(HttpRequest request, CardWork work, Sites sites, IOptions<AgentOptions> options, CancellationToken stop)
    {
        if (Query.Challenge(request) is not { } challenge || sites.Find(challenge.Origin) is null) return Results.LocalRedirect("/sign");
        await work.WaitForCard(options.Value.TapWaitMs, stop);
        return Answers.SeeOther("/sign" + challenge.ToQuery());
    }
}
