using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Settlement;

/// <summary>The one row at which closing and booking take turns.</summary>
internal static class Books
{
    private const string Turn = "update stl_book set turns = turns + 1 where no = 1 returning closed";

    /// <summary>The month into which something is booked now; none can close before this transaction ends.</summary>
    public static async Task<SettlementMonth> Open(Transaction tx, DateOnly today)
    {
        var closed = await tx.Connection.ExecuteScalarAsync<int>(Turn, transaction: tx.Handle);
        return closed == 0 ? SettlementMonth.Of(today) : new SettlementMonth(closed).Next;
    }

    public static async Task Close(Transaction tx, SettlementMonth month)
    {
        var closed = await tx.Connection.ExecuteAsync("update stl_book set closed = @Number where no = 1 and closed < @Number", new { month.Number }, tx.Handle);
        Must.Hold(closed == 1, "months are closed in their order");
    }
}
