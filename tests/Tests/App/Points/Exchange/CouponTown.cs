using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Exchange;
using MyKey.App.Machines;
using MyKey.App.Partners;
using MyKey.App.Proposals;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Exchange;

/// <summary>Residents, an operator, and partner companies that bring coupons; the clock stands at noon of 2017-12-15 until a test moves it.</summary>
public sealed class CouponTown : IAsyncDisposable
{
    public const string Card = "aoba-card", Air = "sora-air";

    private CouponTown(Residents town, TestClock clock, StaffDesk desk, HttpClient platform) => (Town, Clock, Desk, Operator) = (town, clock, desk, platform);

    public Residents Town { get; }

    public TestClock Clock { get; }

    public StaffDesk Desk { get; }

    public HttpClient Operator { get; }

    public DateOnly Today => Clock.Today();

    public static async Task<CouponTown> Open(Engine engine = Engine.Sqlite, bool partner = true, string[]? settings = null)
    {
        var clock = new TestClock();
        var town = await Residents.Start(engine, builder => builder.Services.AddSingleton<TimeProvider>(clock), settings);
        var desk = new StaffDesk(town.App);
        var all = new CouponTown(town, clock, desk, await desk.Operator());
        if (partner) await all.AddPartner();
        return all;
    }

    /// <summary>A company with coupons by mail, 100 of its points are 100, from 100 on in hundreds up to 50,000, round the clock.</summary>
    public async Task AddPartner(string key = Card, string name = "あおばカード", string category = "card", DateOnly? from = null, WantedTerms? terms = null, string mode = "coupon_mail")
    {
        var day = from ?? Today;
        await Ok(Operator.PutAsJsonAsync($"/api/v1/operator/partners/{key}", Wanted(name, category, day)));
        await Ok(Operator.PostAsJsonAsync($"/api/v1/operator/partners/{key}/modes", new WantedMode(mode, day)));
        await Ok(Operator.PostAsJsonAsync($"/api/v1/operator/partners/{key}/terms", terms ?? new WantedTerms(day, 100, 100, 100, 100, 50_000)));
    }

    public static WantedPartner Wanted(string name, string category, DateOnly from, DateOnly? until = null) =>
        new(name, name, category, "https://partner.example/help", "https://partner.example/exchange", from, until);

    /// <summary>The system of a partner, with a key that two operators gave it.</summary>
    public async Task<HttpClient> Machine(string partner = Card)
    {
        var wanted = new WantedPartnerKey(Guid.CreateVersion7(), "クーポンのシステム", null, 90);
        await Ok(Operator.PostAsJsonAsync($"/api/v1/operator/partners/{partner}/machine-keys", wanted));
        var given = await Read<KeyAskedReply>(await (await Other()).PostAsync($"/api/v1/operator/machine-keys/{wanted.Id}/approve", null));
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Town.App.Loopback };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", given.Key);
        return client;
    }

    /// <summary>Brings codes worth so many of the partner's points each.</summary>
    public async Task<CouponBatchReply> Bring(HttpClient machine, long points, params string[] codes) =>
        await Read<CouponBatchReply>(await Send(machine, Csv(codes.Select(c => (c, points, Today.AddDays(30))))));

    public static byte[] Csv(IEnumerable<(string Code, long Points, DateOnly Expires)> rows) =>
        Encoding.UTF8.GetBytes("コード,ポイント,期限\n" + string.Concat(rows.Select(r => $"{r.Code},{r.Points},{r.Expires:yyyy-MM-dd}\n")));

    public static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    public static async Task<HttpResponseMessage> Send(HttpClient machine, byte[] file, string? hash = null)
    {
        using var content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await machine.PutAsync($"/api/v1/partner/coupon-batches/{hash ?? Hash(file)}", content);
    }

    public static Task<HttpResponseMessage> Swap(HttpClient citizen, string[] codes, Guid? id = null, MunicipalityCode? town = null) =>
        citizen.PostAsJsonAsync("/api/v1/my/exchanges", new ExchangeRequest(id ?? Guid.CreateVersion7(), (town ?? Residents.A).Value, codes));

    public async Task<long> Usable(CitizenId citizen, MunicipalityCode? issuer = null) =>
        (await Town.Get<LedgerReading>().Holdings(citizen, Today)).Where(h => h.Issuer == (issuer ?? Residents.A)).Sum(h => h.Usable.Value);

    public async Task MustAddUp() => Assert.Null((await Town.Get<Audit>().Run()).Broken);

    public static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    /// <summary>What one operator asked for, looked at and approved by another where it waits.</summary>
    /// <returns>The answer to the approval; what holds already, as it was answered.</returns>
    public static async Task<JsonElement> Agreed(HttpResponseMessage answer, HttpClient other)
    {
        var asked = await Read<JsonElement>(answer);
        if (asked.GetProperty("proposal").ValueKind == JsonValueKind.Null) return asked;
        var address = $"/api/v1/operator/proposals/{asked.GetProperty("proposal").GetGuid()}";
        var seen = (await other.GetFromJsonAsync<ProposalReply>(address))!;
        return await Read<JsonElement>(await other.PostAsJsonAsync($"{address}/approve", new ApprovalRequest(seen.Hash)));
    }

    /// <summary>The second operator of the platform, signed in.</summary>
    public async Task<HttpClient> Other() => second ??= await Second();

    public static async Task<string> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

    public ValueTask DisposeAsync() => Town.DisposeAsync();

    private HttpClient? second;

    private async Task<HttpClient> Second()
    {
        await Desk.Invite("OP-002", null, Role.Operator);
        return await Desk.SignIn("operator", "OP-002");
    }

    private static async Task Ok(Task<HttpResponseMessage> answer)
    {
        var got = await answer;
        Assert.True(got.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await got.Content.ReadAsStringAsync());
    }
}
