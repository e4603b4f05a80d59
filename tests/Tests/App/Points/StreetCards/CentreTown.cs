using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App.StreetCards;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox;
using MyKey.Sandbox.StreetCards;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.StreetCards;

/// <summary>Residents, an operator of the platform, and the sandbox's card centre as a site of its own, spoken to over HTTP; both sides have one clock.</summary>
public sealed class CentreTown : IAsyncDisposable
{
    public const string Sano = "sano", Issued = "SANO0001";
    private readonly WebApplication site;

    private CentreTown(CouponTown coupons, WebApplication site) => (Coupons, this.site) = (coupons, site);

    public CouponTown Coupons { get; }

    public Residents Town => Coupons.Town;

    public TestClock Clock => Coupons.Clock;

    public HttpClient Operator => Coupons.Operator;

    public CardCentreBooks Books => site.Services.GetRequiredService<CardCentreBooks>();

    /// <summary>さのぽカード of A市.</summary>
    public Guid Street { get; } = Guid.CreateVersion7();

    public static async Task<CentreTown> Open(Engine engine = Engine.Sqlite, int timeoutMs = 5_000, params string[] settings)
    {
        var coupons = await CouponTown.Open(engine, partner: false, settings: [$"MyKey:Partners:TimeoutMs={timeoutMs}", "MyKey:Limits:AttemptsPerMinute=10000", .. settings]);
        var all = new CentreTown(coupons, await Start(coupons.Clock));
        await CouponTown.Read<CardOperatorReply>(await all.Save(all.Street, "さのぽカード", "street"));
        return all;
    }

    public Task<HttpResponseMessage> Save(Guid id, string name, string kind, bool charges = true, string? api = null, string? secret = CardCentreBooks.ClientSecret) => Operator.PutAsJsonAsync(
        $"/api/v1/operator/street-card-operators/{id}", new CardOperatorRequest(Residents.A.Value, name, kind, charges, api ?? Api, CardCentreBooks.ClientId, secret));

    public string Api => ApiOf(site);

    internal static string ApiOf(WebApplication site) => $"http://{Sano}.cards.localhost:{new Uri(site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}/api";

    public Task<HttpResponseMessage> Charge(HttpClient me, long points, string? card = Issued, Guid? id = null, Guid? at = null) =>
        me.PostAsJsonAsync("/api/v1/my/charges", new ChargeRequest(id ?? Guid.CreateVersion7(), at ?? Street, points, card));

    public async Task<string> StateOf(HttpClient me, Guid order) => (await CouponTown.Read<ChargeReply>(await me.GetAsync($"/api/v1/my/charges/{order}"))).State;

    public string On(string card = Issued) => string.Join(' ', Books.On(Sano, card)!.Select(b => $"{b.Key} {b.Value}"));

    /// <summary>Points on the card and here: none may be lost, none come twice.</summary>
    public async Task<(long There, long Here)> Points(CitizenId citizen) => (Books.On(Sano, Issued)!.Values.Sum(), await Coupons.Usable(citizen));

    /// <summary>The next run of the job, without its wait.</summary>
    public Task<JobResult> RunJob() => Town.Get<SettleCharges>().Run(new JobRun("points-settle-charges", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await site.StopAsync();
        await site.DisposeAsync();
        await Coupons.DisposeAsync();
    }

    /// <summary>The sandbox's centre alone.</summary>
    internal static async Task<WebApplication> Start(TimeProvider clock)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["CardCentres:Books"] = "";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSandboxPages();
        builder.Services.AddCardCentres(builder.Configuration);
        var site = builder.Build();
        site.MapCardCentres();
        site.MapSandboxPages();
        await site.StartAsync();
        return site;
    }
}
