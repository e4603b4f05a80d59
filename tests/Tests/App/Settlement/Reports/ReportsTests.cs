using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: an office reads where its points came from, where they went and what is out, by source and kind, to the last point, and reads of nobody.</summary>
public class ReportsTests
{
    private const string Api = "/api/v1/office/reports", Page = "/office/settlement/reports";

    private static readonly Actor Till = Actor.Job("town");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8f_S2_P8g_K_16_given_spent_lapsed_and_in_circulation_add_up_by_source_kind_and_month(Engine engine)
    {
        await using var town = await Open(engine);
        await December(town);
        await town.Close(2018, 1, 5);
        await town.Post(Transfer.Reserve(town.Id(), town.Citizen, new Points(240), new ExchangedLot(town.Clock.Today().AddDays(14), town.Partner, (2, 1)), Till));
        await town.Post(Transfer.MoveReserved(town.Id(), town.Citizen, Residents.A, new Points(200), town.Clock.Today().AddDays(300), Till));
        await town.Use(5);
        await town.Close(2018, 2, 5);
        using var officer = await town.Officer(Role.Approver);

        var all = (await officer.GetFromJsonAsync<OfficeReportReply>(Api))!;

        Assert.Equal(("2017-12", "2018-01"), (all.From, all.Until));
        Assert.Equal([new ReportMonthReply("2017-12", new(4, 0, 6_110), new(8, 1, 1_180), new(1, 0, 70), new(0, 0, 0), 4_860), new ReportMonthReply("2018-01", new(1, 0, 200), new(1, 0, 5), new(0, 0, 0), new(0, 0, 0), 5_055)], all.Months);
        Assert.Equal([("grant", "健康ウォーク", 5_070L), ("exchange", "あおばカード", 1_000L), ("move", "あおばカード", 200L), ("premium", "施策", 40L)], all.Given.Select(g => (g.As, g.Name, g.Flow.Points)));
        Assert.Equal([("shop", "museum", 100L), ("shop", "shop", 305L), ("ticket", "", 200L), ("online", "", 90L), ("voucher_desk", "", 440L), ("card_centre", "", 30L), ("donation", "", 20L)], all.Spent.Select(s => (s.As, s.Kind, s.Flow.Points)));
        Assert.Equal([new WayReply("paper", new(2, 0, 640), 22), new WayReply("terminal", new(4, 1, 405), 44), new WayReply("online", new(1, 0, 90), 11), new WayReply("unknown", new(2, 0, 50), 22)], all.Ways);
        Assert.Equal((1_185L, 40L), (all.Funds.Sum(f => f.Yen), all.Funds.Single(f => f.By == "premium").Yen));
        Assert.Equal(await Lots(town), all.Months[^1].Circulation);
        var january = (await officer.GetFromJsonAsync<OfficeReportReply>($"{Api}?from=2018-01&until=2018-01"))!;
        Assert.Equal(all.Months[1], january.Months.Single());
        Assert.Equal(["move"], january.Given.Select(g => g.As));
        Assert.DoesNotContain(town.Citizen.Value.ToString(), await officer.GetStringAsync(Api), StringComparison.OrdinalIgnoreCase);
        await town.MustHold();
    }

