using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Sessions;

/// <summary>A session that is open now.</summary>
/// <param name="Key">Names it among the sessions of the same person; nothing is opened by it.</param>
/// <param name="This">The one that asks.</param>
/// <param name="ByPasskey">Of staff: opened by a passkey.</param>
public sealed record OpenSession(string Key, SessionKind Kind, Assurance Assurance, long CreatedMs, long UsedMs, bool This, bool ByPasskey);

/// <summary>
/// Where somebody is logged in, for himself: since when, last used, by which way. Nothing of the browser or the network is kept, so none is shown. One of them or all others
/// end at once, in all processes.
/// </summary>
public sealed class OwnSessions(Database database, TimeProvider clock, OperationLog log)
{
    private const int KeyDigits = 16;

    private const string Columns = "select token_hash, kind, assurance, created_ms, used_ms, passkey from idn_session";

    // A half session of staff, between password and one-time password, opens nothing and is no login.
    private const string Open = "ended_ms is null and ends_ms > @Now and used_ms + idle_ms > @Now and assurance > 1";

    private const string OfCitizen = $"{Columns} where citizen = @Citizen and kind = 1 and {Open} order by used_ms desc, token_hash limit 100";

    private const string OfStaff = $"{Columns} where staff = @Staff and {Open} order by used_ms desc, token_hash limit 100";

    /// <summary>The last used first.</summary>
    public async Task<IReadOnlyList<OpenSession>> Of(Session session, CancellationToken stop = default) =>
        [.. (await Rows(session, stop)).Select(r => new OpenSession(KeyOf(r.TokenHash), r.Kind, r.Assurance, r.CreatedMs, r.UsedMs, r.TokenHash.AsSpan().SequenceEqual(session.Hash), r.Passkey is not null))];

    /// <returns>Whether it was the one that asks; <c>not_found</c> for one that is over, or somebody else's.</returns>
    public async Task<Result<bool>> End(Session session, string? key, CancellationToken stop = default)
    {
        var hash = (await Rows(session, stop)).FirstOrDefault(r => KeyOf(r.TokenHash) == key)?.TokenHash;
        if (hash is null) return Refusal.Of("not_found");
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where token_hash = @hash and ended_ms is null", new { hash, Now = clock.NowMs() }, tx.Handle);
            if (rows == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("session.ended", ActorOf(session), Citizen: session.Citizen, After: "from the list"));
            return hash.AsSpan().SequenceEqual(session.Hash);
        }, stop);
    }

    /// <returns>How many others ended.</returns>
    public Task<int> EndOthers(Session session, CancellationToken stop = default) => database.Write(async tx =>
    {
        var whose = new { session.Citizen, session.Staff, session.Hash, Now = clock.NowMs() };
        var rows = session.Staff is null
            ? await tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where citizen = @Citizen and kind = 1 and ended_ms is null and token_hash <> @Hash", whose, tx.Handle)
            : await tx.Connection.ExecuteAsync("update idn_session set ended_ms = @Now where staff = @Staff and ended_ms is null and token_hash <> @Hash", whose, tx.Handle);
        if (rows > 0) await log.Write(tx, new Operation("session.others_ended", ActorOf(session), Citizen: session.Citizen, After: rows.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return rows;
    }, stop);

    private async Task<List<Row>> Rows(Session session, CancellationToken stop)
    {
        Must.Hold(session.Citizen is not null || session.Staff is not null, "a list of sessions is somebody's");
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<Row>(session.Staff is null ? OfCitizen : OfStaff, new { session.Citizen, session.Staff, Now = clock.NowMs() })];
    }

    private static Actor ActorOf(Session session) => session.Staff is { } staff ? Actor.Of(staff) : Actor.Of(session.Citizen!.Value);

    private static string KeyOf(byte[] hash) => Convert.ToHexStringLower(hash)[..KeyDigits];

    private sealed class Row
    {
        public byte[] TokenHash { get; init; } = [];

        public SessionKind Kind { get; init; }

        public Assurance Assurance { get; init; }

        public long CreatedMs { get; init; }

        public long UsedMs { get; init; }

        public PasskeyId? Passkey { get; init; }
    }
}
