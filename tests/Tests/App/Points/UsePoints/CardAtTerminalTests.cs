using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using MyKey.App.Office.TapAlarms;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.StreetCards;
using MyKey.App.UsePoints;
using MyKey.App.Vouchers;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.StreetCards;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.StreetCards;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.UsePoints;

/// <summary>Goal: a card at a terminal shows who is there, and with its PIN pays exactly what was shown, once (S2-P7a, K-02, A1 and A4).</summary>
public class CardAtTerminalTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4018_S2_P7a_a_card_that_is_held_pays_once_the_amount_is_confirmed(Engine engine)
    {
        await using var till = await CardTill.Open(engine);
        await till.TapOn();
        Assert.Equal("/terminal/points", await till.Hold(till.Card));
        Assert.Equal(10_000, await till.Usable());
        Assert.Matches("^/terminal/done/", await till.Pay(3000));
        Assert.Equal(7000, await till.Usable());
        Assert.Contains("way=tap", await till.LastSettings(), StringComparison.Ordinal);
        Assert.Equal(Way.Tap, Assert.Single(await till.Town.Get<MyKey.App.UseNotices.UseNotices>().Unseen(till.Citizen)).Way);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Many_different_cards_at_one_terminal_within_an_hour_alarm_its_office(Engine engine)
    {
        await using var till = await CardTill.Open(engine);
        await till.Town.Get<SetSetting>().Run(new(TapAlarms.Limit, SettingPlace.StandingIn(Town.A), "1", Actor.Job("test")));
        var desk = new StaffDesk(till.House.App);
        using var office = await desk.Officer("TA-001", Town.A, Role.TerminalAdmin);
        using var elsewhere = await desk.Officer("TA-002", Town.B, Role.TerminalAdmin);
        using var officer = await desk.Officer("OF-001", Town.A, Role.Officer);
        // The same card again is no other card.
        for (var i = 0; i < 2; i++) await till.Hold(till.Card);
        Assert.Empty(await Alarms(office));
        await till.Hold(till.Other);
        var alarm = Assert.Single(await Alarms(office));
        Assert.Equal(2, alarm.Cards);
        Assert.Contains("tap_alarms", await office.GetStringAsync("/api/v1/office/today"), StringComparison.Ordinal);
        Assert.Contains("2枚", await office.GetStringAsync("/office/tap-alarms"), StringComparison.Ordinal);
        Assert.Empty(await Alarms(elsewhere));

        var seen = $"/api/v1/office/tap-alarms/{alarm.Terminal}/{alarm.HourMs}/seen";
        foreach (var (client, code) in new[] { (elsewhere, "not_found"), (officer, "role_forbidden") })
            Assert.Contains(code, await (await client.PostAsync(seen, null)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await office.PostAsync(seen, null)).StatusCode);
        Assert.Empty(await Alarms(office));

        static async Task<TapAlarmReply[]> Alarms(HttpClient client) => (await client.GetFromJsonAsync<TapAlarmReply[]>("/api/v1/office/tap-alarms"))!;
    }

    [Fact]
    public async Task K_02_where_a_tap_is_not_enough_the_PIN_is_asked_for()
    {
        await using var till = await CardTill.Open();
        await till.Hold(till.Card);
        Assert.NotNull(await till.PinAddress(1));
        await till.TapOn();
        await till.Hold(till.Card);
        Assert.Null(await till.PinAddress(3000));
        var question = CardBrowser.Question(Must.Have(await till.PinAddress(3001), "above the limit"));
        Assert.Equal(["くらしの店", "A市ポイント 3,001ポイント", "10,000ポイント", "6,999ポイント"], question.Details.Select(d => d.Value));
    }

    [Fact]
    public async Task K_02_what_is_used_by_tap_counts_over_the_day_and_then_the_PIN_is_asked_for()
    {
        await using var till = await CardTill.Open();
        await till.TapOn();
        await till.Hold(till.Card);
        await till.Pay(3000);
        await till.Hold(till.Card);
        var refused = await till.Post(2001);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("amount=2001&amp;pin=true", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(await till.PinAddress(2001, "&pin=true"));
        Assert.Matches("^/terminal/done/", await till.Pay(2000));
        Assert.Equal(5000, await till.Usable());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A4_a_signed_payment_is_posted_once_and_its_code_is_used_up(Engine engine)
    {
        await using var till = await CardTill.Open(engine);
        await till.Hold(till.Card);
        var question = CardBrowser.Question((await till.PinAddress(4000))!);
        var code = await till.Browser.Answer(till.Card, question);
        Assert.Matches("^/terminal/done/", await till.Return(code));
        Assert.Equal("/terminal?card=auth_failed", await till.Return(code));
        Assert.Equal(6000, await till.Usable());
        // The card has to be held again for the next payment.
        Assert.Contains("token_expired", await (await till.Browser.Client.GetAsync("/terminal/points")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A4_S2_P7b_a_ticket_above_the_limit_is_signed_for_and_no_payment_is(Engine engine)
    {
        await using var till = await CardTill.Open(engine, TerminalProfile.Shop, TerminalProfile.TicketOffice);
        await till.TapOn();
        await till.Hold(till.Card);
        Assert.Null(await till.PinAddress(3000, page: "tickets/confirm"));
        var question = CardBrowser.Question((await till.PinAddress(4000, page: "tickets/confirm"))!);
        Assert.Equal(("券にする", "A市ポイント 4,000ポイント"), (question.Purpose.Verb, question.Details[1].Value));
        Assert.Matches("^/terminal/tickets/[0-9]{13}$", await till.Return(await till.Browser.Answer(till.Card, question)));
        Assert.Equal(6000, await till.Usable());
        Assert.EndsWith(";way=signature;ticket.valid_days=3;ticket.hand_in_days=0", await till.LastSettings(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A4_S4_08a_vouchers_above_the_limit_are_signed_for_with_their_product()
    {
        await using var till = await CardTill.Open(Engine.Sqlite, TerminalProfile.Shop, TerminalProfile.TicketOffice);
        var (town, product, today) = (till.Town, Guid.CreateVersion7(), TimeProvider.System.Today());
        var officer = new StaffAtWork(new StaffMember(Ids.New<StaffId>(TimeProvider.System), "T-2", StaffState.Active, [new GivenRole(Role.Officer, Town.A)]), null!, (await town.Get<RegistryCache>().View()).Find(Town.A));
        Assert.Null((await town.Get<SaveProduct>().Run(officer, new WantedProduct(product, "お買物券", VoucherKind.Shopping, 500, "商店街", today, today, 0, null, On: true))).Refused);
        Assert.Null((await town.Get<ChangeStock>().Run(officer, new WantedChange(Guid.CreateVersion7(), product, town.Shop, StockChangeKind.Received, "1", "20"))).Refused);
        await till.TapOn();
        await till.Hold(till.Card);

        Assert.Null(await till.PinAddress(0, $"&product={product}&points=3000", "vouchers/confirm"));
        var question = CardBrowser.Question((await till.PinAddress(0, $"&product={product}&points=4000", "vouchers/confirm"))!);
        Assert.Equal(("替える", "お買物券 8枚（くらしの店）", "A市ポイント 4,000ポイント"), (question.Purpose.Verb, question.Details[0].Value, question.Details[1].Value));
        Assert.Matches("^/terminal/vouchers/[0-9a-f]{34}$", await till.Return(await till.Browser.Answer(till.Card, question)));
        Assert.Equal(6000, await till.Usable());
        Assert.EndsWith(";way=signature;voucher.denomination=500;voucher.premium=0", await till.LastSettings(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A4_S4_07a_a_charge_above_the_limit_is_signed_for_at_the_desk_onto_the_card_that_was_linked_there()
    {
        await using var centre = await CentreTown.Start(TimeProvider.System);
        await using var till = await CardTill.Open(Engine.Sqlite, TerminalProfile.Shop, TerminalProfile.TicketOffice);
        var card = Guid.CreateVersion7();
        using var platform = await new StaffDesk(till.House.App).Operator();
        await CouponTown.Read<CardOperatorReply>(await platform.PutAsJsonAsync($"/api/v1/operator/street-card-operators/{card}",
            new CardOperatorRequest(Town.A.Value, "さのぽカード", "street", true, CentreTown.ApiOf(centre), CardCentreBooks.ClientId, CardCentreBooks.ClientSecret)));
        await till.TapOn();
        await till.Hold(till.Card);

        var pin = await Desk(4_000);
        Assert.Matches("^/terminal/cards/pin\\?", pin);
        Assert.DoesNotContain("0001", pin, StringComparison.Ordinal);   // the number stands in no address
        var question = CardBrowser.Question(await till.Refreshed(pin));
        Assert.Equal(("入れる", "さのぽカード（終わりが0001）", "A市ポイント 4,000ポイント", "10,000ポイント"), (question.Purpose.Verb, question.Details[0].Value, question.Details[1].Value, question.Details[2].Value));
        var code = await till.Browser.Answer(till.Card, question);
        var done = await till.Return(code);
        Assert.Matches("^/terminal/cards/[0-9]", done);
        Assert.Equal("/terminal?card=auth_failed", await till.Return(code));
        Assert.Equal(6_000, await till.Usable());
        Assert.EndsWith(";way=signature", await till.LastSettings(), StringComparison.Ordinal);
        var page = await till.Browser.Client.GetStringAsync(done);
        Assert.Contains("カードに入れました", page, StringComparison.Ordinal);
        Assert.Contains(done.Split('/')[^1], page, StringComparison.Ordinal);
        using var second = await till.Second();
        Assert.Contains("transfer_unknown", await (await second.Client.GetAsync(done)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Another person's card can't pay for it; below the limit nothing is asked.
        await till.Hold(till.Card);
        var again = CardBrowser.Question(await till.Refreshed(await Desk(4_000)));
        Assert.Equal("/terminal?card=auth_failed", await till.Return(await till.Browser.Answer(till.Other, again)));
        Assert.Equal(6_000, await till.Usable());
        await till.Hold(till.Card);
        Assert.Matches("^/terminal/cards/[0-9]", await Desk(100));
        Assert.Equal(5_900, await till.Usable());
        Assert.Null((await till.Town.Get<AuditCharges>().Run()).Broken);

        async Task<string> Desk(long points)
        {
            using var answer = await till.House.App.Submit(till.Browser.Client, "/terminal/cards", "/terminal/cards", ("Id", Guid.CreateVersion7().ToString()), ("Operator", card.ToString()),
                ("Number", CentreTown.Issued), ("Amount", $"{points}"), ("go", "true"));
            return answer.Headers.Location!.OriginalString;
        }
    }

    [Fact]
    public void A4_what_a_signature_stands_for_is_read_as_it_was_written()
    {
        var use = new SignedUse(new TransferId(Guid.CreateVersion7()), new Purse(Town.A), new Points(4000), Ids.NewRandom<CitizenId>());
        foreach (var meant in new[] { use, use with { Ticket = true }, use with { Product = Guid.CreateVersion7() }, use with { Card = Guid.CreateVersion7() } }) Assert.Equal(meant, SignedUse.Read(meant.ToString()));
        Assert.Null(SignedUse.Read($"{use} voucher"));
        Assert.Null(SignedUse.Read($"{use} voucher x"));
        Assert.Null(SignedUse.Read($"{use} card"));
        Assert.Null(SignedUse.Read($"{use} other"));
    }

    [Fact]
    public async Task A4_another_person_s_card_cannot_pay_what_was_shown_to_this_one()
    {
        await using var till = await CardTill.Open();
        await till.Hold(till.Card);
        var question = CardBrowser.Question((await till.PinAddress(4000))!);
        var code = await till.Browser.Answer(till.Other, question);
        Assert.Equal("/terminal?card=auth_failed", await till.Return(code));
        Assert.Equal(10_000, await till.Usable());
        Assert.Equal(10_000, await till.Town.Usable(Town.A, till.OtherCitizen));
    }

    [Fact]
    public async Task A4_more_than_there_is_by_now_leads_back_to_the_amount()
    {
        await using var till = await CardTill.Open();
        await till.Hold(till.Card);
        var first = CardBrowser.Question((await till.PinAddress(6000))!);
        var second = CardBrowser.Question((await till.PinAddress(6000))!);
        var (one, two) = (await till.Browser.Answer(till.Card, first), await till.Browser.Answer(till.Card, second));
        Assert.Matches("^/terminal/done/", await till.Return(one));
        Assert.Equal("/terminal/points?issuer=132985&amount=6000", await till.Return(two));
        Assert.Equal(4000, await till.Usable());
    }

    [Fact]
    public async Task S1_05a_a_card_without_an_ID_and_one_that_is_stopped_are_told_apart()
    {
        await using var till = await CardTill.Open();
        using var fresh = till.House.Authority.Issue();
        Assert.Equal("/terminal?card=mykey_missing", await till.Hold(fresh));
        var member = new StaffMember(Ids.New<StaffId>(TimeProvider.System), "T-2", StaffState.Active, [new GivenRole(Role.Operator, null)]);
        Assert.True((await till.Town.Get<SuspendCitizen>().Suspend(member, MyKeyId.Read("CC22CC22").Value, "届け出")).Ok);
        Assert.Equal("/terminal?card=id_suspended", await till.Hold(till.Card));
        Assert.Contains("id_suspended", await till.Browser.Client.GetStringAsync("/terminal?card=id_suspended"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_serves_only_the_terminal_that_asked()
    {
        await using var till = await CardTill.Open();
        var code = await till.Browser.Tap(till.Card, await till.WaitAddress());
        using var other = await till.Second();
        Assert.Equal("/terminal?card=auth_failed", await CardTill.Return(other, code));
        Assert.Equal("/terminal?card=auth_failed", await till.Return(code));
    }

    [Fact]
    public async Task S2_P7a_no_card_leads_back_to_the_waiting_page_and_a_locked_one_to_its_reason()
    {
        await using var till = await CardTill.Open();
        var tap = Regex.Match(await till.WaitAddress(), "tapId=(.*)$").Groups[1].Value;
        Assert.Equal("/terminal", await till.Led($"/card/return?tapId={tap}&state=none"));
        Assert.Equal("/terminal?card=card_other", await till.Led($"/card/return?tapId={tap}&state=card_other"));
        await till.Hold(till.Card);
        var question = CardBrowser.Question((await till.PinAddress(4000))!);
        Assert.Equal("/terminal/points?issuer=132985&amount=4000", await till.Led($"/card/return?challengeId={question.Id}&state=cancelled"));
        Assert.Equal("/terminal?card=pin_locked", await till.Led($"/card/return?challengeId={question.Id}&state=pin_locked"));
    }

    /// <summary>A shop's terminal with a reader, and two residents who came with their cards before: each has 10,000 points of A市.</summary>
    private sealed class CardTill(CardTown house, Town town, CardBrowser browser) : IAsyncDisposable
    {
        public CardTown House => house;

        public Town Town => town;

        public CardBrowser Browser => browser;

        public SandboxCard Card { get; } = house.Authority.Issue();

        public SandboxCard Other { get; } = house.Authority.Issue();

        public CitizenId Citizen { get; private set; }

        public CitizenId OtherCitizen { get; private set; }

        public static async Task<CardTill> Open(Engine engine = Engine.Sqlite, params TerminalProfile[] profiles)
        {
            var house = await CardTown.Start(engine);
            var town = await Town.Build(house.App.Services);
            var till = new CardTill(house, town, await Terminal(house, town, profiles));
            till.Citizen = await house.Resident(till.Card, "CC22CC22");
            till.OtherCitizen = await house.Resident(till.Other, "DD33DD33");
            foreach (var citizen in (CitizenId[])[till.Citizen, till.OtherCitizen]) await town.Grant(citizen, Town.A, 10_000);
            return till;
        }

        public async Task<CardBrowser> Second() => await Terminal(house, town);

        public Task TapOn() => town.Get<SetSetting>().Run(new("spend.tap", SettingPlace.Of(Town.A), "on", Actor.Job("test")));

        public Task<long> Usable() => town.Usable(Town.A, Citizen);

        public async Task<string?> LastSettings()
        {
            await using var connection = await house.App.Database.Open();
            return await connection.QueryFirstAsync<string>("select settings from ledger_transfer order by time_ms desc, id desc");
        }

        /// <summary>Where the waiting page leads: to the agent.</summary>
        public Task<string> WaitAddress() => Refreshed("/terminal");

        public async Task<string> Hold(SandboxCard card)
        {
            var address = await WaitAddress();
            Assert.StartsWith("http://127.0.0.1:5070/tap?", address, StringComparison.Ordinal);
            return await Return(await browser.Tap(card, address));
        }

        /// <summary>Where the confirming page leads: to the agent, or nowhere.</summary>
        public async Task<string?> PinAddress(long amount, string more = "", string page = "confirm")
        {
            using var answer = await browser.Client.GetAsync($"/terminal/{page}?issuer=132985&amount={amount}{more}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return answer.Headers.TryGetValues("Refresh", out var to) ? to.Single()["0; url=".Length..] : null;
        }

        /// <summary>Where a page of the terminal leads by itself.</summary>
        public async Task<string> Refreshed(string path)
        {
            using var answer = await browser.Client.GetAsync(path);
            return answer.Headers.GetValues("Refresh").Single()["0; url=".Length..];
        }

        public Task<HttpResponseMessage> Post(long amount) => house.App.Submit(browser.Client, $"/terminal/confirm?issuer=132985&amount={amount}", "/terminal/confirm",
            ("id", Guid.CreateVersion7().ToString()), ("issuer", "132985"), ("amount", $"{amount}"));

        public async Task<string> Pay(long amount)
        {
            using var answer = await Post(amount);
            return answer.Headers.Location!.OriginalString;
        }

        public Task<string> Return(string code) => Return(browser, code);

        public static async Task<string> Return(CardBrowser at, string code)
        {
            using var answer = await at.Client.GetAsync($"/card/return?code={code}");
            return answer.Headers.Location!.OriginalString;
        }

        public async Task<string> Led(string path)
        {
            using var answer = await browser.Client.GetAsync(path);
            return answer.Headers.Location!.OriginalString;
        }

        public async ValueTask DisposeAsync()
        {
            browser.Dispose();
            Card.Dispose();
            Other.Dispose();
            await house.DisposeAsync();
        }

        private static async Task<CardBrowser> Terminal(CardTown house, Town town, params TerminalProfile[] profiles)
        {
            var browser = house.Browser();
            browser.Cookies.Add(new Cookie("mykey-terminal", await town.Terminal(town.Shop, null, profiles), "/", TestApp.SiteHost));
            browser.Cookies.Add(new Cookie("mykey-prepared", "1", "/", TestApp.SiteHost));
            return browser;
        }
    }
}