    [Fact]
    public async Task K_16_the_page_says_in_words_what_the_lines_do_not_tell_and_its_files_hold_its_tables()
    {
        await using var town = await Open();
        using (var early = await town.Officer(Role.Officer))
        {
            Assert.Contains("締めた月が、まだありません", await early.GetStringAsync(Page), StringComparison.Ordinal);
            await Refused("month_not_closed", early.GetAsync(Api));
        }
        await December(town);
        await town.Close(2018, 1, 5);
        using var officer = await town.Officer(Role.Officer);
        using var other = await town.Officer(Role.TerminalAdmin);
        using var neighbour = await town.Coupons.Desk.Officer("B-1", Residents.B, Role.Officer);

        var page = await officer.GetStringAsync(Page);
        foreach (var said in new[] { "4,860ポイント", "商店・商店街", "お店の種類は、いまの登録によります", "電話なしで使った人のわりあいは、分かりません", "数字の表で見る", "どちらで払ったかは、精算の記録にありません" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Residents.MyKeyId, page, StringComparison.Ordinal);
        Assert.Contains("2017-12,6110,1180,70,0,4860", await officer.GetStringAsync($"{Page}?handler=Months&from=2017-12&until=2017-12"), StringComparison.Ordinal);
        var sums = await officer.GetStringAsync($"{Page}?handler=Sums&from=2017-12&until=2017-12");
        Assert.Contains("使われたポイント,お店や施設,商店・商店街,2,1,300", sums, StringComparison.Ordinal);
        Assert.Contains("来たポイント,施策の付与,健康ウォーク,2,0,5070", sums, StringComparison.Ordinal);
        Assert.Contains(Page, await officer.GetStringAsync("/office/settlement"), StringComparison.Ordinal);
        await Refused("number_format", officer.GetAsync($"{Api}?from=2017"));
        await Refused("month_not_closed", officer.GetAsync($"{Api}?from=2017-11"));
        await Refused("month_not_closed", officer.GetAsync($"{Api}?until=2018-01"));
        await Refused("role_forbidden", other.GetAsync(Api));
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(Page)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await officer.GetAsync($"{Page}?from=x")).StatusCode);
        Assert.Equal((0L, 0), ((await neighbour.GetFromJsonAsync<OfficeReportReply>(Api))!.Months.Single().Circulation, (await neighbour.GetFromJsonAsync<OfficeReportReply>(Api))!.Given.Count));
        await town.Close(2018, 2, 5);
        using var later = await town.Officer(Role.Officer);
        await Refused("period_format", later.GetAsync($"{Api}?from=2018-01&until=2017-12"));
    }

    /// <summary>Two grants of which one lapses, an exchange, and one use of every kind, one of them cancelled: 4,860 are left.</summary>
    private static async Task December(SettledTown town)
    {
        var (payer, limits) = (new ProgrammeId(Guid.CreateVersion7()), town.Get<Limits>());
        await town.Town.App.Database.Write(tx => limits.SetTotal(tx, LimitId.Budget(payer), new Points(10_000)));
        await town.Exchange(1_000);
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Town.Grant(town.Citizen, 70, 8);
        town.Clock.Jump(TimeSpan.FromDays(12));
        await town.Get<Expire>().Run();
        await town.Use(300);
        await town.Town.Cancel(await town.Use(40));
        await town.Use(100, await ClaimsTests.Shop(town, "museum", Residents.A));
        var ticket = await town.Post(Transfer.TicketIssue(town.Id(), town.Citizen, Residents.A, new Points(200), town.Town.Shop, Till));
        await town.Post(Transfer.TicketUse(town.Id(), town.Citizen, Account.Ticket(Residents.A, ticket.Id), new Points(200), town.Town.Shop, Till));
        var pledge = await town.Post(Transfer.Pledge(town.Id(), town.Citizen, Residents.A, new Points(150), town.Town.Shop, Till));
        await town.Post(Transfer.Capture(town.Id(), town.Citizen, Account.Pledge(Residents.A, pledge.Id), new Points(90), town.Town.Shop, Till));
        Assert.True((await limits.Post(LimitId.Budget(payer), Transfer.Voucher(town.Id(), town.Citizen, Residents.A, new Points(400), town.Town.Shop, Till).WithPremium(payer, new Points(40)))).Ok);
        await town.Post(Transfer.Charge(town.Id(), town.Citizen, Residents.A, new Points(30), Guid.CreateVersion7(), Till));
        await town.Post(Transfer.Donate(town.Id(), town.Citizen, Residents.A, new Points(20), Till));
    }

    /// <summary>What the ledger has in lots.</summary>
    private static async Task<long> Lots(SettledTown town)
    {
        await using var connection = await town.Town.App.Database.Open();
        return await connection.ExecuteScalarAsync<long>("select cast(sum(remaining) as bigint) from ledger_lot where issuer = @issuer", new { issuer = Residents.A.Value });
    }
}
