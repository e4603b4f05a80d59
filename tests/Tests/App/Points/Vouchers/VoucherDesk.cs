using System.Net;
using System.Text.Json;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.Vouchers;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Tickets;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Vouchers;

/// <summary>The desk of the source's use case with お買物券 of 500 yen and 駐車券 of 100 yen in stock (S4-08a, S4-08b), speaking HTTP.</summary>
internal sealed class VoucherDesk : IAsyncDisposable
{
    private VoucherDesk(TicketOffice office, StaffAtWork officer, AcceptorId desk) => (Office, Officer, Id) = (office, officer, desk);

    public TicketOffice Office { get; }

    public Town Town => Office.Town;

    public Till Desk => Office.Desk;

    public StaffAtWork Officer { get; }

    public AcceptorId Id { get; }

    /// <summary>お買物券 K-0001 to K-0020.</summary>
    public Guid Shopping { get; } = Guid.CreateVersion7();

    /// <summary>駐車券 1 to 10.</summary>
    public Guid Parking { get; } = Guid.CreateVersion7();

    /// <param name="today">Staff log in by the numbers of their authenticators, which follow the machine's clock.</param>
    public static async Task<VoucherDesk> Open(Engine engine, bool today = false)
    {
        var office = await TicketOffice.Open(engine, today);
        var view = await office.Town.Get<RegistryCache>().View();
        var desk = new VoucherDesk(office, await office.Officer(Town.A), view.Acceptors.Single(a => a.Name == "○○商店街 事務局").Id);
        await desk.Save(desk.Product(desk.Shopping, "お買物券", 500));
        await desk.Save(desk.Product(desk.Parking, "駐車券", 100) with { Kind = VoucherKind.Parking });
        Assert.Equal("K-0001～K-0020", (await desk.Stock(desk.Shopping, StockChangeKind.Received, "K-0001", "K-0020")).Value.ToString());
        Assert.True((await desk.Stock(desk.Parking, StockChangeKind.Received, "1", "9")).Ok);
        return desk;
    }

    public WantedProduct Product(Guid id, string name, long denomination)
    {
        var today = Town.Get<TimeProvider>().Today();
        return new WantedProduct(id, name, VoucherKind.Shopping, denomination, "中央通り商店街の各店舗", today, today.AddDays(30), 0, null, On: true);
    }

    public async Task<VoucherProduct> Save(WantedProduct wanted) => (await Town.Get<SaveProduct>().Run(Officer, wanted)).Value;

    public Task<Result<VoucherRun>> Stock(Guid product, StockChangeKind kind, string first, string? last = null, Guid? id = null, AcceptorId? desk = null) =>
        Town.Get<ChangeStock>().Run(Officer, new WantedChange(id ?? Guid.CreateVersion7(), product, desk ?? Id, kind, first, last, kind == StockChangeKind.Received ? null : "たなおろし"));

    /// <summary>A programme with a budget that pays premiums.</summary>
    public async Task<ProgrammeId> Budget(long total)
    {
        var (id, today) = (Ids.New<ProgrammeId>(TimeProvider.System), Town.Get<TimeProvider>().Today());
        Assert.True((await Town.Get<OpenProgramme>().Run(new(id, Town.A, "プレミアム商品券", GrantKind.Other, today, today.AddDays(60), Officer.Actor))).Ok);
        Assert.True((await Office.App.Database.WriteOrRefuse(tx => Town.Get<Limits>().SetTotal(tx, LimitId.Budget(id), new Points(total)))).Ok);
        return id;
    }

    public async Task<long> Taken(ProgrammeId programme) => (await Town.Get<Limits>().Read(LimitId.Budget(programme)))!.Taken.Value;

    public async Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Exchange(Guid product, long points, Guid? id = null, string? token = null, Till? at = null, params string[] numbers)
    {
        var till = at ?? Desk;
        return await till.Call(HttpMethod.Post, "/api/v1/vouchers", new { id = id ?? Guid.CreateVersion7(), citizenToken = token ?? await till.CitizenToken(), product, points, numbers });
    }

    /// <returns>The key of what was handed out and its numbers.</returns>
    public async Task<(string Key, string Numbers)> Handed(Guid product, long points, params string[] numbers)
    {
        var handed = await Exchange(product, points, numbers: numbers);
        Assert.Equal((HttpStatusCode.Created, null), (handed.Status, handed.Code));
        var voucher = handed.Body.GetProperty("voucher");
        return (voucher.GetProperty("key").GetString()!, Numbers(voucher));
    }

    public static string Numbers(JsonElement voucher) => string.Join('、', voucher.GetProperty("numbers").EnumerateArray().Select(n => n.GetString()));

    public Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Cancel(string key, string[] returned, string[]? spoilt = null, Guid? id = null, Till? at = null, string shopCode = Town.ShopCode) =>
        (at ?? Desk).Call(HttpMethod.Post, $"/api/v1/vouchers/{key}/cancel", new { id = id ?? Guid.CreateVersion7(), shopCode, returned, spoilt = spoilt ?? [] });

    public async Task<long> InStock(Guid product) => (await Town.Get<FindVouchers>().Stock(Town.A)).GetValueOrDefault((product, Id));

    public Task<long> Usable() => Town.Usable(Town.A);

    /// <summary>Ledger and paper agree.</summary>
    public async Task MustAddUp()
    {
        await Office.MustAddUp();
        Assert.Null((await Town.Get<AuditVouchers>().Run()).Broken);
    }

    public ValueTask DisposeAsync() => Office.DisposeAsync();
}
