using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using MyKey.App.LinkedExchange;
using MyKey.App.SignIn;
using MyKey.App.SiteEvents;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Sandbox.Partners;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.LinkedExchange.LinkTown;

namespace MyKey.Tests.App.LinkedExchange;

/// <summary>Goal: an exchange may begin on the partner's own pages; only an order that the partner has signed itself counts, once, and the partner debits first (S2-P3b).</summary>
public class PartnerOrdersTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3b_a_signed_order_is_debited_and_posted_once_into_reserved_points_or_the_base_municipality(Engine engine)
    {
        await using var town = await LinkTown.Open(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();
        using var machine = await town.Coupons.Machine(Sora);
        var id = Guid.CreateVersion7();
        var many = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Send(town, machine, id, 1_000)));
        Assert.All(many, a => Assert.True(a.IsSuccessStatusCode));
        var reply = await Read<PartnerOrderReply>(await Send(town, machine, id, 1_000));
        Assert.Equal((id, "posted", 1_000L, 500L, "200:100"), (reply.Id, reply.State, reply.Points, reply.Worth, reply.Rate));
        Assert.Equal(reply, await machine.GetFromJsonAsync<PartnerOrderReply>($"/api/v1/partner/orders/{id}"));
        Assert.Equal(4_000, town.Books.PointsOf(Sora, "member01"));
        Assert.Equal(500, (await town.Town.Get<ReservedReading>().Of(citizen)).Sum(l => l.Remaining.Value));
        Assert.Contains("そらエアーからの交換", await me.GetStringAsync("/my/reserved/history"), StringComparison.Ordinal);
        Assert.Equal("id_reused", await Code(await Send(town, machine, id, 800)));
        Assert.Equal("id_reused", await Code(await Send(town, machine, id, 1_000, "base")));

        Assert.Equal("base_account_required", await Code(await Send(town, machine, Guid.CreateVersion7(), 200, "base")));
        Assert.True((await town.Town.Get<ChangeSettings>().SetBaseMunicipality((await Session(town, citizen)), Residents.A)).Ok);
        Assert.Equal("posted", (await Read<PartnerOrderReply>(await Send(town, machine, Guid.CreateVersion7(), 200, "base"))).State);
        Assert.Equal(100, await town.Coupons.Usable(citizen));
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal([(int)ActorKind.Machine, (int)ActorKind.Machine], await connection.QueryAsync<int>("select actor_kind from log_operation where action = 'link_order.placed'"));
        await town.Coupons.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3b_a_lost_answer_is_asked_for_and_whoever_takes_the_link_away_orders_no_more(Engine engine)
    {
        await using var town = await LinkTown.Open(engine, timeoutMs: 1_500);
        var citizen = await town.Town.Resident();
        using var me = await town.Linked();
        using var machine = await town.Coupons.Machine(Sora);
        var (id, word) = (Guid.CreateVersion7(), town.Books.LinkOf(Sora, "member01")!);
        town.Books.Set(Sora, PartnerFault.Silent);
        Assert.Equal("asking", (await Read<PartnerOrderReply>(await Send(town, machine, id, 400))).State);
        town.Books.Set(Sora, PartnerFault.None);
        Assert.Equal("asking", (await Read<PartnerOrderReply>(await Send(town, machine, id, 400))).State);
        await me.DeleteAsync($"/api/v1/my/partner-links/{Sora}");
        town.Clock.Jump(TimeSpan.FromMinutes(1));
        await town.RunJob();
        Assert.Equal("posted", (await Read<PartnerOrderReply>(await Send(town, machine, id, 400, word: word))).State);
        Assert.Equal(4_600, town.Books.PointsOf(Sora, "member01"));
        Assert.Equal("link_required", await Code(await Send(town, machine, Guid.CreateVersion7(), 400, word: word)));

        // Linked anew the word is a new one; the old one stays nobody's.
        using var again = await town.Linked();
        Assert.Equal("link_required", await Code(await Send(town, machine, Guid.CreateVersion7(), 400, word: word)));
        town.Books.Set(Sora, PartnerFault.Refuses);
        var refused = Guid.CreateVersion7();
        Assert.Equal("partner_refused", await Code(await Send(town, machine, refused, 400)));
        Assert.Equal("refused", (await machine.GetFromJsonAsync<PartnerOrderReply>($"/api/v1/partner/orders/{refused}"))!.State);
        Assert.Equal(200, (await town.Town.Get<ReservedReading>().Of(citizen)).Sum(l => l.Remaining.Value));
        await town.Coupons.MustAddUp();
    }

    [Fact]
    public async Task S2_P3b_an_order_that_is_not_the_partners_own_is_refused()
    {
        await using var town = await LinkTown.Open();
        await town.Town.Resident();
        using var me = await town.Linked();
        using var machine = await town.Coupons.Machine(Sora);
        foreach (var forged in (Func<HttpRequestMessage, HttpRequestMessage>[])
        [
            r => With(r, "webhook-signature", "v1,AAAA"), r => With(r, "webhook-signature", ""), r => With(r, "webhook-id", $"{Guid.CreateVersion7()}"), r => With(r, "webhook-timestamp", "yesterday"),
            r => With(r, "webhook-timestamp", (town.Clock.NowMs() / 1_000 - 1).ToString(CultureInfo.InvariantCulture)), r => With(r, "webhook-signature", null),
            r => { r.Content = new StringContent("{}", Encoding.UTF8, "application/json"); return r; },
        ])
            Assert.Equal("partner_auth", await Code(await machine.SendAsync(forged(Signed(town, Guid.CreateVersion7(), 200)))));
        Assert.Equal("partner_auth", await Code(await machine.SendAsync(Signed(town, Guid.CreateVersion7(), 200, secret: "another-secret-0815"))));
        Assert.Equal("partner_auth", await Code(await machine.SendAsync(Signed(town, Guid.CreateVersion7(), 200, atMs: town.Clock.NowMs() - 301_000))));
        Assert.Equal(HttpStatusCode.Created, (await machine.SendAsync(Signed(town, Guid.CreateVersion7(), 200, atMs: town.Clock.NowMs() - 299_000))).StatusCode);
        using var nobody = new HttpClient { BaseAddress = town.Town.App.Loopback };
        Assert.Equal("key_unknown", await Code(await nobody.SendAsync(Signed(town, Guid.CreateVersion7(), 200))));

        // Another company has neither this one's members nor its orders.
        await town.Coupons.AddPartner();
        using var other = await town.Coupons.Machine();
        var known = Guid.CreateVersion7();
        Assert.Equal("partner_auth", await Code(await other.SendAsync(Signed(town, known, 200))));
        await Read<PartnerOrderReply>(await Send(town, machine, known, 200));
        Assert.Equal("not_found", await Code(await other.GetAsync($"/api/v1/partner/orders/{known}")));

        Assert.Equal("link_required", await Code(await Send(town, machine, Guid.CreateVersion7(), 200, word: "nobody")));
        Assert.Equal("link_required", await Code(await Send(town, machine, Guid.CreateVersion7(), 200, word: "")));
        Assert.Equal("field_unknown", await Code(await Send(town, machine, Guid.CreateVersion7(), 200, "132985")));
        Assert.Equal("exchange_min", await Code(await Send(town, machine, Guid.CreateVersion7(), 100)));
        Assert.Equal("exchange_unit", await Code(await Send(town, machine, Guid.CreateVersion7(), 250)));
        for (var rest = 2; rest > 0; rest--) await Read<PartnerOrderReply>(await Send(town, machine, Guid.CreateVersion7(), 2_000));
        Assert.Equal("partner_points_short", await Code(await Send(town, machine, Guid.CreateVersion7(), 2_000)));
        Assert.Equal("body_unreadable", await Code(await machine.SendAsync(Signed(town, Guid.CreateVersion7(), 200, body: "{\"points\":"))));
        Assert.Equal("body_unreadable", await Code(await machine.SendAsync(Signed(town, Guid.CreateVersion7(), 200, body: "{\"points\":1}"))));
        await town.Operator.PostAsJsonAsync($"/api/v1/operator/citizens/{Residents.MyKeyId}/suspend", new ReasonRequest("漏えいの知らせ"));
        Assert.Contains(await Code(await Send(town, machine, Guid.CreateVersion7(), 200)), (string[])["id_suspended", "link_required"]);
        await town.Coupons.MustAddUp();
    }

    private static Task<HttpResponseMessage> Send(LinkTown town, HttpClient machine, Guid id, long points, string to = "reserved", string? word = null) => machine.SendAsync(Signed(town, id, points, to, word));

    internal static HttpRequestMessage Signed(LinkTown town, Guid id, long points, string to = "reserved", string? word = null, string secret = PartnerBooks.ClientSecret, long? atMs = null, string? body = null)
    {
        body ??= JsonSerializer.Serialize(new { id, link = word ?? town.Books.LinkOf(Sora, "member01"), points, to });
        var timestamp = ((atMs ?? town.Clock.NowMs()) / 1_000).ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/partner/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id.ToString());
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,older {SignEvent.Signature(Encoding.ASCII.GetBytes(secret), id.ToString(), timestamp, body)}");
        return request;
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string header, string? value)
    {
        request.Headers.Remove(header);
        if (value is not null) request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }

    private static async Task<Session> Session(LinkTown town, CitizenId citizen)
    {
        var sessions = town.Town.Get<OpenSessions>();
        var token = await town.Town.App.Database.Write(tx => sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A2) { Citizen = citizen }));
        return (await sessions.Find(token, SessionKind.Citizen)).Value;
    }
}
