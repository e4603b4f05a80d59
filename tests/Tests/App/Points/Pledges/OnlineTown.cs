using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App.Machines;
using MyKey.App.OnlineSites;
using MyKey.App.Partners;
using MyKey.App.Pledges;
using MyKey.App.Registry;
using MyKey.App.SiteEvents;
using MyKey.Identity.Certificates;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Settings;
using MyKey.Sandbox;
using MyKey.Sandbox.Online;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Pledges;

/// <summary>Residents, operators, and the sandbox's shop and crowdfunding site as a server of its own, spoken to over HTTP; all have one clock.</summary>
public sealed class OnlineTown : IAsyncDisposable
{
    public const string Shop = OnlineParty.Shop, Fund = OnlineParty.Fund;
    private static readonly Actor Clerk = Actor.Job("town");
    private readonly WebApplication sites;
    private readonly Dictionary<string, HttpClient> machines = [];

    private OnlineTown(CouponTown coupons, WebApplication sites) => (Coupons, this.sites) = (coupons, sites);

    public CouponTown Coupons { get; }

    public Residents Town => Coupons.Town;

    public TestClock Clock => Coupons.Clock;

    public HttpClient Operator => Coupons.Operator;

    public HttpClient Second { get; private set; } = null!;

    public OnlineBooks Books => sites.Services.GetRequiredService<OnlineBooks>();

