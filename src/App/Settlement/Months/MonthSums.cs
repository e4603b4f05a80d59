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

/// <summary>How far one piece takes a chain.</summary>
/// <param name="To">Where the piece ends; null: at the end of the part.</param>
internal sealed record ChainMove(ChainProgress From, ChainPlace? To, long Transfers);

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

    /// <param name="moves">In the order of the chains, from the first that was not done.</param>
    public Task Keep(SettlementMonth month, IReadOnlyList<ChainMove> moves, IEnumerable<SettlementLine> sums, CancellationToken stop) => database.WritePiece(async tx =>
    {
        // Every piece begins with the first chain that is not done, so whoever loses there has lost all.
        if (await Moved(tx, month, moves[0]) == 0) return;
        foreach (var move in moves.Skip(1)) Must.Hold(await Moved(tx, month, move) == 1, "whoever moves the first chain moves all");
        foreach (var some in sums.Chunk(Pieces.AtOnce))
        {
            if (tx.Engine == Engine.Sqlite) await tx.Connection.ExecuteAsync(PutOne, some.Select(Row).ToList(), tx.Handle);
            else
            {
                await tx.Connection.ExecuteAsync(PutMany, Rows(some), tx.Handle);
                Pieces.Rest(stop);
            }
        }
    }, stop);

    private static Task<int> Moved(Transaction tx, SettlementMonth month, ChainMove move)
    {
        var end = move.To ?? ChainPlace.After(move.From.Last);
        return tx.Connection.ExecuteAsync(Move, new
        {
            Month = month.Number, move.From.Bucket, move.From.Height, move.From.Position, ToHeight = end.Height, ToPosition = end.Position, Done = move.To is null ? 1 : 0, move.Transfers,
        }, tx.Handle);
    }

    private static object Row(SettlementLine l) => new
    {
        l.Id, Month = l.Month.Number, Kind = (int)l.Kind, Undone = l.Undone ? 1 : 0, AccountKind = (int)l.Account.Kind, Issuer = l.Account.Issuer.Value, l.Account.Owner, Source = (int)l.Source, l.Partner, l.Programme,
        OfMonth = l.OfMonth.Number, l.Count, l.Amount,
    };

    private static object Rows(SettlementLine[] all) => new
    {
        Id = all.Select(l => l.Id).ToArray(), Month = all.Select(l => l.Month.Number).ToArray(), Kind = all.Select(l => (int)l.Kind).ToArray(), Undone = all.Select(l => l.Undone ? 1 : 0).ToArray(),
        AccountKind = all.Select(l => (int)l.Account.Kind).ToArray(), Issuer = all.Select(l => l.Account.Issuer.Value).ToArray(), Owner = all.Select(l => l.Account.Owner).ToArray(),
        Source = all.Select(l => (int)l.Source).ToArray(), Partner = all.Select(l => l.Partner).ToArray(), Programme = all.Select(l => l.Programme).ToArray(), OfMonth = all.Select(l => l.OfMonth.Number).ToArray(),
        Count = all.Select(l => l.Count).ToArray(), Amount = all.Select(l => l.Amount).ToArray(),
    };
}
