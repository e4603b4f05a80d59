using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.App.Settlement;

/// <summary>How the pieces of a month that is being closed are written.</summary>
internal static class Pieces
{
    /// <summary>So many entries, sums, lines or claims are read or written at once, with a rest after them, or payments wait for it: for the processor, for the collection of garbage (docs/performance.md).</summary>
    public const int AtOnce = 100;

    /// <summary>
    /// Writes what is simply made again when it is lost, so nobody waits for the disk: PostgreSQL may forget what it wrote last when the machine dies, and then always with everything after it. Whoever writes the
    /// month itself waits, and by that for every piece before.
    /// </summary>
    public static async Task WritePiece(this Database database, Func<Transaction, Task> piece, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            if (tx.Engine == Engine.Postgres) await tx.Connection.ExecuteAsync("set local synchronous_commit = off", transaction: tx.Handle);
            await piece(tx);
        }, stop);
        Rest(stop);
    }

    /// <summary>
    /// Lets those work who have waited meanwhile, for one millisecond. A timer that is awaited takes a tick of the system's coarse clock, which is 4 ms.
    /// </summary>
    public static void Rest(CancellationToken stop) => stop.WaitHandle.WaitOne(1);
}
