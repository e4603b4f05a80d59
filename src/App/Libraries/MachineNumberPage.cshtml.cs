using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;

namespace MyKey.App.Libraries;

public sealed class MachineNumberPage(FindNumber find, CitizenTokens tokens, TerminalReader reader, TimeProvider clock) : ShowNumber(find, tokens, reader, clock)
{
    protected override bool OfMachine => true;
}
