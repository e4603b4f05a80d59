using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Claims;
using MyKey.App.Machines;
using MyKey.App.PaymentServices;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Claims;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.PaymentServices;

/// <summary>Goal: who pays points out is set by two operators, started by each municipality, and told to everybody.</summary>
public class PaymentServicesTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_S1_02_S3_18_a_service_is_proposed_by_one_and_approved_by_another_and_then_listed(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var other = await town.Coupons.Other();
        var id = new PaymentServiceId(Guid.CreateVersion7());

        var asked = await town.Save(id, "ame", "あめペイ", "exchange");
        Assert.NotNull((await Read<PaymentServiceReply>(await town.Save(id, "ame", "あめペイ", "exchange"))).Proposal);
        using var anybody = town.Town.App.Client();
        Assert.Equal(["そらカード", "みどりペイ"], await Names(anybody, ""));
        await Agreed(asked, other);

        Assert.Equal(["あめペイ", "そらカード", "みどりペイ"], await Names(anybody, ""));
        Assert.Equal(["あめペイ", "みどりペイ"], await Names(anybody, "?q=ペイ"));
        var page = await anybody.GetStringAsync("/payment-services?q=あめ");
        Assert.Contains("0120-000-000", page, StringComparison.Ordinal);
        Assert.DoesNotContain("みどりペイ", page, StringComparison.Ordinal);
        Assert.Contains("サービスの画面で交換してから使います", await anybody.GetStringAsync($"/payment-services/{id.Value}"), StringComparison.Ordinal);
        // To switch it off holds at once.
        Assert.Null((await Read<PaymentServiceReply>(await town.Save(id, "ame", "あめペイ", "exchange", secret: null, state: "off"))).Proposal);
        Assert.Equal(["そらカード", "みどりペイ"], await Names(anybody, ""));
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync($"/payment-services/{id.Value}")).StatusCode);
        Assert.Equal("number_format", await Code(await town.Save(new PaymentServiceId(Guid.CreateVersion7()), "ame", "短い", "direct", secret: "too-short")));
        Assert.Equal("field_unknown", await Code(await town.Save(new PaymentServiceId(Guid.CreateVersion7()), "ame", "使い方", "both")));
        Assert.Equal("address_format", await Code(await town.Coupons.Operator.PutAsJsonAsync($"/api/v1/operator/payment-services/{Guid.CreateVersion7()}",
            new PaymentServiceRequest("外", "direct", "0120-000-000", "http://pay.example/", true, "https://pay.example/api", "mykey", ServiceBooks.ClientSecret))));
    }

    [Fact]
    public async Task S1_36_S1_41_an_office_says_from_when_a_service_can_be_chosen()
    {
        await using var town = await PayTown.Open();
        using var office = await town.Coupons.Desk.Officer("A-001", Residents.A, Role.Officer);
        var start = town.Coupons.Today.AddDays(10);
        var address = $"/api/v1/office/payment-services/{town.Midori.Value}";

        Assert.Equal((Residents.A.Value, start, null), Of(await Read<ServiceStartReply>(await office.PutAsJsonAsync(address, new ServiceStartRequest(start)))));
        Assert.Equal("period_format", await Code(await office.PutAsJsonAsync(address, new ServiceStartRequest(start, start.AddDays(-1)))));
        Assert.Equal("not_found", await Code(await office.PutAsJsonAsync($"/api/v1/office/payment-services/{Guid.NewGuid()}", new ServiceStartRequest(start))));
        using var anybody = town.Town.App.Client();
        Assert.Contains("開始前です", await anybody.GetStringAsync($"/payment-services/{town.Midori.Value}"), StringComparison.Ordinal);
        Assert.Contains("みどりペイ", await office.GetStringAsync("/office/payment-services"), StringComparison.Ordinal);
        Assert.Contains("みどりペイ", await town.Coupons.Operator.GetStringAsync("/operator/payment-services"), StringComparison.Ordinal);

        static (string, DateOnly, DateOnly?) Of(ServiceStartReply reply) => (reply.Municipality, reply.From, reply.Until);
    }

    [Fact]
    public async Task S1_40_a_service_reads_its_own_orders_with_its_key_and_nobody_elses()
    {
        await using var town = await PayTown.Open();
        var me = await town.Citizen();
        var claim = (await town.Claim(me.Id, await town.Entitle(me.Id, 300), await town.Account(me, town.Midori, 1))).Value;
        using var midori = await Machine(town, town.Midori);
        using var sora = await Machine(town, town.Sora);

        var orders = (await midori.GetFromJsonAsync<List<ServiceOrderReply>>("/api/v1/payment-service/orders"))!;
        Assert.Equal([(claim.Id.Value, 300L, "granted")], orders.Select(o => (o.Id, o.Points, o.State)));
        Assert.Equal(orders[0], await midori.GetFromJsonAsync<ServiceOrderReply>($"/api/v1/payment-service/orders/{claim.Id.Value}"));
        Assert.Empty((await midori.GetFromJsonAsync<List<ServiceOrderReply>>($"/api/v1/payment-service/orders?since={town.Coupons.Clock.NowMs() + 1}"))!);
        Assert.Empty((await sora.GetFromJsonAsync<List<ServiceOrderReply>>("/api/v1/payment-service/orders"))!);
        Assert.Equal("not_found", await Code(await sora.GetAsync($"/api/v1/payment-service/orders/{claim.Id.Value}")));
        using var nobody = new HttpClient { BaseAddress = town.Town.App.Loopback };
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/v1/payment-service/orders")).StatusCode);
    }

    [Fact]
    public async Task S1_40_V_D1_the_page_of_a_service_asks_for_its_key_and_shows_it()
    {
        await using var town = await PayTown.Open();
        var (me, path) = (town.Coupons.Operator, $"/operator/payment-services/{town.Midori.Value}");
        Assert.DoesNotContain("注文を読むシステム", await me.GetStringAsync(path), StringComparison.Ordinal);
        var asked = Guid.CreateVersion7();
        var answer = await town.Town.Send(me, $"{path}/keys", ("Id", asked.ToString()), ("Label", "注文を読むシステム"), ("Networks", "192.0.2.0/24"), ("Days", "90"));
        Assert.Equal($"{path}?saved=key", answer.Headers.Location?.OriginalString);
        Assert.Contains("ほかの運用者の承認を待っています", await me.GetStringAsync($"{path}?saved=key"), StringComparison.Ordinal);
        var given = await Read<KeyAskedReply>(await (await town.Coupons.Other()).PostAsync($"/api/v1/operator/machine-keys/{asked}/approve", null));
        Assert.NotNull(given.Key);
        Assert.Contains("注文を読むシステム", await me.GetStringAsync(path), StringComparison.Ordinal);
        Assert.DoesNotContain("注文を読むシステム", await me.GetStringAsync($"/operator/payment-services/{town.Sora.Value}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await me.GetAsync($"/operator/payment-services/{Guid.NewGuid()}/keys")).StatusCode);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_S1_40_the_secret_before_the_last_change_counts_for_a_day_in_both_directions(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var to = await town.Account(me, town.Midori, 1);
        town.Books.Set("midori", ServiceFault.Late);
        var claim = (await town.Claim(me.Id, await town.Entitle(me.Id, 700), to)).Value;
        var granted = town.Books.End("midori", claim.Id.Value, null)!;
        town.Books.Set("midori", ServiceFault.None);
        await Read<PaymentServiceReply>(await town.Save(town.Midori, "midori", "みどりペイ", "direct", secret: "another-secret-of-twenty-four"));
        // What is changed besides leaves the hours as they are.
        await Read<PaymentServiceReply>(await town.Save(town.Midori, "midori", "みどりペイ", "exchange", secret: null));

        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, await town.Entitle(me.Id, 100), to)).Value.State);
        town.Coupons.Clock.Jump(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.True((await town.Add(me, town.Midori, 2)).Ok);
        Assert.Equal("granted", (await Read<ServiceOrderReply>(await ServiceParty.Tell(town.Town.App.Loopback, claim.Id.Value, granted, town.Coupons.Clock.NowMs()))).State);
        town.Coupons.Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Equal("service_silent", (await town.Add(me, town.Midori, 3)).Refused?.Code);
        Assert.Equal("partner_auth", await Code(await ServiceParty.Tell(town.Town.App.Loopback, claim.Id.Value, granted, town.Coupons.Clock.NowMs())));
        await town.Town.Get<ForgetPaymentSecrets>().Run(new JobRun("incentives-forget-payment-secrets", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from inc_payment_service where older_secret is not null"));
    }

    private static async Task<HttpClient> Machine(PayTown town, PaymentServiceId service)
    {
        var wanted = new WantedServiceKey(Guid.CreateVersion7(), "決済のシステム", null, 90);
        await Read<KeyAskedReply>(await town.Coupons.Operator.PostAsJsonAsync($"/api/v1/operator/payment-services/{service.Value}/machine-keys", wanted));
        var given = await Read<KeyAskedReply>(await (await town.Coupons.Other()).PostAsync($"/api/v1/operator/machine-keys/{wanted.Id}/approve", null));
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = town.Town.App.Loopback };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", given.Key);
        return client;
    }

    private static async Task<IEnumerable<string>> Names(HttpClient client, string query) => (await client.GetFromJsonAsync<List<ListedServiceReply>>($"/api/v1/payment-services{query}"))!.Select(s => s.Name);
}
