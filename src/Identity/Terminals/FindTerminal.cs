using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Terminals;

/// <summary>
/// Knows a terminal by its token (V-D1). What was found is kept for 800 ms, so that a revocation holds everywhere within a second and
/// payments cost no look-up of their own.
/// </summary>
public sealed class FindTerminal
{
    private const long CachedMs = 800;
    private const int CacheLimit = 20_000;

    /// <summary>"Last used" is for people who look for devices that nobody uses: an hour is fine enough, and payments stay free of writes.</summary>
    private const long UsedMs = 3_600_000;

    private const string Columns = "select id, municipality, holder, label, profiles, state, used_ms from idn_terminal";

    private const string ByHashesOnPostgres = """
        select id, municipality, holder, label, profiles, state, used_ms, token_hash, next_hash from idn_terminal where token_hash = any(@hashes) or next_hash = any(@hashes)
        """;

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Gathered<string, Terminal> waiting;
    private readonly ConcurrentDictionary<string, (Terminal Terminal, long AtMs)> cache = new();

    public FindTerminal(Database database, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        waiting = new Gathered<string, Terminal>(Load);
    }

    /// <returns>The terminal; <c>terminal_unknown</c>; <c>terminal_revoked</c>.</returns>
    public async ValueTask<Result<Terminal>> ByToken(string? token, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(token)) return Refusal.Of("terminal_unknown");
        var hash = Token.HashOf(token);
        var key = Convert.ToBase64String(hash);
        var now = clock.NowMs();
        if (cache.TryGetValue(key, out var kept) && now - kept.AtMs is >= 0 and < CachedMs) return Judge(kept.Terminal);
        stop.ThrowIfCancellationRequested();
        var found = await waiting.Find(key);
        if (found is null) return Refusal.Of("terminal_unknown");
        if (found.UsedMs is null || now - found.UsedMs >= UsedMs)
            await database.Write(tx => tx.Connection.ExecuteAsync("update idn_terminal set used_ms = @Now where id = @Id", new { found.Id, Now = now }, tx.Handle), stop);
        if (cache.Count >= CacheLimit) cache.Clear();
        cache[key] = (found, now);
        return Judge(found);
    }

    /// <summary>As <see cref="ByToken"/>, and <c>role_forbidden</c> for a call outside the terminal's profiles.</summary>
    public async ValueTask<Result<Terminal>> ByToken(string? token, TerminalCall call, CancellationToken stop = default) =>
        (await ByToken(token, stop)).Then(t => t.Require(call));

    public async Task<Terminal?> Get(TerminalId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await Get(connection, null, id);
    }

    /// <summary>The terminals of a municipality, newest first.</summary>
    public async Task<IReadOnlyList<Terminal>> All(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where municipality = @Municipality order by created_ms desc, id desc limit 1000", new { Municipality = municipality })).Select(r => r.Read())];
    }

    internal static Task<Terminal?> Get(DbConnection connection, DbTransaction? handle, TerminalId id) => One(connection, handle, "where id = @Id", new { Id = id });

    /// <summary>After a change in this process, the next call sees it at once.</summary>
    internal void Forget() => cache.Clear();

    private static Result<Terminal> Judge(Terminal terminal) => terminal.State switch
    {
        TerminalState.Enrolled => terminal,
        TerminalState.Revoked => Refusal.Of("terminal_revoked"),
        _ => Refusal.Of("terminal_unknown"),
    };

    /// <summary>Many devices are looked for at one instant, when what was kept of them ends.</summary>
    private async Task<IReadOnlyList<Terminal?>> Load(IReadOnlyList<string> keys)
    {
        await using var connection = await database.Open();
        var found = new Dictionary<string, Terminal>();
        if (database.Engine == Engine.Postgres)
        {
            var hashes = keys.Distinct().Select(Convert.FromBase64String).ToArray();
            foreach (var row in await connection.QueryAsync<Row>(ByHashesOnPostgres, new { hashes }))
                foreach (var hash in new[] { row.TokenHash, row.NextHash })
                    if (hash is not null) found[Convert.ToBase64String(hash)] = row.Read();
        }
        else
        {
            foreach (var key in keys.Distinct())
                if (await One(connection, null, "where token_hash = @Hash or next_hash = @Hash", new { Hash = Convert.FromBase64String(key) }) is { } terminal) found[key] = terminal;
        }
        return [.. keys.Select(k => found.GetValueOrDefault(k))];
    }

    private static async Task<Terminal?> One(DbConnection connection, DbTransaction? handle, string where, object values) =>
        (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} {where}", values, handle))?.Read();

    private sealed class Row
    {
        public TerminalId Id { get; init; }

        public MunicipalityCode Municipality { get; init; }

        public Guid? Holder { get; init; }

        public string Label { get; init; } = "";

        public string Profiles { get; init; } = "";

        public TerminalState State { get; init; }

        public long? UsedMs { get; init; }

        public byte[]? TokenHash { get; init; }

        public byte[]? NextHash { get; init; }

        public Terminal Read() => new(Id, Municipality, Holder, Label, TerminalProfiles.Read(Profiles), State, UsedMs);
    }
}
