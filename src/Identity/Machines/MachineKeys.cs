using System.Net;
using Dapper;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Machines;

public enum MachineKeyState { Live, Expired, Revoked }

/// <summary>A key as offices see it; the key itself lies here as a hash alone.</summary>
/// <param name="UsedMs">When it was last shown, to the minute.</param>
public sealed record MachineKey(Guid Id, MachineId Machine, MunicipalityCode Municipality, Guid? Holder, string Label, IReadOnlyList<string> Scopes, IReadOnlyList<string> Networks,
    long CreatedMs, long ExpiresMs, long? UsedMs, MachineKeyState State);

/// <summary>Keys of machine clients: 256 bits, stored as SHA-256, scoped, at most a year, two live at a time so that one can follow the other.</summary>
public sealed class MachineKeys(Database database, TimeProvider clock, OperationLog log)
{
    public const string Prefix = "mk_live_";

    private const string Columns = "select id, machine, municipality, holder, label, scopes, networks, created_ms, expires_ms, used_ms, revoked_ms from idn_machine_key";

    /// <returns><c>key_unknown</c> for a key that is unknown, too old, revoked, or shown from another network.</returns>
    public async Task<Result<Machine>> Find(string? key, IPAddress? from, CancellationToken stop = default)
    {
        if (key is null || !key.StartsWith(Prefix, StringComparison.Ordinal)) return Refusal.Of("key_unknown");
        var now = clock.NowMs();
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where key_hash = @Hash and revoked_ms is null and expires_ms > @Now", new { Hash = Token.HashOf(key), Now = now });
        if (row is null || !ComesFrom(row.Networks, from)) return Refusal.Of("key_unknown");
        // "Last used" is for people who look for dead keys: a minute is fine enough.
        if (row.UsedMs is null || now - row.UsedMs > 60_000)
            await database.Write(tx => tx.Connection.ExecuteAsync("update idn_machine_key set used_ms = @Now where id = @Id", new { row.Id, Now = now }, tx.Handle), stop);
        return new Machine(row.Machine, row.Municipality, row.Holder, row.Label, row.Scopes.Split(' '));
    }

    /// <summary>The keys of a municipality, or with null of all, newest first.</summary>
    public async Task<IReadOnlyList<MachineKey>> All(MunicipalityCode? municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<Row>($"{Columns} where @Place = '' or municipality = @Place order by created_ms desc, id desc limit 1000", new { Place = municipality?.Value ?? "" });
        return [.. rows.Select(r => r.Read(clock.NowMs()))];
    }

    public async Task<MachineKey?> Get(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where id = @Id", new { Id = id }))?.Read(clock.NowMs());
    }

    /// <summary>Ends a key at once. One pair of eyes is enough: a leaked key waits for nobody.</summary>
    /// <returns>false when it had been already; <c>not_found</c>, <c>role_forbidden</c>, <c>field_required</c> without a reason.</returns>
    public async Task<Result<bool>> Revoke(StaffMember by, Guid id, string? reason, CancellationToken stop = default)
    {
        var why = ReasonText.Read(reason);
        if (why.Refused is { } missing) return missing;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var row = await tx.Connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where id = @Id", new { Id = id }, tx.Handle);
            if (row is null) return Refusal.Of("not_found");
            if (MayHandle(by, row.Municipality) is { } no) return no;
            var rows = await tx.Connection.ExecuteAsync("update idn_machine_key set revoked_ms = @Now where id = @Id and revoked_ms is null", new { Id = id, Now = clock.NowMs() }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("machine_key.revoked", Actor.Of(by.Id), row.Machine.Value, Before: $"{row.Municipality} {row.Scopes}", Reason: why.Value));
            return rows == 1;
        }, stop);
    }

    internal static Refusal? MayHandle(StaffMember by, MunicipalityCode municipality) =>
        by.Holds(Role.Operator) ? null : by.Require(Role.TerminalAdmin, municipality).Refused;

    private static bool ComesFrom(string networks, IPAddress? from)
    {
        if (networks.Length == 0) return true;
        if (from is null) return false;
        var address = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return networks.Split(' ').Any(n => IPNetwork.Parse(n).Contains(address));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public MachineId Machine { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public Guid? Holder { get; init; }
        public string Label { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string Networks { get; init; } = "";
        public long CreatedMs { get; init; }
        public long ExpiresMs { get; init; }
        public long? UsedMs { get; init; }
        public long? RevokedMs { get; init; }

        public MachineKey Read(long now) => new(Id, Machine, Municipality, Holder, Label, Scopes.Split(' '), Networks.Split(' ', StringSplitOptions.RemoveEmptyEntries), CreatedMs, ExpiresMs, UsedMs,
            RevokedMs is not null ? MachineKeyState.Revoked : ExpiresMs <= now ? MachineKeyState.Expired : MachineKeyState.Live);
    }
}
