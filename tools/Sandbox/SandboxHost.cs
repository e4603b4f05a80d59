using System.Net;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.Mail;
using MyKey.Sandbox.Online;
using MyKey.Sandbox.Partners;
using MyKey.Sandbox.PaymentServices;
using MyKey.Sandbox.Phone;
using MyKey.Sandbox.StreetCards;

namespace MyKey.Sandbox;

/// <summary>One way to start the sandbox, for its program and for whoever lets it live at another time.</summary>
public static class SandboxHost
{
    /// <param name="args">Configuration such as <c>--Port=5090</c>.</param>
    /// <param name="clock">Of all its parties.</param>
    /// <returns>A sandbox that is not listening yet.</returns>
    public static WebApplication Build(string[] args, TimeProvider clock)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.GetValue("Port", 5090)));
        builder.Services.AddSingleton(clock);
        builder.Services.AddSandboxPages();
        builder.Services.AddCards(builder.Configuration);
        builder.Services.AddPartnerParty(builder.Configuration);
        builder.Services.AddOnlineParty(builder.Configuration);
        builder.Services.AddCardCentres(builder.Configuration);
        builder.Services.AddPaymentServices(builder.Configuration);
        builder.Services.AddMailParty(builder.Configuration);
        builder.Services.AddPhoneParty(builder.Configuration);
        var folder = builder.Configuration["Sandbox:Authority:Folder"] ?? "data/sandbox/authority";
        builder.Services.AddSingleton(_ => NationalAuthority.Open(folder, clock));
        var app = builder.Build();
        var authority = app.Services.GetRequiredService<NationalAuthority>();
        // Whoever starts an App beside it hands it this file: an App holds nothing of the sandbox.
        File.WriteAllText(Path.Combine(folder, "anchors.pem"), authority.AnchorsPem());
        app.MapAuthority(authority);
        app.MapPartnerParty();
        app.MapOnlineParty();
        app.MapCardCentres();
        app.MapPaymentServices();
        app.MapSandboxPages();
        return app;
    }
}