    private int Port => new Uri(sites.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public string HomeOf(string site) => $"http://{site}.localhost:{Port}";

    /// <summary>The shop sells for A市 and B町, projects are of A市. A市's points pay for what is its own; B町's anywhere in its prefecture.</summary>
    /// <param name="asShipped">A card is asked for to link a site, and for more than the day's sum without one; else both are out of the way, so that the limits of sites show.</param>
    public static async Task<OnlineTown> Open(Engine engine = Engine.Sqlite, int timeoutMs = 5_000, bool hooks = true, bool asShipped = false)
    {
        var coupons = await CouponTown.Open(engine, partner: false, settings: [$"MyKey:Partners:TimeoutMs={timeoutMs}", "MyKey:Limits:AttemptsPerMinute=10000", "MyKey:Limits:MachinePerMinute=10000"]);
        var all = new OnlineTown(coupons, await Start(coupons.Town.App.Site, coupons.Clock));
        var rules = coupons.Town.Get<SetUsageRule>();
        foreach (var kind in (string[])["online_shop", "crowdfunding"])
        {
            Assert.True((await rules.ForKind(Residents.A, kind, UsageArea.Own, Clerk)).Ok);
            Assert.True((await rules.ForKind(Residents.B, kind, UsageArea.Prefecture, Clerk)).Ok);
        }
        if (!asShipped)
        {
            await all.Set("password.day_limit", "1000000");
            await all.Set("online.link_card", "off");
        }
        await coupons.Desk.Invite("OP-002", null, Role.Operator);
        all.Second = await coupons.Desk.SignIn("operator", "OP-002");
        await all.Register(Shop, "やまびこ", "shop", hooks, Residents.A, Residents.B);
        await all.Register(Fund, "みんなの種", "crowdfunding", hooks, Residents.A);
        return all;
    }

    public WantedOnlineLogin Login(string site) =>
        new(Coupons.Today, $"{HomeOf(site)}/oauth/authorize", $"{HomeOf(site)}/oauth/token", $"{HomeOf(site)}/mykey", OnlineBooks.ClientId, OnlineBooks.ClientSecret);

    /// <summary>The system of a site, with the key that two operators gave it.</summary>
    public HttpClient Machine(string site = Shop) => machines[site];

    /// <summary>A browser whose citizen is logged in and has linked a member of a site.</summary>
    public async Task<HttpClient> Linked(string site = Shop, string id = Residents.MyKeyId, string member = "member01")
    {
        var me = await Town.LoggedIn(id);
        var answer = await me.GetAsync(await PartnerBrowser.Walk(await Go(me, site), member));
        Assert.Equal((HttpStatusCode.SeeOther, $"/my/online/link/{site}?linked=1"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        return me;
    }

    /// <summary>The address of a site's login, as MyKey leads there.</summary>
    public static async Task<Uri> Go(HttpClient me, string site)
    {
        var answer = await me.GetAsync($"/my/online/link/{site}/go");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!;
    }

    public string Token(string site = Shop, string member = "member01") => Books.LinkOf(site, member)!.Token;

    public Task<HttpResponseMessage> Place(long amount, Guid? id = null, string site = Shop, Func<WantedPledge, WantedPledge>? change = null)
    {
        var wanted = new WantedPledge(id ?? Guid.CreateVersion7(), Books.LinkOf(site, "member01")?.Token, Residents.A.Value, null, site == Shop ? "goods" : "project", amount, "S-0001", site == Shop ? null : Coupons.Today.AddDays(30));
        return Machine(site).PostAsJsonAsync("/api/v1/online/pledges", change?.Invoke(wanted) ?? wanted);
    }

    /// <returns>Id of a new pledge.</returns>
    public async Task<Guid> Held(long amount, string site = Shop) => (await CouponTown.Read<PledgeReply>(await Place(amount, site: site))).Id;

    public Task<HttpResponseMessage> Capture(Guid pledge, long amount, Guid? id = null, string site = Shop) =>
        Machine(site).PostAsJsonAsync($"/api/v1/online/pledges/{pledge}/capture", new WantedPart(id ?? Guid.CreateVersion7(), amount));

    public Task<HttpResponseMessage> Release(Guid pledge, string site = Shop) => Machine(site).PostAsync($"/api/v1/online/pledges/{pledge}/release", null);

    public Task<HttpResponseMessage> Refund(Guid pledge, long amount, Guid? id = null, string site = Shop) =>
        Machine(site).PostAsJsonAsync($"/api/v1/online/pledges/{pledge}/refunds", new WantedPart(id ?? Guid.CreateVersion7(), amount));

    public async Task<PledgeReply> Now(Guid pledge, string site = Shop) => (await Machine(site).GetFromJsonAsync<PledgeReply>($"/api/v1/online/pledges/{pledge}"))!;

    /// <summary>The token of a session that a citizen has opened with card and PIN.</summary>
    public Task<string> CardToken(CitizenId citizen)
    {
        var certificate = new AuthCertificate(new string('a', 64), "f1", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return Town.App.Database.Write(tx => Town.Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }));
    }

    /// <summary>A browser whose citizen came with the card.</summary>
    public async Task<HttpClient> ByCard(CitizenId citizen)
    {
        var client = Town.App.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-citizen={await CardToken(citizen)}");
        return client;
    }

    /// <summary>A setting of the platform.</summary>
    public async Task Set(string key, string value) => Assert.True((await Town.Get<SetSetting>().Run(new(key, SettingPlace.Platform, value, Clerk))).Ok);

    /// <summary>The next run of a job, without its wait.</summary>
    public Task<JobResult> Run<T>() where T : IJob => Town.Get<T>().Run(new JobRun(Town.Get<T>().Name, Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    public async Task MustAddUp()
    {
        await Coupons.MustAddUp();
        Assert.Null((await Town.Get<AuditPledges>().Run()).Broken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines.Values) machine.Dispose();
        await sites.StopAsync();
        await sites.DisposeAsync();
        await Coupons.DisposeAsync();
    }

    /// <summary>A company whose points are exchanged; with two operators one asks and the other agrees.</summary>
    public async Task AddPartner()
    {
        var (address, today) = ($"/api/v1/operator/partners/{CouponTown.Card}", Coupons.Today);
        await CouponTown.Read<JsonElement>(await Operator.PutAsJsonAsync(address, CouponTown.Wanted("あおばカード", "card", today)));
        await CouponTown.Agreed(await Operator.PostAsJsonAsync($"{address}/modes", new WantedMode("coupon_mail", today)), Second);
        await CouponTown.Agreed(await Operator.PostAsJsonAsync($"{address}/terms", new WantedTerms(today, 100, 100, 100, 100, 50_000)), Second);
    }

    private async Task Register(string key, string name, string kind, bool hook, params MunicipalityCode[] sells)
    {
        var address = $"/api/v1/operator/online-sites/{key}";
        await CouponTown.Read<OnlineSiteReply>(await Operator.PutAsJsonAsync(address, new WantedOnlineSite(name, kind, HomeOf(key), "見本のサイトです。", Coupons.Today)));
        await CouponTown.Agreed(await Operator.PostAsJsonAsync($"{address}/logins", Login(key)), Second);
        foreach (var code in sells) await CouponTown.Agreed(await Operator.PostAsJsonAsync($"{address}/sellers", new WantedSeller(code.Value, Coupons.Today)), Second);
        var secret = hook ? (await CouponTown.Agreed(await Operator.PostAsJsonAsync($"{address}/hook", new WantedHook($"{HomeOf(key)}/mykey/events")), Second)).GetProperty("secret").GetString() : null;
        var wanted = new WantedSiteKey(Guid.CreateVersion7(), "注文のシステム", null, 90);
        await CouponTown.Read<SiteKeyReply>(await Operator.PostAsJsonAsync($"{address}/machine-keys", wanted));
        var given = await CouponTown.Read<KeyAskedReply>(await Second.PostAsync($"/api/v1/operator/machine-keys/{wanted.Id}/approve", null));
        Books.SetUp(key, given.Key!, secret);
        machines[key] = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Town.App.Loopback, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", given.Key) } };
    }

    private static async Task<WebApplication> Start(Uri mykey, TestClock clock)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Online:Site"] = mykey.ToString().TrimEnd('/');
        builder.Configuration["Online:Books"] = "";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSandboxPages();
        builder.Services.AddOnlineParty(builder.Configuration);
        var sites = builder.Build();
        sites.MapOnlineParty();
        sites.MapSandboxPages();
        await sites.StartAsync();
        return sites;
    }
}
