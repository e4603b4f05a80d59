using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App.LinkedExchange;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox;
using MyKey.Sandbox.Partners;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.LinkedExchange;

/// <summary>Residents, an operator, and the sandbox's partner company as a site of its own, spoken to over HTTP; both sides have one clock.</summary>
public sealed class LinkTown : IAsyncDisposable
{
    public const string Sora = "sora";
    private readonly WebApplication site;

    private LinkTown(CouponTown coupons, WebApplication site) => (Coupons, this.site) = (coupons, site);

    public CouponTown Coupons { get; }

    public Residents Town => Coupons.Town;

    public TestClock Clock => Coupons.Clock;

    public HttpClient Operator => Coupons.Operator;

    public PartnerBooks Books => site.Services.GetRequiredService<PartnerBooks>();

    /// <summary>What a person types to come to the partner.</summary>
    public string Partner => $"http://{Sora}.partner.localhost:{PortOf(site)}";

    internal static int PortOf(WebApplication site) => new Uri(site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Two of the partner's points are one, from 100 on in hundreds up to 2,000.</summary>
    public static async Task<LinkTown> Open(Engine engine = Engine.Sqlite, int timeoutMs = 5_000)
    {
        var coupons = await CouponTown.Open(engine, partner: false, settings: [$"MyKey:Partners:TimeoutMs={timeoutMs}", "MyKey:Limits:AttemptsPerMinute=10000"]);
        var all = new LinkTown(coupons, await Start(coupons.Town.App.Site, coupons.Clock));
        await coupons.AddPartner(Sora, "そらエアー", "airline", mode: "id_link", terms: new WantedTerms(coupons.Today, 200, 100, 100, 200, 2_000));
        await CouponTown.Read<PartnerReply>(await all.Operator.PostAsJsonAsync($"/api/v1/operator/partners/{Sora}/sites", all.Wanted()));
        return all;
    }

    public WantedPartnerSite Wanted() => new(Coupons.Today, $"{Partner}/oauth/authorize", $"{Partner}/oauth/token", $"{Partner}/api", PartnerBooks.ClientId, PartnerBooks.ClientSecret);

    /// <summary>A browser whose citizen is logged in and has linked a member of the partner.</summary>
    public async Task<HttpClient> Linked(string id = Residents.MyKeyId, string member = "member01")
    {
        var me = await Town.LoggedIn(id);
        var back = await PartnerBrowser.Walk(await Go(me), member);
        var answer = await me.GetAsync(back);
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, await answer.Content.ReadAsStringAsync());
        Assert.Equal($"/my/exchange/link/{Sora}?linked=1", answer.Headers.Location!.OriginalString);
        return me;
    }

    /// <summary>The address of the partner's login, as the site leads there.</summary>
    public static async Task<Uri> Go(HttpClient me)
    {
        var answer = await me.GetAsync($"/my/exchange/link/{Sora}/go");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!;
    }

    public Task<HttpResponseMessage> Order(HttpClient me, long points, Guid? id = null, MunicipalityCode? town = null) =>
        me.PostAsJsonAsync("/api/v1/my/link-orders", new LinkOrderRequest(id ?? Guid.CreateVersion7(), Sora, points, (town ?? Residents.A).Value));

    public async Task<string> StateOf(HttpClient me, Guid id) => (await CouponTown.Read<LinkOrderReply>(await me.GetAsync($"/api/v1/my/link-orders/{id}"))).State;

    /// <summary>The next run of the job, without its wait.</summary>
    public Task<JobResult> RunJob() => Town.Get<SettleLinkOrders>().Run(new JobRun("points-settle-link-orders", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    /// <summary>Points at the partner and here, in the partner's: none may be lost, none come twice.</summary>
    public async Task<(long There, long Here)> Points(CitizenId citizen, string member = "member01") => (Books.PointsOf(Sora, member), await Coupons.Usable(citizen) * 2);

    public async ValueTask DisposeAsync()
    {
        await site.StopAsync();
        await site.DisposeAsync();
        await Coupons.DisposeAsync();
    }

    /// <summary>The sandbox's companies alone.</summary>
    internal static async Task<WebApplication> Start(Uri mykey, TimeProvider clock)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Partners:Site"] = mykey.ToString().TrimEnd('/');
        builder.Configuration["Partners:Books"] = "";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSandboxPages();
        builder.Services.AddPartnerParty(builder.Configuration);
        builder.Configuration["PaymentServices:Books"] = "";
        builder.Services.AddPaymentServices(builder.Configuration);
        var site = builder.Build();
        site.MapPartnerParty();
        site.MapPaymentServices();
        site.MapSandboxPages();
        await site.StartAsync();
        return site;
    }
}
