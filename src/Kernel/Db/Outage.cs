using Microsoft.Data.Sqlite;
using Npgsql;

namespace MyKey.Kernel.Db;

/// <summary>Tells a database that is away or full for now from a bug of ours.</summary>
public static class Outage
{
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteIoError = 10, SqliteFull = 13, SqliteCannotOpen = 14;

    /// <summary>Whether the database could not do it now and may do it later. What was being committed may stand or not: only its id tells.</summary>
    public static bool Is(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is NpgsqlException { IsTransient: true }) return true;
            if (error is SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked or SqliteIoError or SqliteFull or SqliteCannotOpen }) return true;
        }
        return false;
    }
}
