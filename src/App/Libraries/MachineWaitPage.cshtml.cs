using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;

namespace MyKey.App.Libraries;

/// <summary>A machine that lends by itself (S2-P9c).</summary>
public sealed class MachineWaitPage(TerminalReader reader, UseOneTimeCode useCode, LendingWays ways) : WaitForCard(reader, useCode, ways)
{
    protected override bool OfMachine => true;
}
