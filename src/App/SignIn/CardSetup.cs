using MyKey.App.Shared.Web;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Addresses;
using MyKey.Identity.Certificates.Crl;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Net;

namespace MyKey.App.SignIn;

/// <summary>What whoever runs the App sets below <c>MyKey:Card</c> (docs/operations.md).</summary>
public sealed record CardOptions
{
    /// <summary>Where the preparation software listens on a person's own machine.</summary>
    public string Agent { get; init; } = "http://127.0.0.1:5070";

    /// <summary>PEM file of the pinned roots; without it no card is taken.</summary>
    public string? Anchors { get; init; }

    /// <summary>Addresses of the revocation lists.</summary>
    public IReadOnlyList<string> Crl { get; init; } = [];

    /// <summary>Where the authority says whether an address has changed (docs/operations.md); without it nobody is told of any.</summary>
    public string? Addresses { get; init; }

    public int CrlMinutes { get; init; } = 60;

    /// <summary>Answers of an older preparation software are refused (S1-13).</summary>
    public Version OldestAgent { get; init; } = new(1, 0, 0);

    /// <summary>Where the authority tells which certificate came before a renewed or reissued one; without it people join their old ID by hand.</summary>
    public string? Lineage { get; init; }

    /// <summary>Whether a telephone may sign for a computer. A reader on the spot can't be talked into signing for a stranger's computer, a person with a telephone can (docs/security.md).</summary>
    public bool Phones { get; init; } = true;

    public bool TakesPhones => On && Phones;

    /// <summary>There is something to judge a card by.</summary>
    public bool On => !string.IsNullOrEmpty(Anchors);

    /// <returns>null, or <c>app_outdated</c> (oldest).</returns>
    public Refusal? TooOld(string agentVersion) => Version.TryParse(agentVersion, out var version) && version >= OldestAgent ? null : Refusal.Of("app_outdated", ("oldest", OldestAgent.ToString()));
}

/// <summary>Cards as the configuration has them: whom to believe, and where to ask what was revoked.</summary>
public static class CardSetup
{
    public static void AddCards(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("MyKey:Card").Get<CardOptions>() ?? new CardOptions();
        builder.Services.AddSingleton(options).AddSingleton<CardReturn>().AddSingleton<TerminalReader>();
        if (!options.On) return;
        // Read now, so that an App with a wrong file does not start.
        var anchors = Anchors.Load(options.Anchors!, Server.LoopbackOnly(builder.Configuration));
        builder.Services.AddSingleton(anchors).AddSingleton<CertificateRules>().AddSingleton<ListsInForce>().AddSingleton<IRevocationSource, CrlRevocation>().AddSingleton<LoadCrl>();
        builder.Services.AddSingleton(new CrlSources([.. options.Crl.Select(url => new Uri(url, UriKind.Absolute))]));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<FetchCrl>(services, new HttpClient(LoopbackHosts.Handler())));
        builder.Services.AddJob<CrlJob>();
        if (!string.IsNullOrEmpty(options.Addresses))
            builder.Services.AddSingleton(services => new HttpAddressChanges(new HttpClient(LoopbackHosts.Handler()), new Uri(options.Addresses, UriKind.Absolute), services.GetRequiredService<TimeProvider>()));
        if (!string.IsNullOrEmpty(options.Lineage))
            builder.Services.AddSingleton<ISerialLineage>(services => new HttpSerialLineage(new HttpClient(LoopbackHosts.Handler()), new Uri(options.Lineage, UriKind.Absolute), services.GetRequiredService<TimeProvider>()));
    }
}

/// <summary>Fetches the revocation lists, at the start and then again and again; whoever came in with a certificate that is revoked by now goes out.</summary>
public sealed class CrlJob(FetchCrl fetch, OpenSessions sessions, CardOptions options) : IJob
{
    public string Name => "fetch-crl";

    public TimeSpan Every => TimeSpan.FromMinutes(options.CrlMinutes);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var verdicts = await fetch.Run(stop);
        var ended = await sessions.EndRevoked(stop);
        var all = verdicts.All(v => v.Verdict is CrlVerdict.Loaded or CrlVerdict.Unchanged);
        return new JobResult(Ok: all, Text: $"sessions ended {ended}; " + string.Join(' ', verdicts.GroupBy(v => v.Verdict).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}")));
    }
}
