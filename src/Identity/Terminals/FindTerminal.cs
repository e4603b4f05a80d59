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
public sealed class FindTerminal(Database database, TimeProvider clock)
{
    private const long CachedMs = 800;
    private const int CacheLimit = 20_000;

    /// <summary>"Last used" is for people who look for devices that nobody uses: an hour is fine enough, and payments stay free of writes.</summary>
    private const long UsedMs = 3_600_000;

    private const string Columns = "select id, municipality, holder, label, profiles, state, used_ms from idn_terminal";

    private readonly ConcurrentDictionary<string, (Terminal Terminal, long AtMs)> cache = new();

    /// <returns>The terminal; <c>terminal_unknown</c>; <c>terminal_revoked</c>.</returns>
    public async ValueTask<Result<Terminal>> ByToken(string? token, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(token)) return Refusal.Of("terminal_unknown");
        var hash = Token.HashOf(token);
        var key = Convert.ToBase64String(hash);
        var now = clock.NowMs();
        if (cache.TryGetValue(key, out var kept) && now - kept.AtMs is >= 0 and < CachedMs) return Judge(kept.Terminal);
        await using var connection = await database.Open(stop);
        var found = await One(connection, null, "where token_hash = @Hash or next_hash = @Hash", new { Hash = hash });
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

        public Terminal Read() => new(Id, Municipality, Holder, Label, TerminalProfiles.Read(Profiles), State, UsedMs);
    }
}
