using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>What has become of what a programme granted. Open: can be received. Soon: within the days asked for it lapses. Service, Municipal: received. Lapsed: nobody received it in time.</summary>
public enum EntitlementEnd { Open, Soon, Service, Municipal, Lapsed, Void, Recalled }

/// <summary>All entitlements of a programme that ended alike.</summary>
/// <param name="Service">Which payment service, where one has it.</param>
public sealed record EntitledPart(ProgrammeId Programme, EntitlementEnd End, PaymentServiceId? Service, long Count, long Points);

/// <param name="Day">Until which it could be received.</param>
public sealed record LapsedEntitlement(CitizenId Citizen, Points Amount, DateOnly Day);

/// <param name="Day">When it was received, lapsed or taken back; null while it is open.</param>
public sealed record EntitlementFate(EntitlementEnd End, PaymentServiceId? Service, DateOnly? Day);

/// <summary>
/// What became of a programme's entitlements, as the ledger has it. A lot leaves whole, so what its last transfer was says where it went; where a payout came back after its date, the lot in its place
/// counts and not the first. Reads inside a snapshot of the caller, so that his own rows are of the same moment.
/// </summary>
public sealed class ProgrammeReading(Buckets buckets)
{
    // Codes of a lot that still has its points, beside the kinds of transfers.
    private const int Open = 100, Soon = 101;

    private const string State = """
        case when l.remaining > 0 then case when l.expires_on < @Today then 4 when l.expires_on <= @Until then 101 else 100 end else t.kind end
        """;

    private const string Ends = """
        left join ledger_transfer t on l.remaining = 0 and t.bucket = l.bucket and t.id = l.last_transfer
        where l.kind = 15 and not exists (select 1 from ledger_lot s where s.bucket = l.bucket and s.citizen = l.citizen and s.parent = l.id and s.kind = 15)
        """;

    private const string Leaves = $"from ledger_lot l {Ends}";

    // Of legs such as [["15.132985.…","…",-500,0],["12.132985.<service>",null,500,null]] the service.
    private const string OnSqlite = $"""
        select owner, state, service, count(*) as lots, cast(sum(amount) as bigint) as points from (
          select l.owner, l.amount, {State} as state, case when t.kind = 19 then substr(t.legs, instr(t.legs, '"12.') + 11, 32) else '' end as service {Leaves} and l.issuer = @Issuer and (@All = 1 or l.owner = @Owner)) x
        group by owner, state, service
        """;

    private const string OnPostgres = $"""
        select owner, state, service, count(*) as lots, cast(sum(amount) as bigint) as points from (
          select l.owner, l.amount, {State} as state, case when t.kind = 19 then substr(t.legs, strpos(t.legs, '"12.') + 11, 32) else '' end as service {Leaves} and l.issuer = @Issuer and (@All = 1 or l.owner = @Owner)) x
        group by owner, state, service
        """;

    private const string LapsedOf = $"""
        select l.citizen, l.amount, l.expires_on {Leaves} and l.owner = @Owner and {State} = 4 order by l.expires_on desc, l.id limit @Count offset @Skip
        """;

    private const string GrantsOnSqlite = "select t.id as grant_id, t.legs from json_each(@keys) k join ledger_transfer t on t.bucket = k.value ->> 0 and t.id = unhex(k.value ->> 1)";

    private const string GrantsOnPostgres = "select t.id as grant_id, t.legs from unnest(@at, @ids) k(at, id) join ledger_transfer t on t.bucket = k.at and t.id = k.id";

    private const string LotsOnSqlite = $"""
        select l.id, l.parent, l.expires_on, {State} as state, t.legs, t.civil_day as day
        from json_each(@keys) k cross join ledger_lot l on l.bucket = k.value ->> 0 and l.citizen = unhex(k.value ->> 1) {Ends} and l.owner = @Owner
        """;

    private const string LotsOnPostgres = $"""
        select l.id, l.parent, l.expires_on, {State} as state, t.legs, t.civil_day as day
        from unnest(@at, @ids) k(at, id) join ledger_lot l on l.bucket = k.at and l.citizen = k.id {Ends} and l.owner = @Owner
        """;

    private const string BudgetOf = "select total, taken from ledger_limit where bucket = @Bucket and id = @Id";

    /// <param name="only">One programme; null: all of the issuer.</param>
    /// <param name="until">What lapses until then lapses soon.</param>
    public async Task<IReadOnlyList<EntitledPart>> Parts(DbConnection snapshot, MunicipalityCode issuer, ProgrammeId? only, DateOnly today, DateOnly until)
    {
        var values = new { Issuer = issuer.Value, All = only is null ? 1 : 0, Owner = only?.Value ?? Guid.Empty, Today = today, Until = until };
        var rows = await snapshot.QueryAsync<PartRow>(snapshot is Microsoft.Data.Sqlite.SqliteConnection ? OnSqlite : OnPostgres, values);
        return [.. rows.Select(r => new EntitledPart(new ProgrammeId(r.Owner), EndOf(r.State), r.Service.Length == 0 ? null : new PaymentServiceId(Guid.ParseExact(r.Service, "N")), r.Lots, r.Points))];
    }

