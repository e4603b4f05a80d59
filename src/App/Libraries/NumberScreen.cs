using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The pages of a provider's device: a counter's and a machine's differ in address and in how long a number stays (S2-P9b, S2-P9c).</summary>
/// <param name="Home">Where it waits for a card.</param>
/// <param name="Seconds">Then the number is gone from the screen.</param>
public sealed record NumberScreen(string Home, int Seconds)
{
    /// <summary>Of these, the page does nothing itself before the agent waits for the next card; the agent gives up after 25 s.</summary>
    public const int AgentSeconds = 25;

    public static NumberScreen Counter { get; } = new("/terminal/library", 30);

    public static NumberScreen Machine { get; } = new("/terminal/lending", 15);

    public string Number => $"{Home}/number";

    /// <summary>null for a device that is no provider's.</summary>
    public static NumberScreen? Of(Terminal terminal) =>
        terminal.Require(TerminalCall.FindLink).Refused is not null ? null : terminal.Profiles.Contains(TerminalProfile.SelfLending) ? Machine : Counter;

    /// <summary>What a signature at a machine stands for: this provider's number, once.</summary>
    public static string BindingOf(ServiceProviderId provider) => $"number {provider.Value:N}";

    /// <returns>Where the browser goes with a card that was held or signed with; <c>auth_failed</c> when something else was signed.</returns>
    public Result<string> Answered(HttpContext context, string token, CitizenAtTerminal shown)
    {
        if (shown.Way == Way.Signature && shown.Binding?.StartsWith("number ", StringComparison.Ordinal) != true) return Refusal.Of("auth_failed", ("why", "binding"));
        ShellCookie.Shown.Set(context, token, TimeSpan.FromMilliseconds(CitizenTokens.LifeMs));
        return Number;
    }
}
