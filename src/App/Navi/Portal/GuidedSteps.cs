using MyKey.App.Reserved;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Navi.Portal;

/// <summary>The four steps: a card, a MyKey ID, an exchange, the balance. What is done is skipped (S2-P17b, S4-18).</summary>
/// <param name="Done">So many, from the first on.</param>
/// <param name="Told">Somebody is signed in, so nobody is asked.</param>
/// <param name="Here">The page on which they stand.</param>
/// <param name="CardTime">How long a card takes (K-17); may be empty.</param>
public sealed record GuidedSteps(int Done, bool Told, string Here, string CardTime)
{
    public bool Is(int step) => step <= Done;

    /// <summary>The one to take now.</summary>
    public bool IsNow(int step) => step == Done + 1;

    /// <summary>Where somebody without a session says that a step is done.</summary>
    public string Have(int step) => $"{Here}?have={Words[step - 1]}#steps";

    /// <summary>Whoever has points has an ID, whoever has an ID has a card.</summary>
    public static int DoneBy(string? have) => Array.IndexOf(Words, have) + 1;

    private static readonly string[] Words = ["card", "id", "points"];
}

/// <summary>Who looks at the portal: somebody who is signed in, or anybody. Nothing else is looked at than the session.</summary>
public sealed class Visitor(CitizenShell shell, LedgerReading reading, MoveReserved reserved, PortalCache portal, TimeProvider clock)
{
    /// <param name="have">What anybody says of himself by a link.</param>
    public async Task<GuidedSteps> Steps(HttpContext context, string here, string? have, CancellationToken stop)
    {
        var cardTime = (await portal.View()).Text("card_time", clock.NowMs());
        if (string.IsNullOrEmpty(ShellCookie.Citizen.Read(context))) return new(GuidedSteps.DoneBy(have), false, here, cardTime);
        context.Response.Headers.CacheControl = "no-store";
        var entered = await shell.Enter(context, stop);
        // With a card that has no ID yet the first step is done; a session that is over tells nothing.
        if (entered.Refused is { } no) return no.Code == "mykey_missing" ? new(1, true, here, cardTime) : new(GuidedSteps.DoneBy(have), false, here, cardTime);
        var has = (await reading.Holdings(entered.Value.Id, clock.Today())).Count > 0 || (await reserved.Plan(entered.Value, stop)).First is not null;
        return new(has ? 3 : 2, true, here, cardTime);
    }
}