    /// <summary>A budget that nobody has set is empty.</summary>
    public async Task<LimitState> Budget(DbConnection snapshot, ProgrammeId programme)
    {
        var limit = LimitId.Budget(programme);
        var (total, taken) = await snapshot.QuerySingleOrDefaultAsync<(long Total, long Taken)>(BudgetOf, new { Bucket = buckets.Of(limit.Value), Id = limit.Value });
        return new LimitState(new Points(total), new Points(taken));
    }

    /// <summary>What lapsed because nobody received it, the latest first (S1-S1).</summary>
    public async Task<IReadOnlyList<LapsedEntitlement>> Lapsed(DbConnection snapshot, ProgrammeId programme, DateOnly today, (int Count, int Skip) page)
    {
        var rows = await snapshot.QueryAsync<(CitizenId Citizen, long Amount, DateOnly Day)>(LapsedOf, new { Owner = programme.Value, Today = today, Until = today, page.Count, page.Skip });
        return [.. rows.Select(r => new LapsedEntitlement(r.Citizen, new Points(r.Amount), r.Day))];
    }

    /// <summary>What became of some grants of a programme; one that is none of it is left out.</summary>
    public async Task<IReadOnlyDictionary<TransferId, EntitlementFate>> Fates(DbConnection snapshot, ProgrammeId programme, IReadOnlyList<(CitizenId Citizen, TransferId Grant)> some, DateOnly today)
    {
        var lite = snapshot is Microsoft.Data.Sqlite.SqliteConnection;
        var at = some.Select(s => buckets.Of(s.Citizen.Value)).ToArray();
        var grants = lite
            ? await snapshot.QueryAsync<(TransferId Grant, string Legs)>(GrantsOnSqlite, new { keys = Keys(some.Select(s => s.Grant.Value), at) })
            : await snapshot.QueryAsync<(TransferId Grant, string Legs)>(GrantsOnPostgres, new { at, ids = some.Select(s => s.Grant.Value).ToArray() });
        var lots = lite
            ? await snapshot.QueryAsync<LotRow>(LotsOnSqlite, new { keys = Keys(some.Select(s => s.Citizen.Value), at), Owner = programme.Value, Today = today, Until = today })
            : await snapshot.QueryAsync<LotRow>(LotsOnPostgres, new { at, ids = some.Select(s => s.Citizen.Value).ToArray(), Owner = programme.Value, Today = today, Until = today });
        var byFirst = lots.GroupBy(l => l.Parent ?? l.Id).ToDictionary(g => g.Key, g => g.Last().Read());
        var fates = new Dictionary<TransferId, EntitlementFate>();
        foreach (var (grant, legs) in grants)
            if (LegsText.Read(legs).FirstOrDefault(l => l.Lot is not null)?.Lot is { } lot && byFirst.TryGetValue(lot, out var fate)) fates[grant] = fate;
        return fates;
    }

    private static string Keys(IEnumerable<Guid> ids, int[] at) => JsonSerializer.Serialize(ids.Select((id, i) => new object[] { at[i], Convert.ToHexString(id.Bytes()) }));

    private static EntitlementEnd EndOf(int state) => state switch
    {
        Open => EntitlementEnd.Open,
        Soon => EntitlementEnd.Soon,
        (int)TransferKind.Payout => EntitlementEnd.Service,
        (int)TransferKind.Move => EntitlementEnd.Municipal,
        (int)TransferKind.Expire => EntitlementEnd.Lapsed,
        (int)TransferKind.Void => EntitlementEnd.Void,
        (int)TransferKind.Recall => EntitlementEnd.Recalled,
        _ => throw new BrokenProperty(string.Create(CultureInfo.InvariantCulture, $"an entitlement ends by a transfer that takes it, not by kind {state}"), nameof(ProgrammeReading), 0),
    };

    private sealed class PartRow
    {
        public Guid Owner { get; init; }
        public int State { get; init; }
        public string Service { get; init; } = "";
        public long Lots { get; init; }
        public long Points { get; init; }
    }

    private sealed class LotRow
    {
        public LotId Id { get; init; }
        public LotId? Parent { get; init; }
        public int ExpiresOn { get; init; }
        public int State { get; init; }
        public string? Legs { get; init; }
        public int? Day { get; init; }

        public EntitlementFate Read() => new(EndOf(State), Legs is null || State != (int)TransferKind.Payout ? null : new PaymentServiceId(LegsText.Read(Legs).Single(l => l.Account.Kind == AccountKind.PaymentService).Account.Owner),
            Day is { } day ? Jst.FromNumber(day) : State == (int)TransferKind.Expire ? Jst.FromNumber(ExpiresOn) : null);
    }
}
