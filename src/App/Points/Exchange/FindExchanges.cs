using Dapper;
using MyKey.App.Partners;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <summary>What a citizen has exchanged by one form or request, found again.</summary>
public sealed class FindExchanges(Database database, PartnerCache partners, LedgerReading reading, Buckets buckets)
{
    private const string InOne = CouponRow.All + " and c.taken_by = @citizen and c.exchange = @exchange and c.posted = 1 order by c.transfer";

    public async Task<IReadOnlyList<(ExchangeLine Line, MunicipalityCode Issuer)>> Of(CitizenId citizen, Guid exchange, CancellationToken stop = default)
    {
        var view = await partners.View();
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<CouponRow>(InOne, new { citizen, exchange })).Select(r => r.Read()).Select(c =>
            (new ExchangeLine(0, "", view.Find(c.Partner), c.Use!.Worth, c.Use.Rate, c.Use.LotExpiresOn, c.Use.Transfer, true, null), c.Use.Issuer))];
    }

    public async Task<ReceiptNumber?> Receipt(CitizenId citizen, ExchangeLine line) =>
        line.Transfer is { } transfer && await reading.Find(buckets.Of(citizen.Value), transfer) is { } found ? found.Receipt : null;
}
