using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MyKey.Kernel.Db;

/// <summary>
/// Single statements of many callers that share their way to the database, and where they write the commit: what is asked for while a trip is under way goes with the next one. Each is as if it had run by
/// itself: where the database refuses one, its whole trip is undone and run again one by one. Equal questions of a trip are asked once.
/// </summary>
internal sealed partial class Together
{
    private readonly Database database;
    private readonly bool writes;
    private readonly Gathered<Statement, Statement> waiting;

    public Together(Database database, bool writes)
    {
        (this.database, this.writes) = (database, writes);
        // One trip at a time: two that write could wait for rows of one another.
        waiting = new(Travel);
    }

    /// <param name="sql">One statement that answers with rows.</param>
    /// <returns>The first row; null where there is none.</returns>
    public async Task<T?> One<T>(string sql, object values)
    {
        var end = (Statement<T>)Must.Have(await waiting.Find(new Statement<T>(sql, values)), "every statement has an end");
        if (end.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        return end.Row;
    }

    private async Task<IReadOnlyList<Statement?>> Travel(IReadOnlyList<Statement> asked)
    {
        var (once, ends) = writes ? (asked, asked) : Once(asked);
        try
        {
            await Run(once);
        }
        catch (DbException refused) when (once.Count > 1 && IsAnswer(refused))
        {
            foreach (var statement in once) await Alone(statement);
        }
        return ends;
    }

    private static (IReadOnlyList<Statement> Once, IReadOnlyList<Statement> Ends) Once(IReadOnlyList<Statement> asked)
    {
        var known = new Dictionary<Statement, Statement>(asked.Count);
        foreach (var statement in asked) known.TryAdd(statement, statement);
        return known.Count == asked.Count ? (asked, asked) : ([.. known.Keys], [.. asked.Select(s => known[s])]);
    }

    private async Task Alone(Statement statement)
    {
        try
        {
            await Run([statement]);
        }
        catch (DbException refused) when (IsAnswer(refused))
        {
            statement.Failure = refused;
        }
    }

    private static bool IsAnswer(DbException failure) => failure is PostgresException or SqliteException;

    private Task Run(IReadOnlyList<Statement> statements) => database.Engine == Engine.Postgres ? OnPostgres(statements) : OnSqlite(statements);

    private async Task OnPostgres(IReadOnlyList<Statement> statements)
    {
        await using var connection = (NpgsqlConnection)await database.Open();
        // All up to its end is one transaction.
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement.Command());
        await using var reader = await batch.ExecuteReaderAsync();
        for (var i = 0; i < statements.Count; i++)
        {
            Must.Hold(reader.FieldCount > 0, "each statement answers with rows");
            await statements[i].Read(reader);
            Must.Hold(await reader.NextResultAsync() == (i < statements.Count - 1), "each statement has its own answer");
        }
    }

    private async Task OnSqlite(IReadOnlyList<Statement> statements)
    {
        if (writes)
        {
            await database.Write(async tx =>
            {
                foreach (var statement in statements) await statement.Run(tx.Connection, tx.Handle);
            });
            return;
        }
        await using var connection = await database.Open();
        foreach (var statement in statements) await statement.Run(connection, null);
    }

    private abstract partial class Statement(string sql, object values)
    {
        private static readonly ConcurrentDictionary<(string Sql, Type Values), Form> Forms = new();

        protected string Sql => sql;

        protected object Values => values;

        public Exception? Failure { get; set; }

        public abstract Task Read(NpgsqlDataReader reader);

        public abstract Task Run(DbConnection connection, DbTransaction? handle);

        public NpgsqlBatchCommand Command()
        {
            var form = Forms.GetOrAdd((sql, values.GetType()), key => new Form(key.Sql, key.Values));
            var command = new NpgsqlBatchCommand(form.Sql);
            foreach (var place in form.Places) command.Parameters.Add(TypeMaps.Parameter(place.GetValue(values)));
            return command;
        }

        /// <summary>By places instead of names, once for each text: Npgsql would look for the names each time.</summary>
        private sealed class Form
        {
            public Form(string sql, Type values)
            {
                Sql = Name().Replace(sql, found =>
                {
                    var at = Places.FindIndex(p => p.Name == found.Groups[1].Value);
                    if (at >= 0) return $"${at + 1}";
                    Places.Add(Must.Have(values.GetProperty(found.Groups[1].Value), "each name has a value"));
                    return $"${Places.Count}";
                });
            }

            public string Sql { get; }

            public List<PropertyInfo> Places { get; } = [];
        }

        [GeneratedRegex(@"@(\w+)")]
        private static partial Regex Name();

        public override bool Equals(object? other) => other is Statement same && same.GetType() == GetType() && same.Sql == sql && same.Values.Equals(values);

        public override int GetHashCode() => HashCode.Combine(sql.GetHashCode(StringComparison.Ordinal), values);
    }

    private sealed class Statement<T>(string sql, object values) : Statement(sql, values)
    {
        private static readonly ConcurrentDictionary<string, Func<DbDataReader, object?>> Parsers = new();

        public T? Row { get; private set; }

        public override async Task Read(NpgsqlDataReader reader) => Row = await reader.ReadAsync() ? (T?)Parsers.GetOrAdd(Sql, _ => reader.GetRowParser(typeof(T)))(reader) : default;

        public override async Task Run(DbConnection connection, DbTransaction? handle) => Row = await connection.QueryFirstOrDefaultAsync<T>(Sql, Values, handle);
    }
}
