using MyKey.CardAgent.Cards;

namespace MyKey.CardAgent;

internal static class Program
{
    private static void Main(string[] arguments) => AgentHost.Build(arguments, new PcscTransport()).Run();
}
