using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.Sandbox;
using MyKey.Sandbox.PaymentServices;

namespace MyKey.Tests.App.PaymentServices;

/// <summary>The sandbox's payment services as a site of their own, spoken to over HTTP.</summary>
public sealed class PaySite : IAsyncDisposable
{
    private readonly WebApplication site;

    private PaySite(WebApplication site) => this.site = site;

    public ServiceBooks Books => site.Services.GetRequiredService<ServiceBooks>();

    public string PageOf(string key) => $"http://{key}.pay.localhost:{new Uri(site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}/";

    public string ApiOf(string key) => $"{PageOf(key)}api";

    public static async Task<PaySite> Start(TimeProvider clock)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["PaymentServices:Books"] = "";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSandboxPages();
        builder.Services.AddPaymentServices(builder.Configuration);
        var site = builder.Build();
        site.MapPaymentServices();
        site.MapSandboxPages();
        await site.StartAsync();
        return new PaySite(site);
    }

    public async ValueTask DisposeAsync()
    {
        await site.StopAsync();
        await site.DisposeAsync();
    }
}
