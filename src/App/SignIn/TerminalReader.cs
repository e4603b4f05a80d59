using MyKey.Identity.Challenges;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.SignIn;

/// <summary>The way of a terminal's browser to the card agent: by a Refresh while the page stays on the screen, or by a link.</summary>
public sealed class TerminalReader(AskCard ask, CardOptions cards)
{
    public bool TakesCards => cards.On;

    public string AgentPage => $"{cards.Agent}/";

    /// <summary>May the terminal's browser be led to the agent? Only where it came back from one before: else it would end at a page that isn't there.</summary>
    public bool AgentIsHere(HttpContext context) => cards.On && ShellCookie.Prepared.Read(context) is not null;

    /// <summary>Leads on to the agent, which holds its answer until a card is there; the page stays on the screen meanwhile.</summary>
    /// <param name="seconds">Of its own time before that.</param>
    public async Task AwaitTap(HttpContext context, Terminal terminal, int seconds = 0)
    {
        var tap = await ask.Tap(CardEndpoints.Origin(context), Cookie(context), terminal.Id, context.RequestAborted);
        context.Response.Headers["Refresh"] = $"{seconds}; url={cards.Agent}/tap?origin={Uri.EscapeDataString(CardEndpoints.Origin(context))}&tapId={tap.TapId}";
    }

    /// <summary>The agent's page that names what is signed and asks the PIN.</summary>
    /// <returns>Its address. A page leads there by link or Refresh, never by the answer to a form.</returns>
    public async Task<string> AskPin(HttpContext context, Terminal terminal, Purpose purpose, IReadOnlyList<Detail> details, string binding)
    {
        var question = new CardQuestion(purpose, CardEndpoints.Origin(context), Cookie(context), details, binding, terminal.Id);
        return $"{cards.Agent}/sign{(await ask.Sign(question, context.RequestAborted)).ToQuery()}";
    }

    private static string Cookie(HttpContext context) => Must.Have(ShellCookie.Terminal.Read(context), "a page of the terminal shell has its cookie");
}
