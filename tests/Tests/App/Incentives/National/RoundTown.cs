using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MyKey.App.Machines;
using MyKey.App.National;
using MyKey.App.PaymentServices;
using MyKey.Identity.Certificates;
using MyKey.Identity.Challenges;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.Claims;
using MyKey.Tests.App.Exchange;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.National;

/// <summary>A round of the national Mynapoint with two services of the sandbox, and people who have accounts there; the clock stands at noon of 2017-12-15.</summary>
public sealed class RoundTown : IAsyncDisposable
{
    private readonly Dictionary<PaymentServiceId, HttpClient> machines = [];

    private RoundTown(PayTown pay) => Pay = pay;

    public PayTown Pay { get; }

    public CouponTown Coupons => Pay.Coupons;

    public ProgrammeId Round { get; } = new(Guid.CreateVersion7());

    public DateOnly Today => Coupons.Today;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RoundTown> Open(Engine engine = Engine.Sqlite, long budget = 1_000_000)
    {
        var town = new RoundTown(await PayTown.Open(engine));
        await Read<RoundSavedReply>(await town.Save(town.Wanted(budget)));
        return town;
    }

    public T Get<T>() where T : notnull => Pay.Town.Get<T>();

    /// <summary>25 % of charges and purchases, 5,000 at most, for some months.</summary>
    public RoundRequest Wanted(long budget = 1_000_000) => new("マイナポイント第1弾", Today, Today.AddDays(100), Today.AddDays(-5), Today.AddDays(200), 25, 5_000, "both", budget,
        [new(Pay.Midori.Value, Today), new(Pay.Sora.Value, Today.AddDays(10))]);

    public Task<HttpResponseMessage> Save(RoundRequest wanted, Guid? id = null, HttpClient? by = null) => (by ?? Coupons.Operator).PutAsJsonAsync($"/api/v1/operator/mynapoint/{id ?? Round.Value}", wanted);

    /// <summary>Somebody with a registered account who has chosen it.</summary>
    public async Task<(CitizenId Id, Session Session, Choice Choice)> Chosen(int number = 1, PaymentServiceId? service = null)
    {
        var who = await Pay.Citizen(number);
        var account = (await Pay.Add(who, service ?? Pay.Midori, number)).Value;
        return (who.Id, who.Session, (await Choose(who.Id, account.Id, number)).Value);
    }

    public Task<Result<Choice>> Choose(CitizenId? citizen, Guid account, int number, Guid? id = null, bool atCounter = false, CitizenId? signed = null, ProgrammeId? round = null) =>
        Get<ApplyForRound>().Run(citizen, Proof(new RoundWish(signed ?? citizen ?? new CitizenId(Guid.NewGuid()), round ?? Round, account, id ?? Guid.CreateVersion7()), number), atCounter, Stop);

    /// <summary>The answer of the card with that number.</summary>
    public static CardProof Proof(RoundWish wish, int number, Purpose? purpose = null)
    {
        var certificate = new AuthCertificate(new string('a', 64), $"{number:x}", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return new CardProof(Ids.NewRandom<ChallengeId>(), certificate, purpose ?? Purpose.Apply, [new(DetailLabel.Programme, "回"), new(DetailLabel.Receive, "5,000ポイントまで")], wish.Binding, null);
    }

    /// <summary>The system of a service, with a key that two operators gave it.</summary>
    public async Task<HttpClient> Machine(PaymentServiceId? of = null)
    {
        var service = of ?? Pay.Midori;
        if (machines.TryGetValue(service, out var known)) return known;
        var wanted = new WantedServiceKey(Guid.CreateVersion7(), "付与のシステム", null, 90);
        await Read<JsonElement>(await Coupons.Operator.PostAsJsonAsync($"/api/v1/operator/payment-services/{service.Value}/machine-keys", wanted));
        var given = await Read<KeyAskedReply>(await (await Coupons.Other()).PostAsync($"/api/v1/operator/machine-keys/{wanted.Id}/approve", null));
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Pay.Town.App.Loopback };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", given.Key);
        return machines[service] = client;
    }

    public PremiumRequest Purchase(string id, long amount, int member = 1, DateOnly? day = null, string kind = "purchase") =>
        new(id, kind, $"{day ?? Today:yyyy-MM-dd}", amount, Number: MyKey.Sandbox.PaymentServices.ServiceBooks.Member(member).Id);

    public async Task<HttpResponseMessage> Report(PremiumRequest request, PaymentServiceId? of = null) => await (await Machine(of)).PostAsJsonAsync("/api/v1/payment-service/premiums", request);

    public async Task<PremiumReply> Reported(PremiumRequest request) => await Read<PremiumReply>(await Report(request));

    public static byte[] Csv(IEnumerable<string> lines, string header = "eventId,number,kind,amount,at,reverses") => Encoding.UTF8.GetBytes(header + "\n" + string.Concat(lines.Select(l => l + "\n")));

    public async Task<HttpResponseMessage> Send(byte[] file, string path, HttpMethod? method = null)
    {
        using var content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        using var request = new HttpRequestMessage(method ?? HttpMethod.Put, path) { Content = content };
        return await (await Machine()).SendAsync(request, Stop);
    }

    public Task<HttpResponseMessage> SendFile(byte[] file, string? hash = null) => Send(file, $"/api/v1/payment-service/premium-files/{hash ?? Hash(file)}");

    public async Task<PremiumFileReply> FileNow(byte[] file) => await Read<PremiumFileReply>(await (await Machine()).GetAsync($"/api/v1/payment-service/premium-files/{Hash(file)}"));

    public Task<JobResult> RunJob() => Get<PostPremiumFiles>().Run(new JobRun("incentives-post-premiums", Guid.NewGuid(), 1, long.MaxValue), Stop);

    public async Task<long> Given(Choice choice) => (await Get<PremiumReading>().Given(choice.Holder, Stop)).Value;

    public async Task MustAddUp()
    {
        Assert.Null((await Get<AuditPremiums>().Run(Stop)).Broken);
        await Pay.MustAddUp();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines.Values) machine.Dispose();
        await Pay.DisposeAsync();
    }
}
