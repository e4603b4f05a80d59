using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Tickets;

/// <summary>The first four digits of an issuer's ticket numbers, given once; never its municipality code, which has too many digits.</summary>
public sealed class TicketNumbers(Database database)
{
    private const int Tries = 5;

    // Two issuers that begin at once may try for the same number: one of them gets none and tries again.
    private const string Give = """
        insert into pts_ticket_issuer(issuer, no) select @issuer, coalesce(max(no), 0) + 1 from pts_ticket_issuer where true on conflict do nothing
        """;

    private const string Given = "select no from pts_ticket_issuer where issuer = @issuer";

    public async Task<int> OfIssuer(MunicipalityCode issuer, CancellationToken stop = default)
    {
        await using (var connection = await database.Open(stop))
            if (await connection.QuerySingleOrDefaultAsync<int?>(Given, new { issuer }) is { } known) return known;
        for (var tries = 0; tries < Tries; tries++)
        {
            var no = await database.Write(async tx =>
            {
                await tx.Connection.ExecuteAsync(Give, new { issuer }, tx.Handle);
                return await tx.Connection.QuerySingleOrDefaultAsync<int?>(Given, new { issuer }, tx.Handle);
            }, stop);
            if (no is { } given) return given;
        }
        throw new BrokenProperty($"an issuer of tickets gets a number within {Tries} tries", nameof(TicketNumbers), 0);
    }
}
