using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace MyKey.Kernel.Db;

/// <summary>
/// Numbered SQL files embedded as <c>…Migrations.NNNN_name.sql</c>, forward only: one transaction each, the content's SHA-256 recorded,
/// one runner at a time (PostgreSQL: advisory lock; SQLite: its write lock). One text for both engines by these words:
/// <c>{id}</c> uuid | blob · <c>{blob}</c> bytea | blob · <c>{long}</c> bigint | integer · <c>{strict}</c> nothing | strict ·
/// <c>{clustered}</c> nothing | strict, without rowid. A line beginning <c>--only postgres</c> or <c>--only sqlite</c> opens a part for
/// that engine, <c>--only both</c> ends it.
/// </summary>
public static class Migrations
{
    private const long LockKey = 0x6D796B6579;

    /// <summary>Applies what is missing, in the order of the numbers over all <paramref name="modules"/>.</summary>
    /// <returns>The names of the files applied now.</returns>
    /// <exception cref="InvalidOperationException">A file that was applied has changed since.</exception>
    public static async Task<IReadOnlyList<string>> Apply(Database database, TimeProvider clock, IEnumerable<Assembly> modules, CancellationToken stop = default)
    {
        var files = modules.SelectMany(Files).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        var twice = files.GroupBy(f => f.Name[..4]).FirstOrDefault(g => g.Count() > 1);
        Must.Hold(twice is null, $"migration number {twice?.Key} is used once");
        await database.Write(tx => tx.Connection.ExecuteAsync(Translate(
            "create table if not exists krn_migration(name text not null primary key, sha256 text not null, applied_ms {long} not null) {strict}",
            tx.Engine), transaction: tx.Handle), stop);
        var applied = new List<string>();
        foreach (var file in files)
            if (await database.Write(tx => ApplyOne(tx, clock, file), stop)) applied.Add(file.Name);
        return applied;
    }

    /// <summary>The text for one engine.</summary>
    public static string Translate(string sql, Engine engine)
    {
        var postgres = engine == Engine.Postgres;
        var text = new StringBuilder();
        var here = true;
        foreach (var line in sql.Split('\n'))
        {
            if (line.StartsWith("--only ", StringComparison.Ordinal))
                here = line[7..].Trim() switch { "postgres" => postgres, "sqlite" => !postgres, "both" => true, var word => throw new FormatException($"--only {word}") };
            else if (here) text.Append(line).Append('\n');
        }
        return text.Replace("{id}", postgres ? "uuid" : "blob").Replace("{blob}", postgres ? "bytea" : "blob")
            .Replace("{long}", postgres ? "bigint" : "integer").Replace("{strict}", postgres ? "" : "strict")
            .Replace("{clustered}", postgres ? "" : "strict, without rowid").ToString();
    }

    private static async Task<bool> ApplyOne(Transaction tx, TimeProvider clock, File file)
    {
        if (tx.Engine == Engine.Postgres) await tx.Connection.ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, tx.Handle);
        var known = await tx.Connection.QuerySingleOrDefaultAsync<string>("select sha256 from krn_migration where name = @Name", new { file.Name }, tx.Handle);
        if (known is not null)
            return known == file.Sha256 ? false : throw new InvalidOperationException($"Migration {file.Name} was applied with another content.");
        await tx.Connection.ExecuteAsync(Translate(file.Sql, tx.Engine), transaction: tx.Handle);
        await tx.Connection.ExecuteAsync("insert into krn_migration(name, sha256, applied_ms) values (@Name, @Sha256, @Now)",
            new { file.Name, file.Sha256, Now = clock.NowMs() }, tx.Handle);
        return true;
    }

    private static IEnumerable<File> Files(Assembly module)
    {
        foreach (var resource in module.GetManifestResourceNames())
        {
            var at = resource.LastIndexOf(".Migrations.", StringComparison.Ordinal);
            if (at < 0 || !resource.EndsWith(".sql", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(module.GetManifestResourceStream(resource)!);
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            yield return new File(resource[(at + 12)..^4], sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        }
    }

    private sealed record File(string Name, string Sql, string Sha256);
}
