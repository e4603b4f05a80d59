namespace MyKey.App.Shared.Web;

/// <summary>What whoever runs the App can set below <c>MyKey:</c>; every value and its default stands in docs/operations.md.</summary>
public sealed record Site
{
    /// <summary>A file path for SQLite, or <c>postgres:</c> and a connection string.</summary>
    public string Database { get; init; } = "./data/mykey.db";

    /// <summary>PostgreSQL: how the owner of the tables logs in, who migrates them. Without it <see cref="Database"/> does.</summary>
    public string? Migrator { get; init; }

    /// <summary>The key-encryption key (0600), outside data folder and backups; made when the first secret is wrapped.</summary>
    public string KekFile { get; init; } = "./keys/kek";

    /// <summary>The one host name of the pages. Other names of loopback serve machines only and lead people here.</summary>
    public string Host { get; init; } = "mykey.localhost";

    /// <summary>A TLS proxy on this machine tells scheme and address of the client in X-Forwarded-*.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Where plain HTTP from outside the machine is sent to (S0-1021).</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>Address of a collector for traces and metrics (OTLP); without it nothing is collected.</summary>
    public string? Telemetry { get; init; }

    /// <summary>How long an answer that is the same for everybody serves others, 0: not at all. With the 800 ms for which reference data is held nothing is older than a second.</summary>
    public int PublicCacheMs { get; init; } = 200;

    public Limits Limits { get; init; } = new();

    public static Site From(IConfiguration configuration) => configuration.GetSection("MyKey").Get<Site>() ?? new Site();
}

/// <summary>Bounds on what one request, and one client without login, may ask for.</summary>
public sealed record Limits
{
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>At the same time; what comes above is closed at once, so that memory has a bound.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Whoever has not sent all headers by then is answered 408.</summary>
    public int HeadersTimeoutMs { get; init; } = 10_000;

    /// <summary>Pages open to everybody, per client address and minute.</summary>
    public int AnonymousPerMinute { get; init; } = 600;

    /// <summary>Endpoints where something could be guessed, per client address and minute.</summary>
    public int AttemptsPerMinute { get; init; } = 60;

    /// <summary>Calls of one machine client, per minute.</summary>
    public int MachinePerMinute { get; init; } = 6000;

    /// <summary>Refusals of one actor that get a line of their own in log_refusal, per minute; the others are counted.</summary>
    public int RefusalLinesPerMinute { get; init; } = 20;
}
