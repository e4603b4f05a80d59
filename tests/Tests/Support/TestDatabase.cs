using Dapper;
using Microsoft.Data.Sqlite;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

[assembly: AssemblyFixture(typeof(TestDatabase.Servers))]

namespace MyKey.Tests.Support;

/// <summary>A migrated database of its own for one test. Use with <c>[Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]</c>.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly SemaphoreSlim Once = new(1, 1);
    private static string? sqliteTemplate;
    private static bool postgresTemplate;
    private static int made;
    private readonly string name;

    private TestDatabase(Database database, string name) => (Database, this.name) = (database, name);

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    public Database Database { get; }

    /// <summary>What a second process would connect with.</summary>
    public string ConnectionString => Database.Engine == Engine.Postgres ? Servers.Postgres.ConnectionString(name) : name;

    public static async Task<TestDatabase> New(Engine engine)
    {
        var number = Interlocked.Increment(ref made);
        await Once.WaitAsync();
        try
        {
            if (engine == Engine.Sqlite && sqliteTemplate is null) await MakeSqliteTemplate();
            if (engine == Engine.Postgres && !postgresTemplate) await MakePostgresTemplate(await Servers.Start());
            if (engine == Engine.Postgres) await Admin($"create database t{number} template template_mykey");
        }
        finally
        {
            Once.Release();
        }
        if (engine == Engine.Postgres) return new TestDatabase(Database.Postgres(Servers.Postgres.ConnectionString($"t{number}")), $"t{number}");
        var file = Path.Combine(Servers.Folder, $"t{number}.db");
        File.Copy(sqliteTemplate!, file);
        return new TestDatabase(Database.Sqlite(file), file);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (Database.Engine == Engine.Postgres) await Admin($"drop database {name} with (force)");
        else foreach (var file in Directory.GetFiles(Servers.Folder, Path.GetFileName(name) + "*")) File.Delete(file);
    }

    private static async Task MakeSqliteTemplate()
    {
        var file = Path.Combine(Servers.Folder, "template.db");
        await using (var database = Database.Sqlite(file))
        {
            await Migrations.Apply(database, TimeProvider.System, MyKey.App.Modules.Assemblies);
            await using var connection = await database.Open();
            await connection.ExecuteAsync("pragma wal_checkpoint(truncate)");
        }
        SqliteConnection.ClearAllPools();
        sqliteTemplate = file;
    }

    private static async Task MakePostgresTemplate(TemporaryPostgres server)
    {
        await Admin("create database template_mykey");
        await using (var database = Database.Postgres(server.ConnectionString("template_mykey") + ";Pooling=false"))
            await Migrations.Apply(database, TimeProvider.System, MyKey.App.Modules.Assemblies);
        postgresTemplate = true;
    }

    private static async Task Admin(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(Servers.Postgres.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>The servers of a test run: one PostgreSQL, one folder of SQLite files.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private static TemporaryPostgres? postgres;

        public static TemporaryPostgres Postgres => postgres ?? throw new InvalidOperationException("not started");

        public static string Folder { get; private set; } = "";

        public ValueTask InitializeAsync()
        {
            Folder = Directory.Exists("/dev/shm")   // in memory: tests prove order and content, the kill tests prove durability
                ? Directory.CreateDirectory($"/dev/shm/mykey-tests-{Environment.ProcessId}").FullName
                : Directory.CreateTempSubdirectory("mykey-tests-").FullName;
            return ValueTask.CompletedTask;
        }

        /// <summary>Starts the server when the first test asks for it.</summary>
        public static async Task<TemporaryPostgres> Start() => postgres ??= await TemporaryPostgres.Start("fsync=off", memory: true);

        public async ValueTask DisposeAsync()
        {
            SqliteConnection.ClearAllPools();
            if (postgres is not null) await postgres.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
