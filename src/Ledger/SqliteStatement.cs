using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MyKey.Ledger;

/// <summary>
/// A statement that is prepared once and spoken to in SQLite's own words. A payment runs eight of them with eighty values; boxed parameters
/// of the general interface cost more than SQLite itself. Values are added in the order of the statement; nothing is kept between two runs.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 db;
    private readonly sqlite3_stmt statement;
    private int added;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        db = Must.Have(connection.Handle, "the connection is open");
        Check(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement));
    }

    public SqliteStatement Add(long value) => Added(raw.sqlite3_bind_int64(statement, ++added, value));

    public SqliteStatement Add(string value) => Added(raw.sqlite3_bind_text(statement, ++added, value));

    public SqliteStatement Add(byte[] value) => Added(raw.sqlite3_bind_blob(statement, ++added, value));

    public SqliteStatement Add(Guid? value)
    {
        if (value is not { } id) return Added(raw.sqlite3_bind_null(statement, ++added));
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Added(raw.sqlite3_bind_blob(statement, ++added, bytes));
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        while (Next())
        {
        }
        return raw.sqlite3_changes(db);
    }

    /// <summary>The next row; after the last one the statement is ready for new values.</summary>
    public bool Next()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW) return true;
        raw.sqlite3_reset(statement);
        added = 0;
        if (code != raw.SQLITE_DONE) Check(code);
        return false;
    }

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int(int column) => raw.sqlite3_column_int(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public Guid Id(int column) => new(raw.sqlite3_column_blob(statement, column), bigEndian: true);

    public Guid? IdOrNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL ? null : Id(column);

    public void Dispose() => statement.Dispose();

    private SqliteStatement Added(int code)
    {
        Check(code);
        return this;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, db);
    }
}
