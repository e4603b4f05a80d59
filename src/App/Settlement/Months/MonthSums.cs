using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Where reading of one chain stands.</summary>
internal sealed class ChainProgress
{
    public int Bucket { get; init; }
    public long Height { get; init; }
    public int Position { get; init; }
    public long Last { get; init; }
    public int Done { get; init; }
    public long Transfers { get; init; }
}

/// <summary>The sums of the month that is being closed, with how far they go.</summary>
internal sealed class MonthSums(Database database)
{
    private const string Columns = $"id, {SettlementLineRow.Columns}";

    private const string Add = "on conflict(month, id) do update set count = stl_sum.count + excluded.count, amount = stl_sum.amount + excluded.amount";

    private const string PutOne = $"insert into stl_sum({Columns}) values (@Id, @Month, @Kind, @Undone, @AccountKind, @Issuer, @Owner, @Source, @Partner, @Programme, @OfMonth, @Count, @Amount) {Add}";

    private const string PutMany = $"""
        insert into stl_sum({Columns})
        select * from unnest(@Id, @Month, @Kind, @Undone, @AccountKind, @Issuer, @Owner, @Source, @Partner, @Programme, @OfMonth, @Count, @Amount) {Add}
        """;

    private const string Begin = "insert into stl_progress(month, bucket, height, position, last, done, transfers) values (@Month, @Bucket, @Height, @Position, @Last, @Done, 0) on conflict do nothing";

    // Whoever has read the same piece meanwhile has moved it: then these sums are not added.
    private const string Move = """
        update stl_progress set height = @ToHeight, position = @ToPosition, done = @Done, transfers = transfers + @Transfers
        where month = @Month and bucket = @Bucket and height = @Height and position = @Position and done = 0
        """;

    public async Task<IReadOnlyList<ChainProgress>> Progress(SettlementMonth month, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<ChainProgress>("select bucket, height, position, last, done, transfers from stl_progress where month = @Number order by bucket", new { month.Number })];
    }

    public Task Start(SettlementMonth month, IEnumerable<(int Bucket, long After, long Last)> parts, CancellationToken stop) => database.Write(tx => tx.Connection.ExecuteAsync(Begin,
        parts.Select(p => new { Month = month.Number, p.Bucket, Height = p.After, Position = int.MaxValue, p.Last, Done = p.After == p.Last ? 1 : 0 }).ToList(), tx.Handle), stop);

    /// <param name="to">Where the piece ends; null: at the end of the part.</param>
    public Task Keep(ChainProgress from, ChainPlace? to, IReadOnlyList<SettlementLine> sums, (SettlementMonth Month, long Transfers) of, CancellationToken stop) => database.WritePiece(async tx =>
    {
        var end = to ?? ChainPlace.After(from.Last);
        var moved = await tx.Connection.ExecuteAsync(Move, new
        {
            Month = of.Month.Number, from.Bucket, from.Height, from.Position, ToHeight = end.Height, ToPosition = end.Position, Done = to is null ? 1 : 0, of.Transfers,
        }, tx.Handle);
        if (moved == 0 || sums.Count == 0) return;
        if (tx.Engine == Engine.Sqlite) await tx.Connection.ExecuteAsync(PutOne, sums.Select(Row).ToList(), tx.Handle);
        else await tx.Connection.ExecuteAsync(PutMany, Rows(sums), tx.Handle);
    }, stop);

    private static object Row(SettlementLine l) => new
    {
        l.Id, Month = l.Month.Number, Kind = (int)l.Kind, Undone = l.Undone ? 1 : 0, AccountKind = (int)l.Account.Kind, Issuer = l.Account.Issuer.Value, l.Account.Owner, Source = (int)l.Source, l.Partner, l.Programme,
        OfMonth = l.OfMonth.Number, l.Count, l.Amount,
    };

    private static object Rows(IReadOnlyList<SettlementLine> all) => new
    {
        Id = all.Select(l => l.Id).ToArray(), Month = all.Select(l => l.Month.Number).ToArray(), Kind = all.Select(l => (int)l.Kind).ToArray(), Undone = all.Select(l => l.Undone ? 1 : 0).ToArray(),
        AccountKind = all.Select(l => (int)l.Account.Kind).ToArray(), Issuer = all.Select(l => l.Account.Issuer.Value).ToArray(), Owner = all.Select(l => l.Account.Owner).ToArray(),
        Source = all.Select(l => (int)l.Source).ToArray(), Partner = all.Select(l => l.Partner).ToArray(), Programme = all.Select(l => l.Programme).ToArray(), OfMonth = all.Select(l => l.OfMonth.Number).ToArray(),
        Count = all.Select(l => l.Count).ToArray(), Amount = all.Select(l => l.Amount).ToArray(),
    };
}
