using System.Net;
using System.Security.Authentication;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MyKey.Kernel.Net;

namespace MyKey.App.Shared.Web;

/// <summary>Kestrel and the console log.</summary>
public static class Server
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    public static void AddServer(this WebApplicationBuilder builder)
    {
        var site = Site.From(builder.Configuration);
        builder.Services.AddSingleton(site);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = site.Limits.BodyBytes;
            kestrel.Limits.MaxConcurrentConnections = site.Limits.Connections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(site.Limits.HeadersTimeoutMs);
            kestrel.ConfigureHttpsDefaults(https => https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.AddJsonLog();
    }

    /// <summary>One JSON line per event. Request lines and scopes of the framework carry paths with query strings, so they stay out.</summary>
    private static void AddJsonLog(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // It says nothing at this level, but as long as it might, every request gets an activity and a scope.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddJsonConsole(console =>
        {
            console.IncludeScopes = false;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
        });
    }

    /// <summary>Nobody outside this machine reaches the App, not through a proxy either.</summary>
    public static bool LoopbackOnly(IConfiguration configuration)
    {
        if (Site.From(configuration).BehindProxy) return false;
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? "");
        return (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Concat(endpoints)
            .All(url => LoopbackHosts.Contains(BindingAddress.Parse(url).Host));
    }

    /// <summary>Did the request come from this machine? A socket without address (a pipe) did.</summary>
    public static bool FromHere(this HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
}
