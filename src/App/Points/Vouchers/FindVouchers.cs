using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Vouchers;

/// <summary>A product with the sheets of it that a desk has.</summary>
public sealed record VoucherStock(VoucherProduct Product, AcceptorId Desk, long Count);

/// <summary>Days of a list, both included.</summary>
public sealed record VoucherDays(DateOnly From, DateOnly Until);

/// <summary>Reading products, stock and what was handed out.</summary>
public sealed class FindVouchers(Database database)
{
    private const string ProductById = $"select {StoredProduct.Columns} from pts_voucher_product p where p.id = @id";

    private const string ProductsOf = $"select {StoredProduct.Columns} from pts_voucher_product p where p.municipality = @municipality order by p.name, p.id";

    // Also what a desk has run out of: it says so.
    private const string AtDesk = $"""
        select {StoredProduct.Columns}, cast(sum(case v.state when 'stock' then 1 else 0 end) as bigint) as stock
        from pts_voucher v join pts_voucher_product p on p.id = v.product where v.desk = @desk group by {StoredProduct.Columns} order by p.name, p.id
        """;

    private const string StockOf = """
        select v.product, v.desk, count(*) as count from pts_voucher v join pts_voucher_product p on p.id = v.product
        where p.municipality = @municipality and v.state = 'stock' group by v.product, v.desk
        """;

    private const string Next = """
        select prefix, serial, width from pts_voucher where product = @product and desk = @desk and state = 'stock' order by prefix, serial limit @count
        """;

    private const string One = $"select {StoredOrder.Columns} from pts_voucher_order o join pts_voucher_product p on p.id = o.product where o.bucket = @bucket and o.id = @id";

    private const string NumbersOfOne = "select bucket, transfer, prefix, serial, width from pts_voucher_handed where bucket = @bucket and transfer = @id";

    private const string OfMunicipality = "o.municipality = @municipality and o.civil_day between @From and @Until";

    private const string OfDesk = "o.desk = @desk and o.civil_day between @From and @Until";

    private const string Listed = $"select {StoredOrder.Columns} from pts_voucher_order o join pts_voucher_product p on p.id = o.product where";

    private const string NumbersListed = "select h.bucket, h.transfer, h.prefix, h.serial, h.width from pts_voucher_order o join pts_voucher_handed h on h.bucket = o.bucket and h.transfer = o.id where";

    private const string Newest = "order by o.made_ms desc, o.id desc";

    public async Task<VoucherProduct?> Product(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredProduct>(ProductById, new { id }))?.Read();
    }

    /// <summary>All of a municipality, by name.</summary>
    public async Task<IReadOnlyList<VoucherProduct>> Products(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredProduct>(ProductsOf, new { municipality })).Select(r => r.Read())];
    }

    /// <summary>What a desk has, or had, by name.</summary>
    public async Task<IReadOnlyList<VoucherStock>> Of(AcceptorId desk, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredProduct>(AtDesk, new { desk })).Select(r => new VoucherStock(r.Read(), desk, r.Stock))];
    }

    /// <summary>Sheets in stock in a municipality, by product and desk.</summary>
    public async Task<IReadOnlyDictionary<(Guid Product, AcceptorId Desk), long>> Stock(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(Guid Product, AcceptorId Desk, long Count)>(StockOf, new { municipality })).ToDictionary(r => (r.Product, r.Desk), r => r.Count);
    }

    /// <summary>The next numbers of a desk's stock, at most so many.</summary>
    public async Task<IReadOnlyList<VoucherRun>> InStock(Guid product, AcceptorId desk, long count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return VoucherRun.Join((await connection.QueryAsync<StoredNumber>(Next, new { product, desk, count })).Select(n => n.Read())).Value;
    }

    public async Task<VoucherOrder?> Order(int bucket, TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<StoredOrder>(One, new { bucket, id });
        return row?.Read(await connection.QueryAsync<StoredNumber>(NumbersOfOne, new { bucket, id }));
    }

    /// <summary>What all desks of a municipality handed out, newest first.</summary>
    public Task<IReadOnlyList<VoucherOrder>> Handed(MunicipalityCode municipality, VoucherDays days, CancellationToken stop = default) =>
        List($"{Listed} {OfMunicipality} {Newest}", $"{NumbersListed} {OfMunicipality}", new { municipality, days.From, days.Until }, stop);

    /// <summary>What a desk handed out, newest first.</summary>
    public Task<IReadOnlyList<VoucherOrder>> Handed(AcceptorId desk, VoucherDays days, CancellationToken stop = default) =>
        List($"{Listed} {OfDesk} {Newest}", $"{NumbersListed} {OfDesk}", new { desk, days.From, days.Until }, stop);

    private async Task<IReadOnlyList<VoucherOrder>> List(string orders, string numbers, object values, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var handed = (await connection.QueryAsync<StoredNumber>(numbers, values)).ToLookup(n => (n.Bucket, n.Transfer));
        return [.. (await connection.QueryAsync<StoredOrder>(orders, values)).Select(o => o.Read(handed[(o.Bucket, o.Id)]))];
    }
}
