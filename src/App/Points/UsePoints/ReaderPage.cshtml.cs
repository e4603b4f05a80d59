using MyKey.App.SignIn;
using MyKey.App.Terminals;

namespace MyKey.App.UsePoints;

/// <summary>Asks once whether the terminal has a reader with the card agent: no script could find out.</summary>
public sealed class ReaderPage(CardOptions cards) : TerminalPage
{
    public string AgentPage => $"{cards.Agent}/";

    public void OnGet()
    {
    }
}
