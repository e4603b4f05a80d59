using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;
using Npgsql;

namespace MyKey.Tests.Kernel.Db;

/// <summary>Goal: on PostgreSQL the App can add to history but neither change it nor take from it (decision 6, issue 2 step 7).</summary>
public class AppRoleTests
{
    private const string Denied = "42501";

    /// <summary>Tables of logs and ledger that are no history, and what of them may change. Every other one must refuse.</summary>
    private static readonly Dictionary<string, (string[] Columns, bool Delete)> Changing = new()
    {
        ["ledger_head"] = (["height", "hash"], false),
        ["ledger_lot"] = (["remaining", "entry_no", "commitment", "last_transfer", "closed"], false),
        ["ledger_limit"] = (["total", "taken"], false),
        ["ledger_premium"] = (["given", "entry_no", "commitment", "last_transfer"], false),
        ["ledger_lease"] = (["amount"], true),
        ["log_head"] = (["bucket", "height", "hash", "epoch"], false),
        ["log_pending"] = (["bucket", "id"], true),
        ["log_refusal"] = (["count", "code"], false),
    };

    private static readonly string[] HistoryOfKernel = ["krn_setting", "krn_migration", "krn_demonstration"];

    [Fact]
    public async Task History_can_be_added_to_and_nothing_else()
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        await using var app = Database.Postgres(test.ConnectionString, Database.AppRole);
        await using var connection = await app.Open();
        var tables = (await connection.QueryAsync<string>("select tablename from pg_tables where schemaname = 'public' and (tablename like 'ledger\\_%' or tablename like 'log\\_%')")).Concat(HistoryOfKernel).ToList();
        Assert.Subset(tables.ToHashSet(), Changing.Keys.ToHashSet());
        Assert.True(tables.Count - Changing.Count >= 10);
        foreach (var table in tables)
        {
            var (columns, delete) = Changing.GetValueOrDefault(table, ([], false));
            foreach (var column in await connection.QueryAsync<string>("select column_name from information_schema.columns where table_schema = 'public' and table_name = @table", new { table }))
                await Check(connection, $"update {table} set {column} = {column}", columns.Contains(column));
            await Check(connection, $"delete from {table}", delete);
            await Check(connection, $"truncate {table}", false);
            await Check(connection, $"alter table {table} add column x int", false);
            await Check(connection, $"drop table {table}", false);
        }
        await Check(connection, "create table x(a int)", false);
        await Check(connection, "insert into krn_migration(name, sha256, applied_ms) values ('x', 'x', 1)", false);
    }

    [Fact]
    public async Task The_role_stays_when_a_connection_comes_back_from_the_pool()
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        await using var app = Database.Postgres(test.ConnectionString + ";Maximum Pool Size=1", Database.AppRole);
        for (var round = 0; round < 3; round++)
        {
            await using var connection = await app.Open();
            Assert.Equal("mykey_app", await connection.ExecuteScalarAsync<string>("select current_user"));
        }
    }

    /// <summary>With one string the App works as the role; with two it has no other rights at all, not even after <c>reset role</c>.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_payment_goes_through_with_one_string_and_with_two(bool two)
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        var login = new NpgsqlConnectionStringBuilder(test.ConnectionString);
        if (two)
        {
            await using var owner = await test.Database.Open();
            login.Username = $"shop_{login.Database}";
            await owner.ExecuteAsync($"create role {login.Username} login in role mykey_app");
        }
        await using (var app = await TestApp.Over(test, two ? [$"MyKey:Database=postgres:{login}", $"MyKey:Migrator=postgres:{test.ConnectionString}"] : null))
        {
            var town = await Town.Build(app.Services);
            var cookie = await town.Terminal(town.Shop);
            var terminal = (await town.Get<FindTerminal>().ByToken(cookie)).Value;
            using var client = app.Client(app.Loopback);
            client.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={cookie}");
            var token = (await town.Get<UseOneTimeCode>().Use(terminal, "MY123456", await town.Code())).Value;

            using var answer = await client.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = token, issuer = Town.A.Value, amount = 1000 });

            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.Equal(1800, await town.Usable(Town.A));
            await using var connection = await app.Database.Open();
            await Check(connection, "update ledger_transfer set amount = 1", false);
            await connection.ExecuteAsync("reset role");
            if (two) await Check(connection, "update ledger_transfer set amount = 1", false);
        }
        NpgsqlConnection.ClearAllPools();
        await using var admin = await test.Database.Open();
        if (two) await admin.ExecuteAsync($"drop role {login.Username}");
    }

    private static async Task Check(System.Data.Common.DbConnection connection, string sql, bool allowed)
    {
        await using var attempt = await connection.BeginTransactionAsync();
        var state = "";
        try
        {
            await connection.ExecuteAsync(sql, transaction: attempt);
        }
        catch (PostgresException no)
        {
            state = no.SqlState;
        }
        await attempt.RollbackAsync();
        Assert.Equal((sql, allowed ? "" : Denied), (sql, state));
    }
}
