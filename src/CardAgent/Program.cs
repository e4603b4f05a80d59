using MyKey.CardAgent.Cards;

namespace MyKey.CardAgent;

internal static class Program
{
    // Its settings lie beside it, wherever it is started from.
    private static void Main(string[] arguments) => AgentHost.Build(["--contentRoot", AppContext.BaseDirectory, .. arguments], new PcscTransport()).Run();
}
