using Dapper;
using MyKey.Tests.Support;
using Npgsql;

namespace MyKey.Load;

/// <summary>The PostgreSQL server of a run: one of its own with the settings of a small production machine, or one that is there. Databases begin with <c>mykey_load_</c>.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Durable: fsync, full_page_writes and synchronous_commit stay on. Checkpoints are left to us, so that none falls into one turn and not into the other.</summary>
    private const string Settings = """
        shared_buffers=2GB
        max_wal_size=16GB
        min_wal_size=4GB
        checkpoint_timeout=60min
        wal_buffers=64MB
        wal_compression=lz4
        random_page_cost=1.1
        effective_cache_size=8GB
        """;

    private readonly TemporaryPostgres? own;
    private readonly NpgsqlConnectionStringBuilder address;

    private PostgresServer(TemporaryPostgres? own, string address, string version, int? process) =>
        (this.own, this.address, Version, Process) = (own, new NpgsqlConnectionStringBuilder(address), version, process);

    public string Version { get; }

    /// <summary>Process id of the server, if it is on this machine.</summary>
    public int? Process { get; }

    public string Host => address.Host ?? "";

    public int Port => address.Port;

    public string User => address.Username ?? "";

    public string? Password => address.Password;

    public static async Task<PostgresServer> Get(LoadOptions options, CancellationToken stop)
    {
        var own = options.Postgres is null ? await TemporaryPostgres.Start(Settings) : null;
        var address = options.Postgres ?? own!.ConnectionString();
        await using var connection = new NpgsqlConnection(address + ";Pooling=false");
        await connection.OpenAsync(stop);
        var local = own is not null || connection.Host is "127.0.0.1" or "localhost" || connection.Host?.StartsWith('/') == true;
        return new PostgresServer(own, address, connection.PostgreSqlVersion.ToString(), local ? CpuTime.ServerOf(connection.ProcessID) : null);
    }

    /// <summary>Makes an empty database; one left over from an earlier run is dropped.</summary>
    public async Task<string> Create(string name)
    {
        await Execute(null, $"drop database if exists {name} with (force)");
        await Execute(null, $"create database {name}");
        return ConnectionString(name);
    }

    public string ConnectionString(string name) => new NpgsqlConnectionStringBuilder(address.ConnectionString) { Database = name, MaxPoolSize = 30, CommandTimeout = 600 }.ToString();

    public Task Checkpoint() => Execute(null, "checkpoint");

    /// <summary>Bytes of write-ahead log so far.</summary>
    public async Task<long> LogBytes()
    {
        await using var connection = new NpgsqlConnection(ConnectionString(address.Database ?? "postgres"));
        return await connection.ExecuteScalarAsync<long>("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
    }

    public async Task Execute(string? name, string sql)
    {
        await using var connection = new NpgsqlConnection(name is null ? address.ConnectionString + ";Command Timeout=600" : ConnectionString(name));
        await connection.ExecuteAsync(sql, commandType: System.Data.CommandType.Text);
    }

    /// <summary>pgbench, of the newest PostgreSQL that is installed.</summary>
    public static string Pgbench() =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetFiles("/usr/lib/postgresql", "pgbench", SearchOption.AllDirectories) : [])
        .OrderByDescending(f => f.Length).ThenByDescending(f => f, StringComparer.Ordinal).FirstOrDefault() ?? "pgbench";

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (own is not null) await own.DisposeAsync();
        else foreach (var name in Names.All) await Execute(null, $"drop database if exists {name} with (force)");
    }

    /// <summary>The databases of a run.</summary>
    internal static class Names
    {
        public const string Ledger = "mykey_load_ledger", Usual = "mykey_load_usual";
        public static readonly string[] All = [Ledger, Usual];
    }
}
