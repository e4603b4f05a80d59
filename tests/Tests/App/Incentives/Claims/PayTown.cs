using System.Net.Http.Json;
using MyKey.App.Claims;
using MyKey.App.Entitlements;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.PaymentServices;

namespace MyKey.Tests.App.Claims;

/// <summary>Residents with entitlements, an operator of the platform, and the sandbox's payment services over HTTP; both sides have one clock.</summary>
public sealed class PayTown : IAsyncDisposable
{
    private PayTown(CouponTown coupons, PaySite site, ProgrammeId programme) => (Coupons, Site, Programme) = (coupons, site, programme);

    public CouponTown Coupons { get; }

    public PaySite Site { get; }

    public ProgrammeId Programme { get; }

    public Residents Town => Coupons.Town;

    public ServiceBooks Books => Site.Books;

    public PaymentServiceId Midori { get; } = new(Guid.CreateVersion7());

    public PaymentServiceId Sora { get; } = new(Guid.CreateVersion7());

    public static async Task<PayTown> Open(Engine engine = Engine.Sqlite, int timeoutMs = 5_000)
    {
        var coupons = await CouponTown.Open(engine, partner: false, settings: [$"MyKey:Partners:TimeoutMs={timeoutMs}", "MyKey:Limits:AttemptsPerMinute=10000"]);
        var all = new PayTown(coupons, await PaySite.Start(coupons.Clock), Ids.New<ProgrammeId>(coupons.Clock));
        Assert.True((await all.Town.Get<OpenProgramme>().Run(new(all.Programme, Residents.A, "子育て応援", GrantKind.Activity, coupons.Today, coupons.Today.AddDays(90), Actor.Job("test")))).Ok);
        Assert.True((await all.Town.App.Database.WriteOrRefuse(tx => all.Town.Get<Limits>().SetTotal(tx, LimitId.Budget(all.Programme), new Points(1_000_000)))).Ok);
        foreach (var (id, key, name, use) in new[] { (all.Midori, "midori", "みどりペイ", "direct"), (all.Sora, "sora", "そらカード", "exchange") })
        {
            await CouponTown.Read<PaymentServiceReply>(await all.Save(id, key, name, use));
            await CouponTown.Read<ServiceStartReply>(await all.Start(id, coupons.Today));
        }
        return all;
    }

    public Task<HttpResponseMessage> Save(PaymentServiceId id, string key, string name, string use, string? secret = ServiceBooks.ClientSecret, string state = "on") => Coupons.Operator.PutAsJsonAsync(
        $"/api/v1/operator/payment-services/{id.Value}", new PaymentServiceRequest(name, use, "0120-000-000", Site.PageOf(key), true, Site.ApiOf(key), ServiceBooks.ClientId, secret, state));

    public Task<HttpResponseMessage> Start(PaymentServiceId id, DateOnly from, DateOnly? until = null) =>
        Coupons.Operator.PutAsJsonAsync($"/api/v1/operator/payment-services/{id.Value}/municipalities/{Residents.A.Value}", new ServiceStartRequest(from, until));

    /// <summary>Somebody who is there with card and PIN.</summary>
    public async Task<(CitizenId Id, Session Session)> Citizen(int number = 1)
    {
        var (token, id) = await Town.CardSession($"MY{100_000 + number}", number);
        return (id, (await Town.Get<OpenSessions>().Find(token, SessionKind.Citizen)).Value);
    }

    public Task<Result<PaymentAccount>> Add((CitizenId Id, Session Session) who, PaymentServiceId service, int member, string? code = null)
    {
        Coupons.Clock.Jump(TimeSpan.FromMilliseconds(1));   // so that they have an order
        return Town.Get<MyPaymentAccounts>().Add(who.Session, who.Id, new TypedAccount(service.Value, ServiceBooks.Member(member).Id, code ?? ServiceBooks.Member(member).Code));
    }

    public async Task<string> Account((CitizenId Id, Session Session) who, PaymentServiceId service, int member) => (await Add(who, service, member)).Value.Id.ToString("N");

    public async Task<TransferId> Entitle(CitizenId citizen, long amount)
    {
        var clock = Coupons.Clock;
        var granted = new Entitlement(Ids.New<TransferId>(clock), citizen, Programme, Residents.A, new Points(amount), clock.NowMs(), clock.Today().AddDays(60));
        Assert.Null((await Town.Get<GrantEntitlement>().Run(granted, Actor.Job("test"), [])).Refused);
        return granted.Id;
    }

    public Task<Result<Claim>> Claim(CitizenId citizen, TransferId grant, string? to, Fallback fallback = Fallback.None, Guid? asked = null, long? points = null) =>
        Town.Get<PlaceClaim>().Run(citizen, asked ?? Guid.CreateVersion7(), new WantedClaim(grant, to, fallback, points));

    public async Task<Claim> Now(Claim claim) => (await Town.Get<ClaimRows>().Find(claim.Citizen, claim.Id))!;

    public async Task<long> Open(CitizenId citizen) => (await Town.Get<EntitlementReading>().Of(citizen, Coupons.Today)).Sum(o => o.Amount.Value);

    /// <summary>Not received, as points of the municipality, and at the services: none may be lost, none come twice.</summary>
    public async Task<(long Open, long Here, long There)> Points(CitizenId citizen) => (await Open(citizen), await Coupons.Usable(citizen), Books.Held("midori") + Books.Held("sora"));

    /// <summary>The next run of the job, without its wait.</summary>
    public Task<JobResult> RunJob() => Town.Get<SettleClaims>().Run(new JobRun(SettleClaims.JobName, Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    public async Task MustAddUp()
    {
        Assert.Null((await Town.Get<AuditClaims>().Run()).Broken);
        await Coupons.MustAddUp();
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Coupons.DisposeAsync();
    }
}
