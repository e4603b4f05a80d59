using Microsoft.Extensions.Options;
using MyKey.CardAgent;

namespace MyKey.Sandbox.Cards;

/// <summary>Where the cards lie and their reader listens (section <c>Cards</c>).</summary>
public sealed class CardPartyOptions
{
    public string Folder { get; set; } = "data/sandbox/cards";

    /// <summary>The sandbox's agent connects here.</summary>
    public int ReaderPort { get; set; } = 5091;

    /// <summary>Where a vpcd of this machine listens for cards (Debian's: 35963); 0 = there is none.</summary>
    public int VpcdPort { get; set; }

    /// <summary>Whether the card agent runs here, on the tray's reader, for machines without pcscd (settings: section <c>Agent</c>).</summary>
    public bool WithAgent { get; set; }
}

/// <summary>The cards and their reader as one of the parties of the sandbox.</summary>
public static class CardParty
{
    public static void AddCards(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<CardPartyOptions>(configuration.GetSection("Cards"));
        services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<IOptions<CardPartyOptions>>().Value;
            return CardReader.Start(options.ReaderPort, options.VpcdPort == 0 ? null : stop => ReaderLine.Dial(options.VpcdPort, stop));
        });
        services.AddSingleton(s => new CardTray(s.GetRequiredService<IOptions<CardPartyOptions>>().Value.Folder, s.GetRequiredService<CardReader>()));
        services.AddSingleton<CardCounter>();
        services.AddHostedService<Cards>();
    }

    /// <summary>Opens the reader at the start, not with the first page; runs the agent where that is asked for.</summary>
    private sealed class Cards(CardTray tray, CardReader reader, IConfiguration configuration, IOptions<CardPartyOptions> options) : IHostedService, IDisposable
    {
        private TrayTransport? transport;
        private WebApplication? agent;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            _ = tray.Cards;
            if (!options.Value.WithAgent) return;
            transport = new TrayTransport(reader.Port);
            agent = AgentHost.Build([], transport, configuration.GetSection("Agent").Bind);
            await agent.StartAsync(cancellationToken);
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (agent is not null) await agent.StopAsync(cancellationToken);
        }

        public void Dispose()
        {
            (agent as IDisposable)?.Dispose();
            transport?.Dispose();
        }
    }
}
