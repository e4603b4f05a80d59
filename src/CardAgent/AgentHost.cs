using System.Net;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.Options;
using MyKey.CardAgent.Cards;
using MyKey.CardAgent.Check;
using MyKey.CardAgent.Device;
using MyKey.CardAgent.Keyboard;
using MyKey.CardAgent.Sign;
using MyKey.CardAgent.Sip;
using MyKey.CardAgent.Taps;

namespace MyKey.CardAgent;

/// <summary>Makes the agent around a way to the card. Settings: section <c>Agent</c> of the arguments or the environment.</summary>
public static class AgentHost
{
    public static WebApplication Build(string[] arguments, ICardTransport transport, Action<AgentOptions>? configure = null, Func<IKeyboard>? keyboard = null)
    {
        // Settings are read once, so nobody watches their files.
        var builder = WebApplication.CreateSlimBuilder([.. arguments, "--hostBuilder:reloadConfigOnChange=false"]);
        // Requests are not logged: their queries carry challenges and codes.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.Configure<AgentOptions>(builder.Configuration.GetSection("Agent"));
        if (configure is not null) builder.Services.Configure(configure);
        AddServices(builder.Services, transport);
        builder.Services.AddSingleton(keyboard ?? Keys.Open);
        var asked = new AgentOptions();
        builder.Configuration.GetSection("Agent").Bind(asked);
        configure?.Invoke(asked);
        AddWays(builder.Services, asked);
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4096;
            kestrel.Listen(IPAddress.Loopback, kestrel.ApplicationServices.GetRequiredService<IOptions<AgentOptions>>().Value.Port);
        });
        var app = builder.Build();
        app.UseMiddleware<Guard>();
        app.MapRazorPages();
        app.MapGet("/wait", SignWait.Hold);
        app.MapGet("/tap", Tap.Hold);
        app.MapGet("/check", CheckUp.Run);
        app.MapGet("/mykey.css", () => Results.Stream(
            typeof(AgentHost).Assembly.GetManifestResourceStream("mykey.css")!, "text/css; charset=utf-8"));
        return app;
    }

    /// <summary>The ways of the number into a library's own system, each only where it is asked for.</summary>
    private static void AddWays(IServiceCollection services, AgentOptions options)
    {
        if (options.TypeNumbers) services.AddHostedService<TypeNumbers>();
        if (options.SipPort > 0) services.AddHostedService<SipServer>();
    }

    private static void AddServices(IServiceCollection services, ICardTransport transport)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddSingleton(transport);
        services.AddSingleton(s => new CardWork(transport, s.GetRequiredService<TimeProvider>(),
            TimeSpan.FromMilliseconds(s.GetRequiredService<IOptions<AgentOptions>>().Value.CardPatienceMs)));
        services.AddSingleton<Sites>();
        services.AddSingleton<Dialogs>();
        services.AddSingleton<Asking>();
        services.AddSingleton<Tap>();
        services.AddSingleton<DeviceKey>();
        services.AddSingleton<AskNumber>();
        services.AddHostedService<RenewKey>();
        var pages = services.AddRazorPages(o =>
        {
            o.RootDirectory = "/";
            o.Conventions.AddPageRoute("/Sign/SignPage", "/pin");
        });
        // Its own pages and no others, whatever program it is started in.
        pages.ConfigureApplicationPartManager(parts =>
        {
            parts.ApplicationParts.Clear();
            parts.ApplicationParts.Add(new AssemblyPart(typeof(AgentHost).Assembly));
            parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(AgentHost).Assembly));
        });
    }
}
