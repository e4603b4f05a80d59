using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Keys;

/// <summary>How many values lie under a key.</summary>
/// <param name="Key">null: they name none, so they are of the first one.</param>
public readonly record struct UnderKey(string? Key, long Rows);

/// <summary>A batch of a place that was wrapped anew.</summary>
/// <param name="Unreadable">Values that open with no key: they stay as they are, and somebody has to look.</param>
public readonly record struct WrappedAnew(int Rows, int Unreadable);

/// <summary>
/// Where wrapped values lie. Whoever wraps into a new column registers a place for it: what has none would be lost with the key that wrapped it. The list of all is held by
/// a test against the schema and the callers of <see cref="Kek.Wrap"/>.
/// </summary>
/// <param name="name">As <c>table.column</c>.</param>
public abstract class WrappedPlace(string name)
{
    public string Name => name;

    public abstract Task<IReadOnlyList<UnderKey>> Count(DbConnection connection, CancellationToken stop);

    /// <summary>Wraps a bounded batch anew, by the key that writes now. What somebody changes meanwhile stays as he left it.</summary>
    public abstract Task<WrappedAnew> Some(Database database, Kek kek, int most, CancellationToken stop);

    /// <summary>How a value begins that names its key.</summary>
    protected static byte[] Mark() => Kek.Mark.ToArray();

    /// <summary>How a value begins that the writing key has wrapped.</summary>
    protected static async Task<byte[]> Head(Kek kek, CancellationToken stop) => Kek.HeadOf((await kek.Look(stop)).Writing);

    /// <returns>null for what opens with no key.</returns>
    protected static async Task<byte[]?> Anew(Kek kek, byte[] wrapped, string owner, CancellationToken stop)
    {
        try
        {
            var secret = await kek.Unwrap(wrapped, owner, stop);
            var (_, anew) = await kek.Wrap(secret, owner, stop);
            CryptographicOperations.ZeroMemory(secret);
            return anew;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <returns>The name of the key of a value; null: it names none.</returns>
    protected static string? KeyOf(byte[] wrapped) =>
        wrapped.Length >= Kek.HeadBytes && wrapped.AsSpan().StartsWith(Kek.Mark) ? Convert.ToHexStringLower(wrapped.AsSpan(Kek.Mark.Length, Kek.IdBytes)) : null;
}

/// <summary>A row as a <see cref="WrappedColumn"/> reads it: what names it, and the value.</summary>
public sealed record WrappedRow
{
    public int Bucket { get; init; }
    public Guid Id { get; init; }
    public Guid Other { get; init; }
    public int No { get; init; }
    public string Text { get; init; } = "";
    public byte[] Wrapped { get; init; } = [];
}

/// <summary>The texts of a <see cref="WrappedColumn"/>.</summary>
/// <param name="Count">Of <c>key</c> and <c>rows</c>: <c>select case when substr(…, 1, 8) = @Mark then substr(…, 9, 8) end as key, count(*) as rows …</c>.</param>
/// <param name="Others">As <see cref="WrappedRow"/>: those whose first 16 bytes are not <c>@Head</c>, <c>@Most</c> at most.</param>
/// <param name="Replace">Puts <c>@Anew</c> where <c>@Wrapped</c> still is; <c>@KekId</c> is its key.</param>
public sealed record WrappedSql(string Count, string Others, string Replace);

/// <summary>A column of its own for wrapped values.</summary>
/// <param name="owner">As whoever wraps into it says it.</param>
public sealed class WrappedColumn(string name, WrappedSql sql, Func<WrappedRow, string> owner) : WrappedPlace(name)
{
    internal WrappedSql Sql => sql;

    public override async Task<IReadOnlyList<UnderKey>> Count(DbConnection connection, CancellationToken stop)
    {
        var found = await connection.QueryAsync<CountRow>(new CommandDefinition(sql.Count, new { Mark = Mark() }, cancellationToken: stop));
        return [.. found.Select(r => new UnderKey(r.Key is { } key ? Convert.ToHexStringLower(key) : null, r.Rows))];
    }

    public override async Task<WrappedAnew> Some(Database database, Kek kek, int most, CancellationToken stop)
    {
        var head = await Head(kek, stop);
        List<WrappedRow> rows;
        await using (var connection = await database.Open(stop))
            rows = (await connection.QueryAsync<WrappedRow>(new CommandDefinition(sql.Others, new { Head = head, Most = most }, cancellationToken: stop))).AsList();
        var (news, unreadable) = (new List<object>(), 0);
        foreach (var row in rows.OrderBy(r => r.Bucket).ThenBy(r => r.Id).ThenBy(r => r.Other).ThenBy(r => r.No))
        {
            if (await Anew(kek, row.Wrapped, owner(row), stop) is not { } anew) unreadable++;
            else news.Add(new { row.Bucket, row.Id, row.Other, row.No, row.Text, row.Wrapped, Anew = anew, KekId = KeyOf(anew) });
        }
        if (news.Count > 0) await database.Write(tx => tx.Connection.ExecuteAsync(sql.Replace, news, tx.Handle), stop);
        return new WrappedAnew(news.Count, unreadable);
    }

    private sealed record CountRow
    {
        public byte[]? Key { get; init; }
        public long Rows { get; init; }
    }
}
