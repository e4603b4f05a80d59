using Dapper;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Kernel.Settings;

/// <summary>Sets a value from an instant on. A row is never changed: a later row, or one for a later instant, takes over.</summary>
public sealed class SetSetting(Database database, TimeProvider clock, OperationLog.OperationLog log, Settings settings)
{
    /// <summary>No value may be planned further ahead than this.</summary>
    public const int MostDaysAhead = 3660;

    private const string Insert = """
        insert into krn_setting(key, scope_kind, scope, no, valid_from_ms, value, set_ms, set_by_kind, set_by, approved_by)
        select @Key, @ScopeKind, @Scope, coalesce(max(no), 0) + 1, @ValidFromMs, @Value, @SetMs, @SetByKind, @SetBy, @ApprovedBy
        from krn_setting where key = @Key and scope_kind = @ScopeKind and scope = @Scope
        on conflict do nothing
        """;

    private const string InForce = """
        select value from krn_setting where key = @Key and scope_kind = @ScopeKind and scope = @Scope and valid_from_ms <= @ValidFromMs
        order by valid_from_ms desc, no desc limit 1
        """;

    /// <param name="Key">A key of settings.csv.</param>
    /// <param name="Value">As typed; null takes the scope's own value back, so that the wider scopes decide again.</param>
    /// <param name="ValidFromMs">ms UTC, not in the past; null: from now on.</param>
    public sealed record Change(string Key, SettingPlace Place, string? Value, Actor By, long? ValidFromMs = null, string? Reason = null);

    /// <summary>A change that was looked at.</summary>
    public sealed record Ready(Change Change, SettingValue? Value, long FromMs);

    /// <returns>
    /// The value in canonical form (null when taken back), or <c>field_unknown</c> (field): no such key, word or scope of this key;
    /// <c>number_format</c>; <c>out_of_period</c> (from, until): the past can't be changed; a reason that
    /// <see cref="FreeText"/> refuses. Whether the actor may is asked before.
    /// </returns>
    public async Task<Result<SettingValue?>> Run(Change change, CancellationToken stop = default)
    {
        var ready = Check(change);
        if (ready.Refused is { } no) return no;
        await database.Write(tx => Write(tx, ready.Value, null, stop), stop);
        settings.Drop();
        return ready.Value.Value;
    }

    /// <summary>Looks at a change and writes nothing; the refusals of <see cref="Run"/>.</summary>
    public Result<Ready> Check(Change change)
    {
        var found = Setting.Find(change.Key);
        if (found.Refused is { } unknown) return unknown;
        if (FreeText.Check(change.Reason) is { } refused) return refused;
        if (!found.Value.Scopes.ContainsKey(change.Place.Kind)) return Refusal.Of("field_unknown", ("field", $"{change.Key} {change.Place}"));
        SettingValue? value = null;
        if (change.Value is not null)
        {
            var read = found.Value.Read(change.Value);
            if (read.Refused is { } no) return no;
            value = read.Value;
        }
        var now = clock.NowMs();
        var from = change.ValidFromMs ?? now;
        var until = now + MostDaysAhead * Jst.DayMs;
        if (from < now || from > until) return Refusal.Of("out_of_period", ("from", Jst.Day(now).ToString("yyyy-MM-dd")), ("until", Jst.Day(until).ToString("yyyy-MM-dd")));
        return new Ready(change, value, from);
    }

    /// <summary>Writes what was checked, in the transaction of whoever decided about it.</summary>
    internal async Task Write(Transaction tx, Ready ready, Actor? approver, CancellationToken stop)
    {
        var (change, value, from) = ready;
        var row = new
        {
            change.Key, ScopeKind = (int)change.Place.Kind, Scope = change.Place.Name, ValidFromMs = from, Value = value?.Text,
            SetMs = clock.NowMs(), SetByKind = (int)change.By.Kind, SetBy = change.By.Id, ApprovedBy = approver?.Id,
        };
        var before = await tx.Connection.QueryFirstOrDefaultAsync<string?>(InForce, row, tx.Handle);
        // Another process may have taken the number meanwhile: then the next one.
        while (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0) stop.ThrowIfCancellationRequested();
        await log.Write(tx, new Operation("setting.set", approver ?? change.By, Before: before,
            After: $"{change.Place} {change.Key}={value?.Text ?? "-"} from {Jst.At(from):yyyy-MM-ddTHH:mm:ssK}", Reason: change.Reason));
    }
}
