using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.StreetCards;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Sandbox.Partners;
using MyKey.Sandbox.StreetCards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.StreetCards.CentreTown;

namespace MyKey.Tests.App.StreetCards;

/// <summary>Goal: points go onto a street card once or come back to their lots once, whatever goes wrong in between (group L).</summary>
public class StreetCardsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7j_S4_07a_S4_07b_points_are_charged_by_number_with_their_sources_apart(Engine engine)
    {
        await using var town = await CentreTown.Open(engine);
        var citizen = await town.Town.Resident();
        await town.Town.Grant(citizen, 800, 30);
        await town.Town.Get<MyKey.Ledger.Ledger>().Post(Transfer.Exchange(Ids.New<TransferId>(town.Clock), citizen, Residents.A, new Points(500),
            new ExchangedLot(town.Coupons.Today.AddDays(60), Ids.New<PartnerId>(town.Clock), (1, 1)), Actor.Of(citizen)));
        using var me = await town.Town.LoggedIn();
        var id = Guid.CreateVersion7();

        var first = await town.Charge(me, 1_000, "sano-0001", id);
        var again = await town.Charge(me, 1_000, "sano-0001", id);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        var reply = await Read<ChargeReply>(first);
        Assert.Equal(("charged", 1_000L, "0001"), (reply.State, reply.Points, reply.Tail));
        Assert.Equal("exchanged 200 city 800 association 0", town.On());
        Assert.Equal((1_000L, 300L), await town.Points(citizen));
        Assert.Equal("id_reused", await Code(await town.Charge(me, 900, id: id)));
        Assert.Equal("insufficient_points", await Code(await town.Charge(me, 301)));
        Assert.Equal("amount_format", await Code(await town.Charge(me, 0)));
        Assert.Equal("pan_refused", await Code(await town.Charge(me, 1, "4111-1111-1111-1111")));
        foreach (var wrong in new[] { "SANO9999", "ABC", "SANO_001" }) Assert.Equal("card_unknown", await Code(await town.Charge(me, 100, wrong)));
        var registry = town.Town.Get<ChangeMunicipality>();
        Assert.True((await registry.UseFrom(Residents.A, town.Coupons.Today.AddDays(5), Actor.Job("test"))).Ok);
        Assert.Equal("not_started", await Code(await town.Charge(me, 100)));   // S4-14
        Assert.True((await registry.UseFrom(Residents.A, null, Actor.Job("test"))).Ok);
        town.Books.Set(Sano, PartnerFault.Refuses);
        Assert.Equal("charge_refused", await Code(await town.Charge(me, 100)));
        Assert.Equal((1_000L, 300L), await town.Points(citizen));
        Assert.Contains("カードへのチャージ", await me.GetStringAsync($"/my/history/{Residents.A.Value}"), StringComparison.Ordinal);
        // The number is nowhere to be read.
        await using var connection = await town.Town.App.Database.Open();
        Assert.All(await connection.QueryAsync<byte[]>("select card from pts_charge_order"), card => Assert.DoesNotContain("SANO0001", Encoding.Latin1.GetString(card), StringComparison.Ordinal));
        await MustAddUp(town);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7j_down_slow_silent_twice_and_lying_nothing_is_lost_and_nothing_comes_twice(Engine engine)
    {
        await using var town = await CentreTown.Open(engine, timeoutMs: 1_500);
        var citizen = await town.Town.Resident();
        await town.Town.Grant(citizen, 1_000, 400);
        using var me = await town.Town.LoggedIn();

        await Order(PartnerFault.Twice, "charged");
        Assert.Equal((100L, 900L), await town.Points(citizen));

        var silent = await Order(PartnerFault.Silent, "asking");
        Assert.Equal((200L, 800L), await town.Points(citizen));
        await Settled(silent, "charged");
        Assert.Equal((200L, 800L), await town.Points(citizen));

        town.Books.SlowMs = 4_000;
        var slow = await Order(PartnerFault.Slow, "asking");
        for (var until = Environment.TickCount64 + 20_000; town.Books.Charge(Sano, slow) is null && Environment.TickCount64 < until;) await Task.Delay(20, TestContext.Current.CancellationToken);
        await Settled(slow, "charged");
        Assert.Equal((300L, 700L), await town.Points(citizen));

        var down = await Order(PartnerFault.Down, "asking");
        Assert.Equal((300L, 600L), await town.Points(citizen));
        town.Clock.Jump(TimeSpan.FromSeconds(90));
        await town.RunJob();
        Assert.Equal("asking", await town.StateOf(me, down));
        town.Clock.Jump(TimeSpan.FromMinutes(5));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.RunJob()));
        Assert.Equal("refused", await town.StateOf(me, down));
        Assert.Equal((300L, 700L), await town.Points(citizen));

        var (kept, back) = (await Order(PartnerFault.Lies, "stuck"), await Order(PartnerFault.Lies, "stuck"));
        Assert.Equal((500L, 500L), await town.Points(citizen));
        var stuck = (await town.Operator.GetFromJsonAsync<List<StuckChargeReply>>("/api/v1/operator/charges"))!;
        Assert.Equal([("stuck", "amount_differs", 100L, 1_000L), ("stuck", "amount_differs", 100L, 1_000L)], stuck.Select(s => (s.State, s.Reason!, s.Points, s.Answered!.Value)));
        Assert.Equal("charged", (await Read<StuckChargeReply>(await town.Operator.PostAsync($"/api/v1/operator/charges/{kept}/ask", null))).State);
        Assert.Equal("not_found", await Code(await town.Operator.PostAsync($"/api/v1/operator/charges/{kept}/ask", null)));
        using var again = await town.Coupons.Desk.SignIn("operator", "OP-001");   // the one-time password is asked again
        Assert.Equal("field_required", await Code(await again.PostAsJsonAsync($"/api/v1/operator/charges/{back}/end", new ChargeEndRequest("", true))));
        Assert.Equal("ended", (await Read<StuckChargeReply>(await again.PostAsJsonAsync($"/api/v1/operator/charges/{back}/end", new ChargeEndRequest("会社がカードから引いた", true)))).State);
        Assert.Equal((500L, 600L), await town.Points(citizen));   // what the centre has to put right is between the two
        await MustAddUp(town);

        async Task<Guid> Order(PartnerFault fault, string state)
        {
            town.Books.Set(Sano, fault);
            var placed = await Read<ChargeReply>(await town.Charge(me, 100));
            Assert.Equal(state, placed.State);
            town.Books.Set(Sano, PartnerFault.None);
            return placed.Id;
        }

        async Task Settled(Guid id, string state)
        {
            for (var until = Environment.TickCount64 + 10_000; await town.StateOf(me, id) != state && Environment.TickCount64 < until;)
            {
                town.Clock.Jump(TimeSpan.FromSeconds(1));
                await town.RunJob();
            }
            Assert.Equal(state, await town.StateOf(me, id));
        }
    }

    [Fact]
    public async Task S0_4046_S2_P17o_a_card_that_takes_no_charges_is_not_offered_and_buses_and_bicycle_parks_are()
    {
        await using var town = await CentreTown.Open();
        await town.Town.Grant(await town.Town.Resident(), 5_000, 30);
        using var me = await town.Town.LoggedIn();
        var (bus, none) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Read<CardOperatorReply>(await town.Save(bus, "A市バスカード", "bus"));
        await Read<CardOperatorReply>(await town.Save(none, "となりの商店街カード", "street", charges: false));
        await Read<CardOperatorReply>(await town.Save(Guid.CreateVersion7(), "A駅駐輪カード", "bicycle"));

        Assert.Equal(["A市バスカード bus", "A駅駐輪カード bicycle", "さのぽカード street"], (await me.GetFromJsonAsync<List<MyStreetCardReply>>("/api/v1/my/street-cards"))!.Select(c => $"{c.Name} {c.Kind}").Order(StringComparer.Ordinal));
        Assert.Equal("charge_not_offered", await Code(await town.Charge(me, 100, at: none)));
        Assert.Equal("not_found", await Code(await town.Charge(me, 100, at: Guid.CreateVersion7())));
        Assert.Equal("charged", (await Read<ChargeReply>(await town.Charge(me, 100, at: bus))).State);
        Assert.Equal("step_up_required", await Code(await town.Charge(me, 3_001)));   // K-02: above it card and PIN
        Assert.Equal("card_unknown", await Code(await town.Charge(me, 100, card: null)));   // no card belongs to this ID yet
        // A change without the secret keeps it; nobody's centre is called without https, but for one on this very machine.
        await Read<CardOperatorReply>(await town.Save(bus, "A市バスのカード", "bus", secret: null));
        Assert.Equal("charged", (await Read<ChargeReply>(await town.Charge(me, 100, at: bus))).State);
        Assert.Equal("address_format", await Code(await town.Save(bus, "A市バスのカード", "bus", api: "http://partner.example/api")));
        Assert.Equal("field_required", await Code(await town.Save(Guid.CreateVersion7(), "別のカード", "street", secret: null)));
        await MustAddUp(town);
    }

    [Fact]
    public async Task S4_07a_S4_07d_S4_07e_the_desk_links_a_new_card_and_charges_it_in_one_flow_and_either_number_shows_what_is_on_it()
    {
        await using var town = await CentreTown.Open();
        var (citizen, other) = (await town.Town.Resident(home: Residents.A), await town.Town.Resident("MY654321", 2, Residents.A));
        await town.Town.Grant(citizen, 5_000, 30);
        var terminal = await Desk(town);
        var desk = town.Town.Get<DeskStreetCards>();
        Assert.Equal(["さのぽカード"], (await desk.At(terminal)).Value.Select(o => o.Name));

        Assert.Equal("card_unknown", (await desk.Run(terminal, await Token(town, terminal), Wanted("SANO9999", 500))).Refused?.Code);
        var (token, wanted) = (await Token(town, terminal), Wanted(Issued, 500));
        var done = (await desk.Run(terminal, token, wanted)).Value;
        Assert.Equal((true, "0001", ChargeState.Charged), (done.Linked, done.Tail, done.Charge!.State));
        Assert.Equal(done.Charge.Id, (await desk.Run(terminal, token, wanted)).Value.Charge!.Id);
        Assert.Equal("token_expired", (await desk.Run(terminal, token, Wanted(Issued, 500))).Refused?.Code);
        Assert.Equal((500L, 4_500L), await town.Points(citizen));
        Assert.Equal("step_up_required", (await desk.Run(terminal, await Token(town, terminal), Wanted(Issued, 3_001))).Refused?.Code);
        Assert.Equal("card_linked", (await desk.Run(terminal, await Token(town, terminal, "MY654321"), Wanted(Issued, 0))).Refused?.Code);
        using (var stranger = await town.Town.LoggedIn("MY654321")) Assert.Equal("transfer_forbidden", await Code(await town.Charge(stranger, 100)));   // S0-1013
        Assert.Null((await desk.Run(terminal, await Token(town, terminal, "MY654321"), Wanted("SANO0002", 0))).Value.Charge);

        town.Books.Buy(Sano, Issued, 1_250);   // the shops' own points, floor(amount / 100)
        using var me = await town.Town.LoggedIn();
        Assert.Equal("0001", Assert.Single((await me.GetFromJsonAsync<List<MyStreetCardReply>>("/api/v1/my/street-cards"))!).Linked);
        Assert.Equal(["exchanged 0", "city 500", "association 12"], (await Read<List<CardBalanceReply>>(await me.GetAsync($"/api/v1/my/street-cards/{town.Street}/balances"))).Select(b => $"{b.Source} {b.Points}"));
        Assert.Equal("charged", (await Read<ChargeReply>(await town.Charge(me, 100, card: null))).State);
        Assert.Equal("exchanged 0 city 600 association 12", town.On());
        town.Books.Set(Sano, PartnerFault.Down);
        Assert.Equal("card_centre_silent", await Code(await me.GetAsync($"/api/v1/my/street-cards/{town.Street}/balances")));
        Assert.Equal("card_centre_silent", (await desk.Run(terminal, await Token(town, terminal), Wanted("SANO0003", 0))).Refused?.Code);
        town.Books.Set(Sano, PartnerFault.None);
        Assert.Equal(HttpStatusCode.OK, (await me.DeleteAsync($"/api/v1/my/street-cards/{town.Street}")).StatusCode);
        Assert.Equal("not_found", await Code(await me.GetAsync($"/api/v1/my/street-cards/{town.Street}/balances")));
        Assert.Equal(new RowAudit(1, null), await town.Town.Get<AuditUses>().Run());
        Assert.Equal(0, await town.Coupons.Usable(other));
        await MustAddUp(town);

        WantedCharge Wanted(string card, long points) => new(Guid.CreateVersion7(), town.Street, points, card);
    }

    /// <summary>Goal: a charge comes off the card whole and its points go to their lots once, or it stays there; whatever goes wrong in between (table Z2).</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Z2_S4_07a_a_charge_is_taken_back_by_office_and_operator_or_stays_on_the_card(Engine engine)
    {
        await using var town = await CentreTown.Open(engine, timeoutMs: 1_500);
        var citizen = await town.Town.Resident();
        await town.Town.Grant(citizen, 1_000, 400);
        using var me = await town.Town.LoggedIn();
        using var office = await town.Coupons.Desk.Officer("TA-001", Residents.A, Role.Officer);
        using var elsewhere = await town.Coupons.Desk.Officer("TB-001", Residents.B, Role.Officer);

        var (first, id) = (await Charged(), Guid.CreateVersion7());
        Assert.Equal("transfer_unknown", await Code(await Back(elsewhere, "office", first)));
        Assert.Equal("field_required", await Code(await Back(office, "office", first, reason: " ")));
        Assert.Equal("back", (await Read<ChargeBackReply>(await Back(office, "office", first, id))).State);
        Assert.Equal("back", (await Read<ChargeBackReply>(await Back(office, "office", first, id))).State);
        Assert.Equal("already_cancelled", await Code(await Back(town.Operator, "operator", first)));
        Assert.Equal((0L, 1_000L), await town.Points(citizen));

        var spent = await Charged();
        town.Books.Pay(Sano, Issued, 1);
        Assert.Equal("charge_kept", await Code(await Back(town.Operator, "operator", spent)));
        Assert.Equal((99L, 900L), await town.Points(citizen));
        town.Books.Pay(Sano, Issued, 99);

        foreach (var fault in new[] { PartnerFault.Twice, PartnerFault.Silent, PartnerFault.Lies })
        {
            var receipt = await Charged();
            town.Books.Set(Sano, fault);
            town.Clock.Jump(TimeSpan.FromMinutes(1));
            using var again = await town.Coupons.Desk.SignIn("operator", "OP-001");   // the one-time password is asked again
            var state = (await Read<ChargeBackReply>(await Back(again, "operator", receipt))).State;
            Assert.Equal(fault == PartnerFault.Twice ? "back" : "asking", state);
            Assert.Equal((0L, fault == PartnerFault.Twice ? 900L : 800L), await town.Points(citizen));
            town.Books.Set(Sano, PartnerFault.None);
            town.Clock.Jump(TimeSpan.FromMinutes(11));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunJob()));
            Assert.Equal((0L, 900L), await town.Points(citizen));
        }

        var down = await Charged();
        town.Books.Set(Sano, PartnerFault.Down);
        using var morning = await town.Coupons.Desk.SignIn("office", "TA-001", Residents.A);
        Assert.Equal("asking", (await Read<ChargeBackReply>(await Back(morning, "office", down))).State);
        town.Clock.Jump(TimeSpan.FromMinutes(11));
        using var later = await town.Coupons.Desk.SignIn("operator", "OP-001");
        Assert.Contains(down, await later.GetStringAsync("/operator/street-cards"), StringComparison.Ordinal);
        town.Books.Set(Sano, PartnerFault.None);
        await RunJob();
        Assert.Equal((100L, 800L), await town.Points(citizen));   // it never arrived: the points are still on the card
        Assert.Equal("back", (await Read<ChargeBackReply>(await Back(later, "operator", down))).State);
        Assert.Equal((0L, 900L), await town.Points(citizen));
        Assert.Equal("not_charged", await Code(await Back(later, "operator", await Charged("SANO9999"))));
        await MustAddUp(town);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteAsync("update pts_charge_back set state = 'kept', why = 'spent' where charge = (select id from pts_charge_order where state = 'charged' order by ordered_ms limit 1)"));
        Assert.Contains("but its points went back", (await town.Town.Get<AuditCharges>().Run()).Broken, StringComparison.Ordinal);

        async Task<string> Charged(string card = Issued)
        {
            var asked = Guid.CreateVersion7();
            await town.Charge(me, 100, card, asked);
            var order = MyKey.App.LinkedExchange.LinkOrder.IdOf(citizen, asked);
            return Must.Have(await town.Town.Get<LedgerReading>().Find(town.Town.Get<Buckets>().Of(citizen.Value), order), "charged").Receipt.ToString();
        }

        static Task<HttpResponseMessage> Back(HttpClient by, string where, string receipt, Guid? id = null, string reason = "まちがえて入れた") =>
            by.PostAsJsonAsync($"/api/v1/{where}/charges/{receipt}/back", new ChargeStaffBackRequest(id ?? Guid.CreateVersion7(), reason));

        Task<JobResult> RunJob() => town.Town.Get<SettleChargeBacks>().Run(new JobRun("points-settle-charge-backs", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Z2_S4_07a_the_desk_takes_back_its_own_charge_with_its_code()
    {
        await using var town = await CentreTown.Open();
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 1_000, 30);
        var (terminal, other) = (await Desk(town), await Desk(town));
        var take = town.Town.Get<TakeChargeBack>();
        var done = (await town.Town.Get<DeskStreetCards>().Run(terminal, await Token(town, terminal), new WantedCharge(Guid.CreateVersion7(), town.Street, 500, Issued))).Value;
        var receipt = done.Receipt.ToString();

        Assert.Equal("number_format", (await take.Find(terminal, "04-XXXX")).Refused?.Code);
        Assert.Equal("transfer_unknown", (await take.Find(other, receipt)).Refused?.Code);
        var found = (await take.Find(terminal, receipt)).Value;
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => take.Run(found, Guid.CreateVersion7(), (terminal.Actor, terminal.Id, null))));
        Assert.Contains(both, b => b is { Ok: true, Value.State: ChargeBackState.Back });
        Assert.Equal((0L, 1_000L), await town.Points(citizen));
        Assert.Equal("already_cancelled", (await take.Run((await take.Find(terminal, receipt)).Value, Guid.CreateVersion7(), (terminal.Actor, terminal.Id, null))).Refused?.Code);
        await MustAddUp(town);
    }

    /// <summary>Goal: a charge whose row says other than the ledger is named (docs/invariants.md 17).</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_17_a_charge_that_the_ledger_does_not_know_of(Engine engine)
    {
        await using var town = await CentreTown.Open(engine);
        await town.Town.Grant(await town.Town.Resident(), 800, 30);
        using var me = await town.Town.LoggedIn();
        var charged = new TransferId((await Read<ChargeReply>(await town.Charge(me, 100))).Id);
        await town.Charge(me, 100, "SANO9999");
        var audit = town.Town.Get<AuditCharges>();
        Assert.Equal(new RowAudit(2, null), await audit.Run());
        await using var connection = await town.Town.App.Database.Open();
        foreach (var (edit, undo, says) in new[]
        {
            ("update pts_charge_order set points = 99, answered = 99 where id = @charged", "update pts_charge_order set points = 100, answered = 100 where id = @charged", "99 points, its transfer moved 100"),
            ("update pts_charge_order set state = 'refused' where id = @charged", "update pts_charge_order set state = 'charged' where id = @charged", "refused, but its points did not go back"),
            ("update pts_charge_order set state = 'asking' where id <> @charged", "update pts_charge_order set state = 'refused' where id <> @charged", "asking, but its points went back"),
            ("update pts_charge_order set operator = citizen where id = @charged", "update pts_charge_order set operator = @Street where id = @charged", "another operator"),
            ("update pts_charge_order set bucket = bucket + 100 where id = @charged", "update pts_charge_order set bucket = bucket - 100 where id = @charged", "a charge without its order"),
        })
        {
            Assert.Equal(1, await connection.ExecuteAsync(edit, new { charged, town.Street }));
            Assert.Contains(says, (await audit.Run()).Broken, StringComparison.Ordinal);
            Assert.Equal(1, await connection.ExecuteAsync(undo, new { charged, town.Street }));
        }
        await MustAddUp(town);
    }

    private static async Task<Terminal> Desk(CentreTown town)
    {
        var (place, clock) = (Ids.New<AcceptorId>(town.Clock), town.Clock);
        Assert.True((await town.Town.Get<RegisterAcceptor>().Run(new(place, Residents.A, "shop", "まち処", Actor.Job("test")))).Ok);
        var clerk = new StaffMember(Ids.New<StaffId>(clock), "T-1", StaffState.Active, [new GivenRole(Role.TerminalAdmin, Residents.A)]);
        var code = (await town.Town.Get<RegisterTerminal>().Register(clerk, new NewTerminal(Residents.A, place.Value, "端末1", [TerminalProfile.TicketOffice]))).Value.Code;
        return (await town.Town.Get<FindTerminal>().ByToken((await town.Town.Get<EnrolTerminal>().Enrol(code, "204816", new ClientNetwork("192.0.2.0/24"))).Value.Token)).Value;
    }

    /// <summary>The number that My Page gives, typed at the desk.</summary>
    private static async Task<string> Token(CentreTown town, Terminal terminal, string id = Residents.MyKeyId)
    {
        using var me = await town.Town.LoggedIn(id);
        var code = await Read<MyKey.App.MyPage.MyCodeReply>(await me.PostAsJsonAsync("/api/v1/my/codes", new MyKey.App.MyPage.MyCodeRequest(Residents.A.Value)));
        return (await town.Town.Get<UseOneTimeCode>().Use(terminal, id, code.Code)).Value;
    }

    private static async Task MustAddUp(CentreTown town)
    {
        await town.Coupons.MustAddUp();
        Assert.Null((await town.Town.Get<AuditCharges>().Run()).Broken);
    }
}
