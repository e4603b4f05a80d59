using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Claims;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Claims;

/// <summary>Goal: what was granted is received whole and once, by a payment service or as points, or is unclaimed again, whatever goes wrong in between (group S).</summary>
public class ClaimsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_42a_S1_37_S1_35b_S1_S3_K_25_it_is_received_once_by_a_service_or_as_points(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var (first, second) = (await town.Entitle(me.Id, 3_000), await town.Entitle(me.Id, 500));
        var to = await town.Account(me, town.Midori, 1);
        var asked = Guid.CreateVersion7();

        Assert.Equal("field_required", (await town.Claim(me.Id, second, null)).Refused?.Code);
        Assert.Equal("split_forbidden", (await town.Claim(me.Id, second, to, points: 499)).Refused?.Code);
        Assert.Equal("not_found", (await town.Claim((await town.Citizen(2)).Id, second, to)).Refused?.Code);
        var claim = (await town.Claim(me.Id, second, to, asked: asked)).Value;
        Assert.Equal((ClaimState.Granted, 500L), (claim.State, claim.Points.Value));
        Assert.Equal(claim, (await town.Claim(me.Id, second, to, asked: asked)).Value);
        Assert.Equal("destination_fixed", (await town.Claim(me.Id, second, to)).Refused?.Code);
        Assert.Equal("destination_fixed", (await town.Claim(me.Id, second, ClaimTarget.Municipal)).Refused?.Code);
        Assert.Equal(1, town.Books.GrantsOf("midori").Single().Grant.Times);
        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, first, ClaimTarget.Municipal)).Value.State);
        Assert.Equal((0L, 3_000L, 500L), await town.Points(me.Id));
        Assert.Equal([EntitlementState.Claimed, EntitlementState.Claimed], (await town.Town.Get<MyEntitlements>().Of(me.Id)).Select(e => e.State));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_22_a_refusal_whose_points_stay_away_and_a_payout_without_its_order_are_found(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        await town.Claim(me.Id, await town.Entitle(me.Id, 500), await town.Account(me, town.Midori, 1));
        await town.MustAddUp();
        await using var connection = await town.Town.App.Database.Open();

        await connection.ExecuteAsync("update inc_claim set state = 'refused'");
        Assert.Contains("refused, but its points did not come back", (await town.Town.Get<AuditClaims>().Run()).Broken, StringComparison.Ordinal);
        await connection.ExecuteAsync("delete from inc_claim");
        Assert.Contains("a payout without its order", (await town.Town.Get<AuditClaims>().Run()).Broken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S1_42a_two_tabs_and_a_double_click_receive_once()
    {
        await using var town = await PayTown.Open();
        var me = await town.Citizen();
        var grant = await town.Entitle(me.Id, 800);
        var to = await town.Account(me, town.Midori, 1);
        var asked = Guid.CreateVersion7();

        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => town.Claim(me.Id, grant, i % 2 == 0 ? to : ClaimTarget.Municipal, asked: i < 3 ? asked : null)));

        Assert.Contains(all, a => a.Ok);
        Assert.All(all.Where(a => !a.Ok), a => Assert.Contains(a.Refused!.Code, new[] { "destination_fixed", "id_reused" }));
        var (open, here, there) = await town.Points(me.Id);
        Assert.Equal((0L, 800L), (open, here + there));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_43_what_a_service_finds_invalid_is_unclaimed_again_its_account_marked_and_another_receives_it_once(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var grant = await town.Entitle(me.Id, 3_000);
        var (gone, good) = (await town.Account(me, town.Midori, 1), await town.Account(me, town.Sora, 1));
        town.Books.Set("midori", ServiceFault.Invalid);

        var refused = (await town.Claim(me.Id, grant, gone)).Value;

        Assert.Equal((ClaimState.Refused, "invalid_account", false), (refused.State, refused.Reason!, (await town.Now(refused)).DueNext));
        Assert.Equal((3_000L, 0L, 0L), await town.Points(me.Id));
        Assert.Equal([AccountState.Invalid, AccountState.Live], (await town.Town.Get<MyPaymentAccounts>().Of(me.Id)).Select(a => a.State));
        Assert.True((await town.Town.Get<MyEntitlements>().Of(me.Id)).Single().CameBack);
        Assert.Equal("service_not_registered", (await town.Claim(me.Id, grant, gone)).Refused?.Code);
        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, grant, good)).Value.State);
        Assert.Equal((0L, 0L, 3_000L), await town.Points(me.Id));
        await town.MustAddUp();
        // Proven again, it is live again.
        town.Books.Set("midori", ServiceFault.None);
        Assert.Equal((gone, AccountState.Live), ((await town.Add(me, town.Midori, 1)).Value.Id.ToString("N"), (await town.Town.Get<MyPaymentAccounts>().Of(me.Id))[0].State));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_43_what_the_citizen_signed_for_is_tried_by_the_job_and_nothing_else(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var (grant, other) = (await town.Entitle(me.Id, 3_000), await town.Entitle(me.Id, 200));
        var first = await town.Account(me, town.Midori, 1);
        await town.Account(me, town.Sora, 1);
        foreach (var key in new[] { "midori", "sora" }) town.Books.Set(key, ServiceFault.Invalid);

        await town.Claim(me.Id, grant, first, Fallback.AccountsMunicipal);
        Assert.Equal((3_200L, 0L, 0L), await town.Points(me.Id));
        // Registered after it was signed: not part of it.
        town.Books.Set("midori", ServiceFault.None);
        town.Coupons.Clock.Jump(TimeSpan.FromSeconds(1));
        await town.Account(me, town.Midori, 2);
        await town.RunJob();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => town.RunJob()));
        await town.RunJob();

        Assert.Equal((200L, 3_000L, 0L), await town.Points(me.Id));
        var made = (await town.Town.Get<ClaimRows>().Of(me.Id)).Where(c => c.Entitlement == grant).ToList();
        Assert.Equal([(null, ClaimState.Granted), (town.Sora, ClaimState.Refused), ((PaymentServiceId?)town.Midori, ClaimState.Refused)], made.OrderBy(c => c.To is null ? 0 : c.To!.Value.Service == town.Sora ? 1 : 2).Select(c => (c.To?.Service, c.State)));
        Assert.DoesNotContain(made, c => c.DueNext);
        // Nothing was signed for: it waits.
        town.Books.Set("midori", ServiceFault.Invalid);
        await town.Claim(me.Id, other, (await town.Town.Get<MyPaymentAccounts>().Of(me.Id)).First(a => a.State == AccountState.Live).Id.ToString("N"));
        await town.RunJob();
        Assert.Equal((200L, 3_000L, 0L), await town.Points(me.Id));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S3_S1_40_twice_silent_slow_down_late_and_lying_nothing_is_lost_and_nothing_comes_twice(Engine engine)
    {
        await using var town = await PayTown.Open(engine, timeoutMs: 1_500);
        var me = await town.Citizen();
        var to = await town.Account(me, town.Midori, 1);

        Assert.Equal(ClaimState.Granted, (await Order(ServiceFault.Twice, 100)).State);
        var silent = await Order(ServiceFault.Silent, 100);
        Assert.Equal(ClaimState.Asking, silent.State);
        await Settled(silent, ClaimState.Granted);
        town.Books.SlowMs = 4_000;
        var slow = await Order(ServiceFault.Slow, 100);
        await Until(() => town.Books.Grant("midori", slow.Id.Value) is not null);
        await Settled(slow, ClaimState.Granted);
        Assert.Equal((0L, 0L, 300L), await town.Points(me.Id));

        var down = await Order(ServiceFault.Down, 100);
        town.Coupons.Clock.Jump(TimeSpan.FromSeconds(90));
        await town.RunJob();
        Assert.Equal(ClaimState.Asking, (await town.Now(down)).State);   // before its time is over it may still arrive
        town.Coupons.Clock.Jump(TimeSpan.FromMinutes(5));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.RunJob()));
        Assert.Equal((ClaimState.Refused, "not_received"), ((await town.Now(down)).State, (await town.Now(down)).Reason!));
        Assert.Equal((100L, 0L, 300L), await town.Points(me.Id));

        var late = await Order(ServiceFault.Late, 50);
        Assert.Equal((ClaimState.Accepted, true, false), (late.State, late.AtMs.Accepted is not null, late.AtMs.Granted is not null));
        town.Books.End("midori", late.Id.Value, null);
        await Settled(late, ClaimState.Granted);
        Assert.True((await town.Now(late)).AtMs.Granted > late.AtMs.Accepted);

        await Lying();
        await town.MustAddUp();

        async Task<Claim> Order(ServiceFault fault, long amount)
        {
            town.Books.Set("midori", fault);
            var claim = (await town.Claim(me.Id, await town.Entitle(me.Id, amount), to)).Value;
            town.Books.Set("midori", ServiceFault.None);
            return claim;
        }

        async Task Settled(Claim claim, ClaimState state) => await Until(async () =>
        {
            town.Coupons.Clock.Jump(TimeSpan.FromSeconds(1));
            await town.RunJob();
            return (await town.Now(claim)).State == state;
        });

        async Task Lying()
        {
            var (kept, back) = (await Order(ServiceFault.Lies, 10), await Order(ServiceFault.Lies, 10));
            Assert.Equal([("stuck", "amount_differs", 10L, 100L), ("stuck", "amount_differs", 10L, 100L)],
                (await town.Coupons.Operator.GetFromJsonAsync<List<StuckClaimReply>>("/api/v1/operator/claims"))!.Select(s => (s.State, s.Reason!, s.Points, s.Answered!.Value)));
            Assert.Equal("granted", (await Read<StuckClaimReply>(await town.Coupons.Operator.PostAsync($"/api/v1/operator/claims/{kept.Id.Value}/ask", null))).State);
            Assert.Equal("not_found", await Code(await town.Coupons.Operator.PostAsync($"/api/v1/operator/claims/{kept.Id.Value}/ask", null)));
            using var again = await town.Coupons.Desk.SignIn("operator", "OP-001");   // the one-time password is asked again
            Assert.Equal("field_required", await Code(await again.PostAsJsonAsync($"/api/v1/operator/claims/{back.Id.Value}/end", new ClaimEndRequest("", true))));
            Assert.Equal("ended", (await Read<StuckClaimReply>(await again.PostAsJsonAsync($"/api/v1/operator/claims/{back.Id.Value}/end", new ClaimEndRequest("会社が取り消した", true)))).State);
            Assert.Equal(110L, await town.Open(me.Id));   // what the service has to put right is between the two
        }
    }

    [Fact]
    public async Task S1_40_what_a_service_tells_by_itself_counts_only_signed_and_once()
    {
        await using var town = await PayTown.Open();
        var me = await town.Citizen();
        var to = await town.Account(me, town.Midori, 1);
        town.Books.Set("midori", ServiceFault.Late);
        var claim = (await town.Claim(me.Id, await town.Entitle(me.Id, 700), to)).Value;
        var (site, now) = (town.Town.App.Loopback, town.Coupons.Clock.NowMs());
        var granted = town.Books.End("midori", claim.Id.Value, null)!;

        Assert.Equal("partner_auth", await Code(await ServiceParty.Tell(site, claim.Id.Value, granted, now - 301_000)));
        Assert.Equal("partner_auth", await Code(await ServiceParty.Tell(site, Guid.CreateVersion7(), granted, now)));
        using (var plain = new HttpClient())
            Assert.Equal("partner_auth", await Code(await plain.PostAsJsonAsync(new Uri(site, "/api/v1/payment-service/events"), new { id = claim.Id.Value, state = "refused", reason = "invalid_account" })));
        Assert.Equal(ClaimState.Accepted, (await town.Now(claim)).State);
        Assert.Equal("granted", (await Read<ServiceOrderReply>(await ServiceParty.Tell(site, claim.Id.Value, granted, now))).State);
        Assert.Equal("granted", (await Read<ServiceOrderReply>(await ServiceParty.Tell(site, claim.Id.Value, granted with { State = "refused", Reason = "invalid_account" }, now))).State);   // what is over stays
        Assert.Equal((0L, 0L, 700L), await town.Points(me.Id));
        await town.MustAddUp();
    }

    [Fact]
    public async Task S1_36_S1_38_S1_41_S1_42c_only_a_registered_service_that_has_started_receives()
    {
        await using var town = await PayTown.Open();
        var me = await town.Citizen();
        var grant = await town.Entitle(me.Id, 500);
        var (midori, sora) = (await town.Account(me, town.Midori, 1), await town.Account(me, town.Sora, 1));
        await Read<ServiceStartReply>(await town.Start(town.Midori, town.Coupons.Today.AddDays(3)));
        await Read<ServiceStartReply>(await town.Start(town.Sora, town.Coupons.Today.AddDays(-9), town.Coupons.Today.AddDays(-1)));

        Assert.Equal("not_started", (await town.Claim(me.Id, grant, midori)).Refused?.Code);
        Assert.Equal("service_not_allowed", (await town.Claim(me.Id, grant, sora)).Refused?.Code);
        Assert.Equal("service_not_registered", (await town.Claim(me.Id, grant, Guid.NewGuid().ToString("N"))).Refused?.Code);
        await Read<ServiceStartReply>(await town.Start(town.Midori, town.Coupons.Today));
        await town.Town.Get<MyPaymentAccounts>().Remove(me.Id, Guid.Parse(sora));
        var strict = new JudgeClaim(town.Town.Get<MyKey.App.Entitlements.FindEntitlements>(), town.Town.Get<MyKey.Ledger.EntitlementReading>(), town.Town.Get<ClaimRows>(), town.Town.Get<MyPaymentAccounts>(), town.Town.Get<FindPaymentServices>(),
            new AllowedServices((_, _, _) => Task.FromResult(new WaysToReceive(false, new HashSet<PaymentServiceId> { town.Sora }))), town.Town.Get<MyKey.App.Programmes.ProgrammeList>(),
            town.Town.Get<MyKey.App.Registry.RegistryCache>(), town.Coupons.Clock);
        Assert.Equal("service_not_allowed", (await strict.Run(me.Id, new WantedClaim(grant, midori, Fallback.None))).Refused?.Code);
        Assert.Equal("service_not_allowed", (await strict.Run(me.Id, new WantedClaim(grant, ClaimTarget.Municipal, Fallback.None))).Refused?.Code);
        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, grant, midori)).Value.State);
    }

    [Fact]
    public async Task S1_S3_a_slow_service_holds_no_connection_to_the_database()
    {
        const int more = 40;   // than the pool has
        await using var town = await PayTown.Open(Engine.Postgres, timeoutMs: 20_000);
        var me = await town.Citizen();
        var to = await town.Account(me, town.Midori, 1);
        var grants = new List<TransferId>();
        for (var i = 0; i < more; i++) grants.Add(await town.Entitle(me.Id, 1));
        town.Books.SlowMs = 8_000;
        town.Books.Set("midori", ServiceFault.Slow);

        var slow = grants.ConvertAll(g => town.Claim(me.Id, g, to));
        await Until(async () => await town.Open(me.Id) == 0);
        Assert.DoesNotContain(slow, s => s.IsCompleted);
        await using (var connection = await town.Town.App.Database.Open())
            Assert.Equal(more, await connection.ExecuteScalarAsync<long>("select count(*) from inc_claim where state = 'ordered'"));
        Assert.DoesNotContain(slow, s => s.IsCompleted);
        await Task.WhenAll(slow);
        await town.MustAddUp();
    }

    /// <summary>As many as <c>MYKEY_CLAIMS</c> says; <c>./mykey nightly</c> says 10,000.</summary>
    [Fact]
    public async Task S1_S3_S1_43_claims_with_each_fault_of_a_service_in_turn_are_each_granted_once_or_unclaimed_again()
    {
        const int atOnce = 20;
        var many = int.TryParse(Environment.GetEnvironmentVariable("MYKEY_CLAIMS"), CultureInfo.InvariantCulture, out var told) ? told : 320;
        await using var town = await PayTown.Open(Engine.Postgres, timeoutMs: 400);
        town.Books.SlowMs = 600;
        ServiceFault[] faults = [ServiceFault.None, ServiceFault.Down, ServiceFault.Slow, ServiceFault.Silent, ServiceFault.Twice, ServiceFault.Late, ServiceFault.Lies, ServiceFault.Flaky, ServiceFault.Invalid];
        var people = new List<((CitizenId Id, Session Session) Who, string To)>();
        for (var i = 1; i <= atOnce; i++)
        {
            var who = await town.Citizen(i);
            people.Add((who, await town.Account(who, town.Midori, i)));
        }
        var (total, number) = (0L, 0);

        foreach (var fault in faults)
        {
            for (var round = 0; round * faults.Length * atOnce < many; round++)
            {
                var grants = new List<TransferId>();
                foreach (var (who, _) in people)
                {
                    var points = ++number % 97 + 1;
                    total += points;
                    grants.Add(await town.Entitle(who.Id, points));
                }
                town.Books.Set("midori", fault);
                var claims = await Task.WhenAll(people.Select((p, i) => town.Claim(p.Who.Id, grants[i], p.To)));
                Assert.All(claims, c => Assert.Null(c.Refused));
                town.Books.Set("midori", ServiceFault.None);
                if (fault != ServiceFault.Invalid) continue;
                foreach (var (who, i) in people.Select((p, i) => (p.Who, i + 1))) Assert.True((await town.Add(who, town.Midori, i)).Ok);
            }
            foreach (var (id, grant) in town.Books.GrantsOf("midori")) if (grant.State == "accepted") town.Books.End("midori", id, null);
            // What the service said wrongly an operator asks about again, until nothing is open any more.
            using var op = await town.Coupons.Desk.SignIn("operator", "OP-001");
            for (var open = 1L; open > 0;)
            {
                town.Coupons.Clock.Jump(TimeSpan.FromMinutes(6));
                await Task.WhenAll(town.RunJob(), town.RunJob());
                foreach (var stuck in (await op.GetFromJsonAsync<List<StuckClaimReply>>("/api/v1/operator/claims", TestContext.Current.CancellationToken))!.Where(s => s.State == "stuck"))
                    await op.PostAsync($"/api/v1/operator/claims/{stuck.Id}/ask", null, TestContext.Current.CancellationToken);
                await using var connection = await town.Town.App.Database.Open();
                open = await connection.ExecuteScalarAsync<long>("select count(*) from inc_claim where state not in ('granted', 'refused')");
            }
        }

        var left = 0L;
        foreach (var (who, _) in people) left += await town.Open(who.Id);
        Assert.Equal(total, left + town.Books.Held("midori"));
        Assert.All(town.Books.GrantsOf("midori"), g => Assert.InRange(g.Grant.Times, 0, 1));
        var states = await States();
        TestContext.Current.TestOutputHelper?.WriteLine($"{states.Sum(s => s.Count)} claims, {string.Join(", ", states.Select(s => $"{s.Count} {s.State}"))}; {total:N0} points, {left:N0} of them unclaimed again, the rest granted once");
        Assert.Equal(["granted", "refused"], states.Select(s => s.State));
        await town.MustAddUp();

        async Task<List<(string State, long Count)>> States()
        {
            await using var connection = await town.Town.App.Database.Open();
            return [.. await connection.QueryAsync<(string, long)>("select state, count(*) from inc_claim group by state order by state")];
        }
    }

    private static Task Until(Func<bool> holds) => Until(() => Task.FromResult(holds()));

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var until = Environment.TickCount64 + 60_000; !await holds() && Environment.TickCount64 < until;) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.True(await holds());
    }
}
