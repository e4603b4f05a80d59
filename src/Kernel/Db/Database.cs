using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MyKey.Kernel.Db;

public enum Engine { Sqlite, Postgres }

/// <summary>
/// The one database. SQLite is the embedded default, PostgreSQL the production engine; both speak one SQL text where they agree.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The role of PostgreSQL that may add to history but not change it (migration 0012).</summary>
    public const string AppRole = "mykey_app";

    private readonly NpgsqlDataSource? postgres;
    private readonly string sqlite = "";

    private readonly Together reads, writes;

    private Database(NpgsqlDataSource postgres) : this(Engine.Postgres) => this.postgres = postgres;

    private Database(string sqlite) : this(Engine.Sqlite) => this.sqlite = sqlite;

    private Database(Engine engine) => (Engine, reads, writes) = (engine, new Together(this, writes: false), new Together(this, writes: true));

    public Engine Engine { get; }

    /// <summary>SQLite has one writer at a time; waiting here is fair and cheaper than polling its lock.</summary>
    public SemaphoreSlim SqliteWriter { get; } = new(1, 1);

    static Database() => TypeMaps.Register();

    public static Database Sqlite(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        return new Database(new SqliteConnectionStringBuilder { DataSource = file, Pooling = true, DefaultTimeout = 30 }.ToString());
    }

    /// <param name="role">Works as this role, e.g. <see cref="AppRole"/>; else with whatever the login may do.</param>
    public static Database Postgres(string connectionString, string? role = null)
    {
        var source = new NpgsqlDataSourceBuilder(connectionString) { ConnectionStringBuilder = { ApplicationName = "mykey", NoResetOnClose = true, MaxAutoPrepare = 200 } };
        // As an option of the start of a connection, because nobody sets it again later.
        if (role is not null) source.ConnectionStringBuilder.Options = $"{source.ConnectionStringBuilder.Options} -c role={role}".TrimStart();
        return new(source.Build());
    }

    /// <summary>An open connection of its own; dispose it soon.</summary>
    public async ValueTask<DbConnection> Open(CancellationToken stop = default)
    {
        if (postgres is not null) return await postgres.OpenConnectionAsync(stop);
        var connection = new SqliteConnection(sqlite);
        await connection.OpenAsync(stop);
        await using var pragma = connection.CreateCommand();
        pragma.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 30000;";
        await pragma.ExecuteNonQueryAsync(stop);
        return connection;
    }

    /// <summary>Runs <paramref name="work"/> in one short transaction (SQLite: BEGIN IMMEDIATE; PostgreSQL: READ COMMITTED) and commits.</summary>
    public async Task<T> Write<T>(Func<Transaction, Task<T>> work, CancellationToken stop = default)
    {
        if (Engine == Engine.Sqlite) await SqliteWriter.WaitAsync(stop);
        try
        {
            await using var connection = await Open(stop);
            await using var transaction = connection is SqliteConnection lite
                ? lite.BeginTransaction(IsolationLevel.Serializable, deferred: false)
                : await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, stop);
            var result = await work(new Transaction(this, connection, transaction));
            await transaction.CommitAsync(stop);
            return result;
        }
        finally
        {
            if (Engine == Engine.Sqlite) SqliteWriter.Release();
        }
    }

    public Task Write(Func<Transaction, Task> work, CancellationToken stop = default) =>
        Write(async tx => { await work(tx); return true; }, stop);

    /// <summary>One question whose trip many may share. Its answer is never older than the question.</summary>
    /// <param name="sql">One statement, constant text.</param>
    /// <param name="values">An anonymous type: equal ones of a moment are asked once.</param>
    /// <returns>The first row; null where there is none.</returns>
    public Task<T?> ReadTogether<T>(string sql, object values, CancellationToken stop = default)
    {
        stop.ThrowIfCancellationRequested();
        return reads.One<T>(sql, values);
    }

    /// <summary>One statement that is a transaction by itself, whose trip and commit many may share: two ways to the server less than <see cref="Write{T}"/>, and where many come at once hardly any.</summary>
    /// <param name="sql">One statement, constant text, that answers with rows (<c>returning</c>).</param>
    /// <returns>The first row, once it is durable; null where there is none.</returns>
    public Task<T?> WriteTogether<T>(string sql, object values, CancellationToken stop = default)
    {
        stop.ThrowIfCancellationRequested();
        return writes.One<T>(sql, values);
    }

    /// <summary>
    /// Like <see cref="Write{T}"/>, but a refusal rolls back what was written before it.
    /// </summary>
    public async Task<Result<T>> WriteOrRefuse<T>(Func<Transaction, Task<Result<T>>> work, CancellationToken stop = default)
    {
        try
        {
            return await Write<Result<T>>(async tx =>
            {
                var result = await work(tx);
                return result.Refused is { } refusal ? throw new RolledBack(refusal) : result;
            }, stop);
        }
        catch (RolledBack no)
        {
            return no.Refusal;
        }
    }

    /// <summary>Reads everything that <paramref name="work"/> asks for as of one moment, and holds up no writer.</summary>
    public async Task<T> Snapshot<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default)
    {
        await using var connection = await Open(stop);
        await using var snapshot = connection is SqliteConnection lite ? lite.BeginTransaction(deferred: true) : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        return await work(connection);
    }

    public async ValueTask DisposeAsync()
    {
        SqliteWriter.Dispose();
        if (postgres is not null) await postgres.DisposeAsync();
        else SqliteConnection.ClearPool(new SqliteConnection(sqlite));
    }

    private sealed class RolledBack(Refusal refusal) : Exception
    {
        public Refusal Refusal { get; } = refusal;
    }
}

/// <summary>An open database transaction, handed to the code that writes in it.</summary>
public sealed record Transaction(Database Database, DbConnection Connection, DbTransaction Handle)
{
    public Engine Engine => Database.Engine;
}
