using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.UsePoints;
using MyKey.App.Vouchers;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Tickets;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Vouchers;

/// <summary>Goal: points become existing paper sheet by sheet, no sheet goes out twice, and what comes back is where it was (group K).</summary>
public class VouchersTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_08a_S4_08b_S4_08c_points_become_numbered_sheets_of_the_desks_stock(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        var (id, token) = (Guid.CreateVersion7(), await desk.Desk.CitizenToken());

        var handed = await desk.Exchange(desk.Shopping, 1000, id, token);

        Assert.Equal((HttpStatusCode.Created, 1800), (handed.Status, handed.Body.GetProperty("balanceAfter").GetInt64()));
        var voucher = handed.Body.GetProperty("voucher");
        Assert.Equal(("お買物券", 2, 0, "K-0001～K-0002", "handed"), (voucher.GetProperty("name").GetString(), voucher.GetProperty("count").GetInt64(), voucher.GetProperty("premium").GetInt64(),
            VoucherDesk.Numbers(voucher), voucher.GetProperty("state").GetString()));
        Assert.Equal((1800, 18), (await desk.Usable(), await desk.InStock(desk.Shopping)));
        var again = await desk.Exchange(desk.Shopping, 1000, id, token);
        Assert.Equal((HttpStatusCode.OK, handed.Body.ToString()), (again.Status, again.Body.ToString()));
        Assert.Equal("id_reused", (await desk.Exchange(desk.Shopping, 500, id, token)).Code);
        Assert.Equal("token_expired", (await desk.Exchange(desk.Shopping, 500, token: token)).Code);

        Assert.Equal("amount_unit", (await desk.Exchange(desk.Shopping, 700)).Code);
        Assert.Equal("amount_format", (await desk.Exchange(desk.Shopping, 0)).Code);
        Assert.Equal("voucher_unknown", (await desk.Exchange(Guid.CreateVersion7(), 500)).Code);
        Assert.Equal("stock_empty", (await desk.Exchange(desk.Parking, 1000)).Code);   // nine sheets are there
        Assert.Equal("insufficient_points", (await desk.Exchange(desk.Shopping, 2000)).Code);
        Assert.Equal("role_forbidden", (await desk.Exchange(desk.Shopping, 500, at: desk.Office.Shop)).Code);
        Assert.Equal("voucher_most", (await desk.Exchange(desk.Shopping, 50_500)).Code);
        Assert.Equal("9", (await desk.Handed(desk.Parking, 100, "9")).Numbers);
        Assert.Equal("1～2", (await desk.Handed(desk.Parking, 200)).Numbers);
        Assert.Equal(new RowAudit(3, null), await desk.Town.Get<AuditUses>().Run());
        Assert.Equal(1500, await desk.Usable());
        await desk.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_08c_the_desk_takes_other_numbers_than_the_next_and_none_that_are_not_there(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        Assert.Equal("K-0002、K-0004", (await desk.Handed(desk.Shopping, 1000, "K-0004", "k-0002")).Numbers);
        foreach (var (numbers, code) in new[]
        {
            ("K-0002", "voucher_number_taken"), ("K-0021", "voucher_number_taken"), ("J-0001", "voucher_number_taken"),
            ("K-0006～K-0007", "voucher_count"), ("K-0006、K-0006", "voucher_number_twice"), ("二番", "voucher_number_format"),
        })
            Assert.Equal(code, (await desk.Exchange(desk.Shopping, 500, numbers: numbers)).Code);
        Assert.Equal("K-0001、K-0003、K-0005", (await desk.Handed(desk.Shopping, 1500)).Numbers);

        Assert.Equal("voucher_not_in_stock", (await desk.Stock(desk.Shopping, StockChangeKind.Lost, "K-0005")).Refused?.Code);
        var id = Guid.CreateVersion7();
        Assert.True((await desk.Stock(desk.Shopping, StockChangeKind.Spoilt, "K-0009", "K-0019", id)).Ok);
        Assert.True((await desk.Stock(desk.Shopping, StockChangeKind.Spoilt, "K-0009", "K-0019", id)).Ok);
        Assert.Equal("id_reused", (await desk.Stock(desk.Shopping, StockChangeKind.Lost, "K-0009", "K-0019", id)).Refused?.Code);
        Assert.Equal("voucher_not_in_stock", (await desk.Stock(desk.Shopping, StockChangeKind.Lost, "K-0019", "K-0020")).Refused?.Code);
        Assert.True((await desk.Stock(desk.Shopping, StockChangeKind.Found, "K-0010", "K-0011")).Ok);
        Assert.Equal("voucher_number_known", (await desk.Stock(desk.Shopping, StockChangeKind.Received, "K-0020", "K-0030")).Refused?.Code);
        Assert.Equal("field_required", (await desk.Town.Get<ChangeStock>().Run(desk.Officer, new WantedChange(Guid.CreateVersion7(), desk.Shopping, desk.Id, StockChangeKind.Lost, "K-0020", null))).Refused?.Code);
        var other = await desk.Town.OpenShop("駅前の窓口");
        var move = new WantedChange(Guid.CreateVersion7(), desk.Shopping, desk.Id, StockChangeKind.Moved, "K-0007", "K-0008", To: other);
        foreach (var nowhere in new AcceptorId?[] { null, desk.Id, Ids.New<AcceptorId>(TimeProvider.System) })
            Assert.Equal("to", (await Change(move with { To = nowhere })).Refused?.Fact<string>("field"));
        Assert.Equal("voucher_not_in_stock", (await Change(move with { Last = "K-0009" })).Refused?.Code);   // K-0009 is spoilt
        var before = await desk.InStock(desk.Shopping);
        Assert.True((await Change(move)).Ok);
        Assert.True((await Change(move)).Ok);
        Assert.Equal("id_reused", (await Change(move with { To = await desk.Town.OpenShop("別の窓口") })).Refused?.Code);
        Assert.Equal((before - 2, 2), (await desk.InStock(desk.Shopping), (await desk.Town.Get<FindVouchers>().Stock(Town.A))[(desk.Shopping, other)]));
        await desk.Town.Grant(desk.Town.Citizen, Town.A, 1_000);
        Assert.Equal("voucher_number_taken", (await desk.Exchange(desk.Shopping, 500, numbers: "K-0007")).Code);
        Assert.True((await desk.Town.Get<ChangeMunicipality>().UseFrom(Town.A, new DateOnly(2100, 4, 1), Actor.Job("test"))).Ok);
        Assert.Equal("not_started", (await desk.Exchange(desk.Shopping, 500)).Code);   // S4-14
        Assert.True((await desk.Town.Get<ChangeMunicipality>().UseFrom(Town.A, null, Actor.Job("test"))).Ok);
        Assert.Equal("too_large", (await desk.Stock(desk.Shopping, StockChangeKind.Received, "L-00001", "L-10001")).Refused?.Code);
        await using var connection = await desk.Office.App.Database.Open();
        Assert.Equal([("voucher_product.saved", 2L), ("voucher_stock.corrected", 2L), ("voucher_stock.moved", 1L), ("voucher_stock.received", 2L)],
            await connection.QueryAsync<(string, long)>("select action, count(*) from log_operation where action like 'voucher%' group by action order by action"));
        await desk.MustAddUp();

        Task<Result<VoucherRun>> Change(WantedChange wanted) => desk.Town.Get<ChangeStock>().Run(desk.Officer, wanted);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8h_a_premium_comes_out_of_its_budget_and_at_its_end_nothing_is_handed_out(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        var payer = await desk.Budget(600);
        await desk.Save(desk.Product(desk.Shopping, "お買物券", 500) with { PremiumPercent = 50, Programme = payer });
        Assert.Equal("amount_unit", (await desk.Exchange(desk.Shopping, 500)).Code);

        var (key, numbers) = await desk.Handed(desk.Shopping, 1000);

        Assert.Equal(("K-0001～K-0003", 500, 1800), (numbers, await desk.Taken(payer), await desk.Usable()));
        Assert.Equal("budget_exhausted", (await desk.Exchange(desk.Shopping, 1000)).Code);
        Assert.Equal((500, 1800, 17), (await desk.Taken(payer), await desk.Usable(), await desk.InStock(desk.Shopping)));
        await desk.MustAddUp();

        // The rate changes; what was handed out keeps its own, and gives that back.
        await desk.Save(desk.Product(desk.Shopping, "お買物券", 500) with { PremiumPercent = 100, Programme = payer });
        Assert.Equal(HttpStatusCode.OK, (await desk.Cancel(key, ["K-0001～K-0003"])).Status);
        Assert.Equal((0, 2800, 20), (await desk.Taken(payer), await desk.Usable(), await desk.InStock(desk.Shopping)));
        await using var connection = await desk.Office.App.Database.Open();
        Assert.EndsWith(";voucher.denomination=500;voucher.premium=50", await connection.QuerySingleAsync<string>("select settings from ledger_transfer where kind = @Kind", new { Kind = (int)TransferKind.Voucher }), StringComparison.Ordinal);
        await desk.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Z2_only_with_all_the_paper_back_by_the_desk_that_handed_it_out_and_once(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        var (key, _) = await desk.Handed(desk.Shopping, 1500);
        var id = Guid.CreateVersion7();
        await using var other = new Till(desk.Office.App, desk.Town, await desk.Town.Terminal(await desk.Town.OpenShop("別の窓口"), null, TerminalProfile.TicketOffice), own: false);

        Assert.Equal("scope_denied", (await desk.Cancel(key, ["K-0001～K-0003"], at: other)).Code);
        Assert.Equal("role_forbidden", (await desk.Cancel(key, ["K-0001～K-0003"], at: desk.Office.Shop)).Code);
        Assert.Equal("shop_code_wrong", (await desk.Cancel(key, ["K-0001～K-0003"], shopCode: "999888")).Code);
        Assert.Equal("transfer_unknown", (await desk.Cancel("0099", [])).Code);
        foreach (var returned in (string[][])[[], ["K-0001～K-0002"], ["K-0001～K-0004"], ["K-0001、K-0002、K-0004"]])
            Assert.Equal("voucher_not_returned", (await desk.Cancel(key, returned)).Code);
        Assert.Equal("voucher_not_returned", (await desk.Cancel(key, ["K-0001～K-0003"], ["K-0009"])).Code);
        Assert.Equal("cancel_forbidden", (await desk.Desk.Call(HttpMethod.Post, "/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt = await Receipt(desk, key), shopCode = Town.ShopCode })).Code);

        var cancelled = await desk.Cancel(key, ["K-0001～K-0002", "K-0003"], ["K-0002"], id);

        Assert.Equal((HttpStatusCode.OK, "cancelled", "K-0001～K-0003"), (cancelled.Status, cancelled.Body.GetProperty("state").GetString(), VoucherDesk.Numbers(cancelled.Body)));
        Assert.Equal((2800, 19), (await desk.Usable(), await desk.InStock(desk.Shopping)));
        Assert.Equal(HttpStatusCode.OK, (await desk.Cancel(key, ["K-0001～K-0003"], id: id)).Status);
        Assert.Equal("already_cancelled", (await desk.Cancel(key, ["K-0001～K-0003"])).Code);
        Assert.Equal("K-0001、K-0003", (await desk.Handed(desk.Shopping, 1000)).Numbers);   // the spoilt one stays away
        await desk.MustAddUp();
    }

    /// <summary>Two terminals of one desk at the last sheets, each sending everything twice.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_08c_two_at_once_never_hand_out_one_number_twice(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        await using var second = new Till(desk.Office.App, desk.Town, await desk.Town.Terminal(desk.Id, null, TerminalProfile.TicketOffice), own: false);
        // Nine sheets: in the third round one is left.
        for (var round = 0; round < 3; round++)
        {
            var asked = new List<(Guid Id, string Token, Till At)>();
            foreach (var till in new[] { desk.Desk, second }) asked.Add((Guid.CreateVersion7(), await till.CitizenToken(), till));

            var answers = await Task.WhenAll(asked.Concat(asked).Select(a => desk.Exchange(desk.Parking, 200, a.Id, a.Token, a.At)));

            Assert.All(answers, a => Assert.Equal(round < 2 ? null : "stock_empty", a.Code));
        }
        await using var connection = await desk.Office.App.Database.Open();
        Assert.Equal((8, 8), await connection.QuerySingleAsync<(long, long)>("select count(*), count(distinct serial) from pts_voucher_handed"));
        Assert.Equal(1, await desk.InStock(desk.Parking));
        await desk.MustAddUp();
    }

    [Fact]
    public async Task S4_08e_S4_08d_a_municipality_with_one_desk_and_no_shop_begins()
    {
        await using var desk = await VoucherDesk.Open(Engine.Sqlite);
        // C村 has one terminal, at a counter of its own, and no rule that lets its points pay anywhere.
        var counter = await desk.Town.OpenShop("C村役場 窓口", Town.C);
        await using var till = new Till(desk.Office.App, desk.Town, await desk.Town.Terminal(counter, Town.C, TerminalProfile.TicketOffice), own: false);
        var (officer, product) = (await desk.Office.Officer(Town.C), Guid.CreateVersion7());
        Assert.Equal("voucher_unknown", (await desk.Exchange(product, 500, token: await Token(), at: till)).Code);
        Assert.True((await desk.Town.Get<SaveProduct>().Run(officer, desk.Product(product, "Cのまち共通商品券", 500))).Ok);
        Assert.Equal("stock_empty", (await desk.Exchange(product, 500, token: await Token(), at: till)).Code);
        Assert.Equal("field_required", (await desk.Town.Get<ChangeStock>().Run(officer, new WantedChange(Guid.CreateVersion7(), product, desk.Id, StockChangeKind.Received, "1", "5"))).Refused?.Code);
        Assert.True((await desk.Town.Get<ChangeStock>().Run(officer, new WantedChange(Guid.CreateVersion7(), product, counter, StockChangeKind.Received, "1", "5"))).Ok);

        var shown = await till.Call(HttpMethod.Get, "/api/v1/holdings", citizenToken: await Token());
        Assert.Equal(["132985 False", "134988 False", "134996 True"], shown.Body.GetProperty("holdings").EnumerateArray().Select(h => $"{h.GetProperty("issuer").GetString()} {h.GetProperty("voucher").GetBoolean()}"));
        Assert.Equal(HttpStatusCode.Created, (await desk.Exchange(product, 1500, token: await Token(), at: till)).Status);
        Assert.Equal(240, await desk.Town.Usable(Town.C));
        // Another municipality's desk does not get at it, and its officers do not see it.
        Assert.Equal("voucher_unknown", (await desk.Exchange(product, 500)).Code);
        Assert.Equal("not_found", (await desk.Stock(product, StockChangeKind.Received, "6")).Refused?.Code);
        Assert.Equal("not_found", (await desk.Town.Get<SaveProduct>().Run(desk.Officer, desk.Product(product, "よその券", 500))).Refused?.Code);
        await desk.MustAddUp();

        // The number that My Page gives is for one municipality.
        async Task<string> Token() => (await desk.Town.Get<UseOneTimeCode>().Use((await desk.Town.Get<FindTerminal>().ByToken(till.Cookie)).Value, "MY123456",
            (await desk.Town.Get<IssueOneTimeCode>().Issue(desk.Town.Session, Town.C)).Value.Code)).Value;
    }

    [Fact]
    public async Task S4_08d_what_is_printed_stays_and_the_rest_of_a_product_can_change()
    {
        await using var desk = await VoucherDesk.Open(Engine.Sqlite);
        var (save, product) = (desk.Town.Get<SaveProduct>(), desk.Product(desk.Shopping, "お買物券", 500));
        foreach (var (wanted, code) in new[]
        {
            (product with { Denomination = 1000 }, "denomination_fixed"), (product with { Kind = VoucherKind.Parking }, "denomination_fixed"), (product with { Denomination = 0 }, "amount_format"),
            (product with { Until = product.From!.Value.AddDays(-1) }, "out_of_period"), (product with { PremiumPercent = 101 }, "percent_range"), (product with { PremiumPercent = 10 }, "field_required"),
            (product with { PremiumPercent = 10, Programme = Ids.New<ProgrammeId>(TimeProvider.System) }, "not_found"), (product with { Where = " " }, "field_required"), (product with { Name = "1234-5678-9018" }, "my_number_refused"),
        })
            Assert.Equal(code, (await save.Run(desk.Officer, wanted)).Refused?.Code);
        Assert.Equal("role_forbidden", (await save.Run(await desk.Office.Officer(Town.A, Role.Approver), product)).Refused?.Code);

        await desk.Save(product with { On = false });
        Assert.Equal("voucher_off", (await desk.Exchange(desk.Shopping, 500)).Code);
        await desk.Save(product with { From = product.From!.Value.AddDays(1) });
        Assert.Equal("not_started", (await desk.Exchange(desk.Shopping, 500)).Code);
        await desk.Save(product with { From = product.From!.Value.AddDays(-2), Until = product.From!.Value.AddDays(-1) });
        Assert.Equal("out_of_period", (await desk.Exchange(desk.Shopping, 500)).Code);
        await desk.Save(product with { Name = "お買物券（冬）" });
        Assert.Equal(HttpStatusCode.Created, (await desk.Exchange(desk.Shopping, 500)).Status);
    }

    /// <summary>Use together with points in a shop is up to the shop: nothing stands in the way (S0-4043b).</summary>
    [Fact]
    public async Task S0_4043b_S4_08c_passbook_lists_and_offices_see_what_was_handed_out()
    {
        await using var desk = await VoucherDesk.Open(Engine.Sqlite, today: true);
        var (shopping, _) = await desk.Handed(desk.Shopping, 1000);
        var (parking, _) = await desk.Handed(desk.Parking, 300);
        Assert.Equal(HttpStatusCode.Created, (await desk.Office.Shop.Use(Guid.CreateVersion7(), await desk.Office.Shop.CitizenToken(), "132985", 100)).Status);
        var staff = new StaffDesk(desk.Office.App);
        var (own, other, platform) = (await staff.Officer("OF-001", Town.A, Role.Officer), await staff.Officer("OF-002", Town.B, Role.Officer), await staff.Operator());

        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/v1/office/vouchers/{shopping}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsJsonAsync($"/api/v1/office/vouchers/{shopping}/cancel", Back("K-0001～K-0002"))).StatusCode);
        Assert.Equal(0, (await own.GetFromJsonAsync<JsonElement>("/api/v1/office/vouchers?from=2017-12-01&until=2017-12-31")).GetProperty("vouchers").GetArrayLength());
        var csv = await own.GetStringAsync("/api/v1/office/vouchers.csv");
        Assert.Contains("○○商店街 事務局,駐車券,3,100,300,0,1～3,\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("○○商店街 事務局,お買物券,2,500,1000,0,K-0001～K-0002,\r\n", csv, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await own.PostAsJsonAsync($"/api/v1/office/vouchers/{shopping}/cancel", Back("K-0001"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await own.PostAsJsonAsync($"/api/v1/office/vouchers/{shopping}/cancel", Back("K-0001～K-0002"))).StatusCode);
        var receipt = await Receipt(desk, parking);
        Assert.Equal(HttpStatusCode.OK, (await platform.PostAsJsonAsync($"/api/v1/operator/vouchers/{receipt}/cancel", Back("1～3"))).StatusCode);
        Assert.Equal("cancelled", (await platform.GetFromJsonAsync<JsonElement>($"/api/v1/operator/vouchers/{receipt}")).GetProperty("state").GetString());
        Assert.Equal(2700, await desk.Usable());

        var list = await desk.Desk.Call(HttpMethod.Post, "/api/v1/voucher-lists", new { shopCode = Town.ShopCode });
        Assert.Equal((2, 0), (list.Body.GetProperty("vouchers").GetArrayLength(), list.Body.GetProperty("sums").GetArrayLength()));   // both came back
        Assert.Equal("shop_code_wrong", (await desk.Desk.Call(HttpMethod.Post, "/api/v1/voucher-lists", new { shopCode = "999888" })).Code);
        Assert.Equal("out_of_period", (await desk.Desk.Call(HttpMethod.Post, "/api/v1/voucher-lists", new { shopCode = Town.ShopCode, from = "2017-01-01", until = "2018-12-31" })).Code);
        var leaf = await desk.Town.Get<Passbook>().Read(desk.Town.Citizen, Town.A, null, TestContext.Current.CancellationToken);
        Assert.Equal(["取り消し ○○商店街 事務局 +300", "取り消し ○○商店街 事務局 +1000", "くらしの店 -100", "商品券などへの交換 ○○商店街 事務局 -300", "商品券などへの交換 ○○商店街 事務局 -1000", "付与 +2800"],
            leaf.Lines.Select(l => $"{l.Event}{(l.In is { } more ? $" +{more}" : "")}{(l.Out is { } less ? $" -{less}" : "")}"));
        Assert.Equal("K-0001～K-0002", VoucherRun.Words((await desk.Town.Get<MyVouchers>().Find(desk.Town.Citizen, leaf.Lines[4].Line.Receipt.ToString())).Value.Runs));
        Assert.Equal("transfer_unknown", (await desk.Town.Get<MyVouchers>().Find(Ids.NewRandom<CitizenId>(), receipt)).Refused?.Code);
        await desk.MustAddUp();
    }

    private static object Back(string returned) => new { id = Guid.CreateVersion7(), returned = new[] { returned } };

    private static async Task<string> Receipt(VoucherDesk desk, string key)
    {
        var (bucket, id) = VoucherOrder.ReadKey(key).Value;
        return (await desk.Town.Get<LedgerReading>().Find(bucket, id))!.Receipt.ToString();
    }
}
