using System.Net;
using Dapper;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Machines;

/// <summary>A machine client that showed a good key.</summary>
/// <param name="Scopes">What it may call, e.g. <c>uses.write</c>.</param>
public sealed record Machine(MachineId Id, MunicipalityCode Municipality, IReadOnlyList<string> Scopes)
{
    /// <summary>This machine, or <c>role_forbidden</c>.</summary>
    public Result<Machine> Require(string scope) => Scopes.Contains(scope) ? this : Refusal.Of("role_forbidden");
}

/// <param name="Networks">CIDR blocks it may come from; none = anywhere.</param>
/// <param name="ValidDays">1 to 365.</param>
public sealed record NewMachineKey(MachineId Machine, MunicipalityCode Municipality, string? Label, IReadOnlyList<string> Scopes, IReadOnlyList<string> Networks, int ValidDays);

/// <param name="Key"><c>mk_live_…</c>, shown once.</param>
public sealed record IssuedMachineKey(Guid Id, string Key, long ExpiresMs);

/// <summary>Keys of machine clients: 256 bits, stored as SHA-256, scoped, at most a year, two live at a time so that one can follow the other.</summary>
public sealed class MachineKeys(Database database, TimeProvider clock, OperationLog log)
{
    public const string Prefix = "mk_live_";

    /// <returns><c>role_forbidden</c>, <c>field_required</c>, <c>number_format</c>, <c>key_limit</c> when two are live.</returns>
    public async Task<Result<IssuedMachineKey>> Issue(StaffMember by, NewMachineKey wanted, CancellationToken stop = default)
    {
        if (by.Require(Role.TerminalAdmin, wanted.Municipality).Refused is { } no) return no;
        var label = Typed.HalfWidth(wanted.Label);
        if (label.Length is 0 or > 40 || wanted.Scopes.Count == 0 || wanted.Scopes.Any(s => !IsScope(s))) return Refusal.Of("field_required");
        if (FreeText.Check(label) is { } personal) return personal;
        if (wanted.ValidDays is < 1 or > 365 || wanted.Networks.Any(n => !IPNetwork.TryParse(n, out _))) return Refusal.Of("number_format");
        return await database.WriteOrRefuse<IssuedMachineKey>(async tx =>
        {
            if (tx.Engine == Engine.Postgres) await tx.Connection.ExecuteAsync("lock table idn_machine_key in share row exclusive mode", transaction: tx.Handle);
            var now = clock.NowMs();
            var live = await tx.Connection.QuerySingleAsync<int>("select count(*) from idn_machine_key where machine = @Machine and revoked_ms is null and expires_ms > @Now", new { wanted.Machine, Now = now }, tx.Handle);
            if (live >= 2) return Refusal.Of("key_limit");
            var (id, token, expiresMs) = (Ids.NewV7(clock), Token.New(prefix: Prefix), now + wanted.ValidDays * 86_400_000L);
            await tx.Connection.ExecuteAsync("""
                insert into idn_machine_key(id, machine, municipality, label, scopes, networks, key_hash, created_ms, expires_ms)
                values (@Id, @Machine, @Municipality, @Label, @Scopes, @Networks, @Hash, @Now, @ExpiresMs)
                """, new { Id = id, wanted.Machine, wanted.Municipality, Label = label, Scopes = string.Join(' ', wanted.Scopes), Networks = string.Join(' ', wanted.Networks), token.Hash, Now = now, ExpiresMs = expiresMs }, tx.Handle);
            await log.Write(tx, new Operation("machine_key.issued", Actor.Of(by.Id), wanted.Machine.Value, After: string.Join(' ', wanted.Scopes)));
            return new IssuedMachineKey(id, token.Text, expiresMs);
        }, stop);
    }

    /// <returns><c>key_unknown</c> for a key that is unknown, too old, revoked, or shown from another network.</returns>
    public async Task<Result<Machine>> Find(string? key, IPAddress? from, CancellationToken stop = default)
    {
        if (key is null || !key.StartsWith(Prefix, StringComparison.Ordinal)) return Refusal.Of("key_unknown");
        var now = clock.NowMs();
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<Row>("""
            select id, machine, municipality, scopes, networks, used_ms from idn_machine_key where key_hash = @Hash and revoked_ms is null and expires_ms > @Now
            """, new { Hash = Token.HashOf(key), Now = now });
        if (row is null || !ComesFrom(row.Networks, from)) return Refusal.Of("key_unknown");
        // "Last used" is for people who look for dead keys: a minute is fine enough.
        if (row.UsedMs is null || now - row.UsedMs > 60_000)
            await database.Write(tx => tx.Connection.ExecuteAsync("update idn_machine_key set used_ms = @Now where id = @Id", new { row.Id, Now = now }, tx.Handle), stop);
        return new Machine(row.Machine, row.Municipality, row.Scopes.Split(' '));
    }

    /// <returns><c>not_found</c>, <c>role_forbidden</c>, <c>field_required</c> without a reason.</returns>
    public async Task<Result<bool>> Revoke(StaffMember by, Guid id, string? reason, CancellationToken stop = default)
    {
        var why = ReasonText.Read(reason);
        if (why.Refused is { } missing) return missing;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var row = await tx.Connection.QuerySingleOrDefaultAsync<(MachineId Machine, MunicipalityCode Municipality)?>("select machine, municipality from idn_machine_key where id = @Id", new { Id = id }, tx.Handle);
            if (row is not { } found) return Refusal.Of("not_found");
            if (by.Require(Role.TerminalAdmin, found.Municipality).Refused is { } no) return no;
            var rows = await tx.Connection.ExecuteAsync("update idn_machine_key set revoked_ms = @Now where id = @Id and revoked_ms is null", new { Id = id, Now = clock.NowMs() }, tx.Handle);
            if (rows == 1) await log.Write(tx, new Operation("machine_key.revoked", Actor.Of(by.Id), found.Machine.Value, Reason: why.Value));
            return rows == 1;
        }, stop);
    }

    private static bool IsScope(string scope) => scope.Length is > 0 and <= 40 && scope.All(c => char.IsAsciiLetterLower(c) || c is '.' or '_');

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

        public string Scopes { get; init; } = "";

        public string Networks { get; init; } = "";

        public long? UsedMs { get; init; }
    }
}
