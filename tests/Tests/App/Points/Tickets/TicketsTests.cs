using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Tickets;
using MyKey.App.UsePoints;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Tickets;

/// <summary>Goal: paper is worth its points once, in its municipality, in its days, and nothing is lost of what nobody uses (group J).</summary>
public class TicketsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4016b_S2_P7g_a_ticket_takes_its_points_at_once_and_is_good_for_three_days(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var (id, token) = (Guid.CreateVersion7(), await office.Desk.CitizenToken());

        var issued = await office.Issue(1000, id: id, token: token);

        Assert.Equal(HttpStatusCode.Created, issued.Status);
        Assert.Equal(("132985", 1000, "2017-12-15", "2017-12-17", "issued"), (issued.Body.GetProperty("issuer").GetString(), issued.Body.GetProperty("amount").GetInt64(),
            issued.Body.GetProperty("issuedOn").GetString(), issued.Body.GetProperty("lastOn").GetString(), issued.Body.GetProperty("state").GetString()));
        Assert.Equal(1800, await office.Town.Usable(Town.A));
        var again = await office.Issue(1000, id: id, token: token);
        Assert.Equal((HttpStatusCode.OK, issued.Body.GetProperty("number").GetString()), (again.Status, again.Body.GetProperty("number").GetString()));
        Assert.Equal("id_reused", (await office.Issue(1001, id: id, token: token)).Code);
        Assert.Equal("token_expired", (await office.Issue(1000, token: token)).Code);
        Assert.Equal("insufficient_points", (await office.Issue(1801)).Code);
        Assert.Equal(1800, await office.Town.Usable(Town.A));
        Assert.Equal(new RowAudit(1, null), await office.Town.Get<AuditUses>().Run());
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4025_several_at_once_each_by_itself_with_the_sum_and_the_same_again(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var (one, two) = (await office.Ticket(1000), await office.Ticket(500));
        var looked = await office.Shop.Call(HttpMethod.Post, "/api/v1/ticket-checks", new { numbers = new[] { one, two, "1234567890123" } });
        Assert.Equal(["paid 1000", "paid 500", "ticket_unknown"], TicketOffice.Say(looked.Body));
        var id = Guid.CreateVersion7();

        var used = await office.Use(id, one, "1234567890123", two, one);
        var again = await office.Use(id, one, "1234567890123", two, one);

        Assert.Equal(["paid 1000", "ticket_unknown", "paid 500"], TicketOffice.Say(used.Body));
        Assert.Equal((1500, used.Body.ToString()), (used.Body.GetProperty("sum").GetInt64(), again.Body.ToString()));
        Assert.Equal("ticket_used", await office.UseOne(one));
        Assert.Equal("used", await office.StateOf(one));
        Assert.Equal(1300, await office.Town.Usable(Town.A));
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4021_only_in_the_printed_municipality_and_only_where_its_points_pay(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var number = await office.Ticket(100);
        await using var elsewhere = new Till(office.App, office.Town, await office.Town.Terminal(await office.Town.OpenShop("となり町の店", Town.B), Town.B), own: false);
        var there = await elsewhere.Call(HttpMethod.Post, "/api/v1/ticket-uses", new { id = Guid.CreateVersion7(), numbers = new[] { number } });

        Assert.Equal(["not_accepted_here"], TicketOffice.Say(there.Body));
        Assert.Equal("not_accepted_here", (await office.Issue(100, "134988")).Code);   // B町's points pay here, but a ticket of B町 would not
        Assert.Equal("not_accepted_here", (await office.Issue(100, "134996")).Code);
        Assert.True((await office.Town.Get<ChangeMunicipality>().UseFrom(Town.A, office.Clock.Today().AddDays(1), Actor.Job("test"))).Ok);   // S4-14
        Assert.Equal("not_started", (await office.Issue(100)).Code);
        Assert.Equal("not_started", await office.UseOne(number));
        Assert.True((await office.Town.Get<ChangeMunicipality>().UseFrom(Town.A, null, Actor.Job("test"))).Ok);
        Assert.Equal("paid 100", await office.UseOne(number));
    }

    [Fact]
    public async Task K_29_the_sheet_bears_the_end_of_its_holder_s_ID_where_the_municipality_prints_it()
    {
        await using var office = await TicketOffice.Open(Engine.Sqlite);
        var number = await office.Ticket(100);
        Assert.DoesNotContain("持ち主のID", await office.Desk.Page($"/terminal/tickets/{number}"), StringComparison.Ordinal);
        Assert.True((await office.Town.Get<SetSetting>().Run(new("ticket.holder_mark", SettingPlace.Of(Town.A), "on", Actor.Job("test")))).Ok);
        Assert.Contains("<dt>持ち主のID</dt><dd>…56</dd>", await office.Desk.Page($"/terminal/tickets/{number}"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4024_the_office_that_issued_it_takes_it_back_into_the_same_lots_while_it_is_unused(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var (number, spent, id) = (await office.Ticket(1000), await office.Ticket(300), Guid.CreateVersion7());
        await office.UseOne(spent);
        await using var other = new Till(office.App, office.Town, await office.Town.Terminal(await office.Town.OpenShop("別の事務局"), null, TerminalProfile.TicketOffice), own: false);

        Assert.Equal("scope_denied", (await office.Cancel(number, other)).Code);
        Assert.Equal("role_forbidden", (await office.Cancel(number, office.Shop)).Code);
        Assert.Equal("shop_code_wrong", (await office.Cancel(number, shopCode: "999888")).Code);
        Assert.Equal("ticket_used", (await office.Cancel(spent)).Code);
        var cancelled = await office.Cancel(number, id: id);
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (cancelled.Status, cancelled.Body.GetProperty("state").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await office.Cancel(number, id: id)).Status);
        Assert.Equal("ticket_void", (await office.Cancel(number)).Code);
        Assert.Equal("ticket_void", await office.UseOne(number));
        Assert.Equal(2500, await office.Town.Usable(Town.A));
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task J_D2_another_number_voids_the_first(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var (first, id) = (await office.Ticket(1000), Guid.CreateVersion7());

        var second = (await office.Reprint(first, id)).Body.GetProperty("number").GetString()!;

        Assert.NotEqual(first, second);
        Assert.Equal(second, (await office.Reprint(first, id)).Body.GetProperty("number").GetString());
        Assert.Equal("ticket_void", (await office.Reprint(first)).Code);
        Assert.Equal("ticket_void", (await office.Desk.Call(HttpMethod.Get, $"/api/v1/tickets/{first}")).Code);
        Assert.Equal(["ticket_void", "paid 1000"], TicketOffice.Say((await office.Use(Guid.CreateVersion7(), first, second)).Body));
        Assert.Equal("ticket_used", (await office.Reprint(second)).Code);
        await using var connection = await office.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'ticket.reprinted'"));
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task J_D1_S2_P7g_on_the_fourth_day_it_does_not_pay_and_its_points_are_back(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var (number, id) = (await office.Ticket(1000), Guid.CreateVersion7());
        office.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal("returned 0", await office.RunJob());
        Assert.Equal("paid 1000", TicketOffice.Say((await office.Shop.Call(HttpMethod.Post, "/api/v1/ticket-checks", new { numbers = new[] { number } })).Body).Single());
        office.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal("ticket_expired", await office.UseOne(number));
        Assert.Equal("ticket_expired", (await office.Cancel(number)).Code);
        Assert.Equal("returned 1", await office.RunJob());
        Assert.Equal("returned 0", await office.RunJob());
        Assert.Equal("ticket_expired", await office.UseOne(number));
        Assert.Equal(("returned", 2800L), (await office.StateOf(number), await office.Town.Usable(Town.A)));
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task J_D1_S0_4044_a_ticket_ends_with_its_points_and_what_lapsed_in_it_stays_lapsed(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var (citizen, session) = await office.Town.Issue("MY777777", 7);
        await office.Town.Grant(citizen, Town.A, 500, days: 1);
        var terminal = (await office.Town.Get<FindTerminal>().ByToken(office.Desk.Cookie)).Value;
        var token = (await office.Town.Get<MyKey.Identity.AtTerminal.UseOneTimeCode>().Use(terminal, "MY777777", await office.Town.Code(session))).Value;

        var issued = await office.Issue(500, token: token);

        Assert.Equal("2017-12-16", issued.Body.GetProperty("lastOn").GetString());
        office.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal("returned 1", await office.RunJob());
        Assert.Equal(("returned", 0L), (await office.StateOf(issued.Body.GetProperty("number").GetString()!), await office.Town.Usable(Town.A, citizen)));
        Assert.Equal(1, await office.Town.Get<MyKey.Ledger.Expire>().Run());
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_11_S2_P7i_a_ticket_of_a_shopping_street_pays_in_its_shops_only(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        var wide = await office.Ticket(100);
        await office.Town.Get<SetSetting>().Run(new("ticket.scope", SettingPlace.Of(Town.A), "shop_group", Actor.Job("test")));
        Assert.Equal("ticket_street_missing", (await office.Issue(500)).Code);
        var view = await office.Town.Get<RegistryCache>().View();
        var (desk, shop) = (view.Acceptors.Single(a => a.Name == "○○商店街 事務局"), view.Find(office.Town.Shop)!);
        var (street, other) = (await office.Street("○○商店街"), await office.Street("△△通り"));
        await office.Join(desk, street);

        var ticket = await office.Ticket(500);
        Assert.Equal("not_accepted_here", await office.UseOne(ticket));
        await office.Join(shop, other);
        Assert.Equal(("not_accepted_here", "paid 100"), (await office.UseOne(ticket), await office.UseOne(wide)));
        using (var anybody = office.App.Client())
            Assert.Contains("○○商店街の各店舗", await anybody.GetStringAsync(await office.Town.Get<TicketLink>().PathOf(TicketNumber.Read(ticket).Value)), StringComparison.Ordinal);
        await office.Join(shop, street);
        Assert.Equal("paid 500", await office.UseOne(ticket));
        await office.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_09_a_shop_without_a_device_is_paid_for_what_it_hands_in_and_only_then_the_rest_goes_back(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        await office.Town.Get<SetSetting>().Run(new("ticket.hand_in_days", SettingPlace.Of(Town.A), "40", Actor.Job("test")));
        var (shop, officer) = (await office.Town.OpenShop("端末のない店"), await office.Officer(Town.A));
        var (first, second, unused) = (await office.Ticket(1000), await office.Ticket(300), await office.Ticket(100));
        Assert.Equal("issued", await office.StateOf(unused));
        office.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(("returned 0", "ticket_expired"), (await office.RunJob(), await office.UseOne(first)));

        Assert.Equal("paid 1000, ticket_unknown", await HandIn(null, first, "1234567890123"));
        var order = Guid.CreateVersion7();
        Assert.Equal("paid 1000, paid 300", await HandIn(order, first, first, second));
        Assert.Equal("paid 1000, paid 300", await HandIn(order, first, second));
        Assert.Equal("ticket_used", await HandIn(Guid.CreateVersion7(), second));
        Assert.Equal("field_required", (await office.Town.Get<HandInTickets>().Run(await office.Officer(Town.B), shop, [unused], order, default)).Refused?.Code);
        Assert.Equal("role_forbidden", (await office.Town.Get<HandInTickets>().Run(await office.Officer(Town.A, Role.Approver), shop, [unused], order, default)).Refused?.Code);
        office.Clock.Advance(TimeSpan.FromDays(12));
        Assert.Equal("paid 100", await HandIn(null, unused));
        office.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("ticket_late", await HandIn(Guid.CreateVersion7(), unused));
        Assert.Equal(("returned 1", "ticket_late"), (await office.RunJob(), await HandIn(Guid.CreateVersion7(), unused)));
        Assert.Equal(1500, await office.Town.Usable(Town.A));
        await office.MustAddUp();

        async Task<string> HandIn(Guid? order, params string[] numbers) => string.Join(", ",
            (await office.Town.Get<HandInTickets>().Run(officer, shop, numbers, order, default)).Value.Tickets.Select(t => t.Refused?.Code ?? $"paid {t.Ticket!.Amount}"));
    }

    [Fact]
    public async Task S0_1016_K_02_a_shop_gives_out_none_the_office_takes_none_and_above_the_limit_there_is_none()
    {
        await using var office = await TicketOffice.Open(Engine.Sqlite);
        var number = await office.Ticket(100);

        Assert.Equal("role_forbidden", (await office.Shop.Call(HttpMethod.Post, "/api/v1/tickets", new { id = Guid.CreateVersion7(), citizenToken = await office.Shop.CitizenToken(), issuer = "132985", amount = 1 })).Code);
        Assert.Equal("role_forbidden", (await office.Desk.Call(HttpMethod.Post, "/api/v1/ticket-uses", new { id = Guid.CreateVersion7(), numbers = new[] { number } })).Code);
        Assert.Equal("role_forbidden", (await office.Desk.Use(Guid.CreateVersion7(), await office.Desk.CitizenToken(), "132985", 1)).Code);
        Assert.Equal("amount_format", (await office.Issue(0)).Code);
        await office.Town.Get<SetSetting>().Run(new("spend.pin_above", SettingPlace.Platform, "500", Actor.Job("test")));
        office.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("step_up_required", (await office.Issue(501)).Code);
        Assert.Equal("field_required", (await office.Use(Guid.CreateVersion7())).Code);
        Assert.Equal("too_large", (await office.Use(Guid.CreateVersion7(), [.. Enumerable.Repeat(number, 21)])).Code);
        Assert.Equal("ticket_unknown", (await office.Desk.Call(HttpMethod.Get, "/api/v1/tickets/1234567890123")).Code);
    }

    [Fact]
    public async Task S2_P7f_the_code_on_the_paper_says_to_anybody_whether_it_is_good_and_of_whom_it_says_nothing()
    {
        await using var office = await TicketOffice.Open(Engine.Sqlite);
        var issued = (await office.Issue(1000)).Body;
        var (path, number) = (issued.GetProperty("path").GetString()!, issued.GetProperty("number").GetString()!);
        using var anybody = office.App.Client();

        Assert.Contains("この券は使えます", await anybody.GetStringAsync(path), StringComparison.Ordinal);
        Assert.DoesNotContain("MY123456", await anybody.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync(path[..^1] + (path[^1] == 'A' ? 'B' : 'A'))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync($"/t/{number}")).StatusCode);
        await office.UseOne(number);
        Assert.Contains("もう使ってあります", await anybody.GetStringAsync(path), StringComparison.Ordinal);
        Assert.Equal("ticket_used", (await office.Shop.Call(HttpMethod.Get, $"/api/v1/ticket-states{path[2..]}")).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task S0_4024_the_municipality_takes_a_ticket_back_and_no_other_municipality_does()
    {
        await using var office = await TicketOffice.Open(Engine.Sqlite, today: true);
        var (number, id) = (await office.Ticket(1000), Guid.CreateVersion7());
        var desk = new StaffDesk(office.App);
        var (own, other) = (await desk.Officer("OF-001", Town.A, Role.Officer), await desk.Officer("OF-002", Town.B, Role.Officer));

        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/v1/office/tickets/{number}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsJsonAsync($"/api/v1/office/tickets/{number}/cancel", new { id })).StatusCode);
        Assert.Contains("この券は使えます", await own.GetStringAsync($"/office/tickets?Number={number}"), StringComparison.Ordinal);
        var page = await office.App.Submit(own, $"/office/tickets?Number={number}", "/office/tickets", ("id", $"{id}"), ("Number", number));
        Assert.Equal($"/office/tickets?Number={number}", page.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await own.PostAsJsonAsync($"/api/v1/office/tickets/{number}/cancel", new { id })).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await own.PostAsJsonAsync($"/api/v1/office/tickets/{number}/cancel", new { id = Guid.CreateVersion7() })).StatusCode);
        Assert.Contains("取り消してあります", await own.GetStringAsync($"/office/tickets?Number={number}"), StringComparison.Ordinal);
        Assert.Equal(2800, await office.Town.Usable(Town.A));
        var (platform, again, stop) = (await desk.Operator(), await office.Ticket(100), Guid.CreateVersion7());
        Assert.Contains("この券は使えます", await platform.GetStringAsync($"/operator/tickets?Number={again}"), StringComparison.Ordinal);
        await office.App.Submit(platform, $"/operator/tickets?Number={again}", "/operator/tickets", ("id", $"{stop}"), ("Number", again));
        Assert.Equal("cancelled", (await (await platform.PostAsJsonAsync($"/api/v1/operator/tickets/{again}/cancel", new { id = stop })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        Assert.Equal("ticket_unknown", (await (await platform.GetAsync("/api/v1/operator/tickets/1234567890123")).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(2800, await office.Town.Usable(Town.A));
        var handIn = new { id = Guid.CreateVersion7(), shop = office.Town.Shop.Value, numbers = new[] { await office.Ticket(700), number } };
        var looked = await (await own.PostAsJsonAsync("/api/v1/office/ticket-hand-in-checks", new { handIn.shop, handIn.numbers })).Content.ReadFromJsonAsync<JsonElement>();
        var taken = await (await own.PostAsJsonAsync("/api/v1/office/ticket-hand-ins", handIn)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("paid 700, ticket_void; paid 700, ticket_void", $"{string.Join(", ", TicketOffice.Say(looked))}; {string.Join(", ", TicketOffice.Say(taken))}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.PostAsJsonAsync("/api/v1/office/ticket-hand-ins", handIn)).StatusCode);
        await office.MustAddUp();
    }

    [Fact]
    public async Task S0_4016b_the_passbook_takes_a_ticket_off_when_it_is_issued_and_not_again_when_it_is_used()
    {
        await using var office = await TicketOffice.Open(Engine.Sqlite);
        var (spent, back) = (await office.Ticket(1000), await office.Ticket(300));
        await office.UseOne(spent);
        await office.Cancel(back);

        var leaf = await office.Town.Get<Passbook>().Read(office.Town.Citizen, Town.A, null, TestContext.Current.CancellationToken);

        Assert.Equal(["ポイント券から戻った分 +300 1800", "ポイント券の利用 くらしの店", "ポイント券の発行 ○○商店街 事務局 -300 1500", "ポイント券の発行 ○○商店街 事務局 -1000 1800", "付与 +2800 2800"],
            leaf.Lines.Select(l => $"{l.Event}{(l.In is { } more ? $" +{more}" : "")}{(l.Out is { } less ? $" -{less}" : "")} {l.Rest}".TrimEnd()));
        Assert.True(leaf.Lines[2].Line.Cancelled);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4025_two_shops_at_once_one_of_them_is_paid(Engine engine)
    {
        await using var office = await TicketOffice.Open(engine);
        await using var other = new Till(office.App, office.Town, await office.Town.Terminal(await office.Town.OpenShop("となりの店")), own: false);
        for (var round = 0; round < 5; round++)
        {
            var number = await office.Ticket(10);
            var both = await Task.WhenAll(office.UseOne(number), Other(number));
            Assert.Equal(["paid 10", "ticket_used"], both.Order());
        }
        await office.MustAddUp();

        async Task<string> Other(string number) =>
            TicketOffice.Say((await other.Call(HttpMethod.Post, "/api/v1/ticket-uses", new { id = Guid.CreateVersion7(), numbers = new[] { number } })).Body).Single();
    }
}
