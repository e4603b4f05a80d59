using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.Pledges;
using MyKey.App.Proposals;
using MyKey.App.SignIn;
using MyKey.App.SiteEvents;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Online;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.Pledges.OnlineTown;

namespace MyKey.Tests.App.SiteEvents;

/// <summary>Goal: a site hears once of what it did not do itself, knows that it is from us, and what it does not hear is seen (group M).</summary>
public class SiteEventsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_13a_Z2_ends_by_time_by_an_operator_and_by_a_link_taken_away_are_told_until_they_are_heard(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine, timeoutMs: 1_500);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 3_000, 100);
        using var me = await town.Linked();
        var (expires, given, paid) = (await town.Held(100), await town.Held(200), await town.Held(300));
        await Read<PledgeReply>(await town.Capture(paid, 300));
        var all = await town.Operator.GetFromJsonAsync<List<SitePledgeReply>>($"/api/v1/operator/online-sites/{Shop}/pledges");
        Guid Number(Guid pledge) => all!.Single(p => p.Pledge.Id == pledge).Number;
        var refund = new EndPledgeRequest(Guid.CreateVersion7(), 50, "お店と話した");
        Assert.Equal("field_required", await Code(await End(given, refund with { Reason = " " })));
        Assert.Equal("refund_exceeds", await Code(await End(paid, refund with { Amount = 301 })));
        Assert.Equal("login_required", await Code(await me.PostAsJsonAsync($"/api/v1/operator/pledges/{Number(given)}/end", refund)));
        Assert.Equal(("released", "staff"), await End(given, refund) is var released && await Read<PledgeReply>(released) is var r ? (r.State, r.Reason) : default);
        Assert.Equal(50, (await Read<PledgeReply>(await End(paid, refund))).Refunded);
        Assert.Equal(50, (await Read<PledgeReply>(await End(paid, refund))).Refunded);

        town.Books.Set(Shop, OnlineFault.Deaf);
        for (var tried = 0; tried < 3; tried++)
        {
            Assert.StartsWith("heard 0", (await town.Run<SendSiteEvents>()).Text, StringComparison.Ordinal);
            town.Clock.Jump(TimeSpan.FromMinutes(1));
        }
        var unheard = (await town.Operator.GetFromJsonAsync<List<UnheardReply>>("/api/v1/operator/site-events"))!;
        Assert.Equal([("pledge.refunded", "waiting", 3, "HTTP 503"), ("pledge.released", "waiting", 3, "HTTP 503")], unheard.Select(u => (u.Type, u.State, u.Tries, u.Answer)).Order());
        Assert.Contains("サイトへの知らせが2件", await town.Operator.GetStringAsync("/operator"), StringComparison.Ordinal);
        Assert.Contains("もう一度送る", await town.Operator.GetStringAsync("/operator/site-events"), StringComparison.Ordinal);
        town.Books.Set(Shop, OnlineFault.None);
        Assert.Equal("waiting", (await Read<UnheardReply>(await town.Operator.PostAsync($"/api/v1/operator/site-events/{unheard[0].Id}/send", null))).State);
        town.Clock.Jump(TimeSpan.FromMinutes(5));
        Assert.Equal("heard 2 of 2", (await town.Run<SendSiteEvents>()).Text);
        Assert.Equal("heard 0 of 0", (await town.Run<SendSiteEvents>()).Text);
        Assert.Equal("not_found", await Code(await town.Operator.PostAsync($"/api/v1/operator/site-events/{unheard[0].Id}/send", null)));

        town.Clock.Jump(TimeSpan.FromDays(8));
        await town.Run<ReleasePledges>();
        await me.DeleteAsync($"/api/v1/my/online-links/{Shop}");
        using var again = await town.Town.LoggedIn();
        await again.DeleteAsync($"/api/v1/my/online-links/{Shop}");
        await town.Run<SendSiteEvents>();
        Assert.Equal(["link.removed", "pledge.refunded", "pledge.released", "pledge.released"], town.Books.Events.Select(e => e.Type).Order());
        Assert.Contains(town.Books.Events, e => e.Data.Contains(expires.ToString(), StringComparison.Ordinal) && e.Data.Contains("expired", StringComparison.Ordinal));
        Assert.Null(town.Books.LinkOf(Shop, "member01"));
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(["お店と話した", "お店と話した"], await connection.QueryAsync<string>("select reason from log_operation where action in ('pledge.released', 'pledge.refunded') order by time_ms, id"));
        await town.MustAddUp();

        async Task<HttpResponseMessage> End(Guid pledge, EndPledgeRequest request) => await town.Operator.PostAsJsonAsync($"/api/v1/operator/pledges/{Number(pledge)}/end", request);
    }

    [Fact]
    public async Task Z2_the_secret_is_shown_once_changes_over_within_a_day_and_a_message_that_was_changed_or_is_old_is_not_believed()
    {
        await using var town = await OnlineTown.Open();
        var message = new SiteEvent(Guid.CreateVersion7(), (await town.Town.Get<OnlineSiteCache>().View()).Find(Shop)!.Id, "link.removed", "{\"id\":\"x\",\"type\":\"link.removed\",\"data\":{\"link\":\"00000000-0000-0000-0000-000000000001\"}}", 0, SiteEventState.Waiting, 0, 0, "");
        var old = town.Books.HookOf(Shop)!;
        var renewed = (await Agreed(await town.Operator.PostAsJsonAsync($"/api/v1/operator/online-sites/{Shop}/hook", new WantedHook($"{town.HomeOf(Shop)}/mykey/events")), town.Second)).Deserialize<OnceShown>(JsonSerializerOptions.Web)!;
        Assert.Equal(2, renewed.KeyNo);
        var signed = await town.Town.Get<SignEvent>().Run(message, CancellationToken.None);
        Assert.Equal("2 1", signed.Keys);
        Assert.Equal(HttpStatusCode.NoContent, await Send(signed, message.Body));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(signed, message.Body + " "));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(signed with { Id = Guid.NewGuid().ToString() }, message.Body));
        town.Clock.Jump(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(signed, message.Body));
        town.Clock.Jump(TimeSpan.FromDays(1));
        signed = await town.Town.Get<SignEvent>().Run(message, CancellationToken.None);
        Assert.Equal("2", signed.Keys);
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(signed, message.Body));
        town.Books.SetUp(Shop, town.Books.KeyOf(Shop)!, renewed.Secret);
        Assert.Equal(HttpStatusCode.NoContent, await Send(signed, message.Body));
        // The example of the Standard Webhooks.
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignEvent.Signature(Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}"));
        using var desk = await town.Coupons.Desk.SignIn("operator", "OP-001");
        Assert.DoesNotContain(renewed.Secret, await desk.GetStringAsync($"/operator/online-sites/{Shop}") + await desk.GetStringAsync("/api/v1/operator/online-sites") + await desk.GetStringAsync($"/operator/online-sites/{Shop}/hook"), StringComparison.Ordinal);
        Assert.NotEqual(old, renewed.Secret);

        async Task<HttpStatusCode> Send(SignedHeaders headers, string body)
        {
            using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = TestApp.ToThisMachine });
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{town.HomeOf(Shop)}/mykey/events") { Content = new StringContent(body) };
            request.Headers.Add("webhook-id", headers.Id);
            request.Headers.Add("webhook-timestamp", headers.Timestamp);
            request.Headers.Add("webhook-signature", headers.Signature);
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    [Theory]
    [InlineData(0, 204, SiteEventState.Sent, 0)]
    [InlineData(0, 503, SiteEventState.Waiting, 5_000)]
    [InlineData(0, 302, SiteEventState.Waiting, 5_000)]
    [InlineData(3, null, SiteEventState.Waiting, 40_000)]
    [InlineData(20, null, SiteEventState.Waiting, 3_600_000)]
    [InlineData(29, 500, SiteEventState.Stuck, 3_600_000)]
    public void Z2_what_a_try_makes_of_a_message(int tries, int? status, SiteEventState state, long waits)
    {
        var next = SendSiteEvents.Next(new SiteEvent(Guid.NewGuid(), default, "link.removed", "{}", 0, SiteEventState.Waiting, 0, tries, ""), status, 0);

        Assert.Equal((state, waits, tries + 1), (next.State, next.NextMs, next.Tries));
    }
}
