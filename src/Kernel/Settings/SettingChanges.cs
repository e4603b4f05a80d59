using Dapper;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Kernel.Settings;

/// <param name="Applied">false while it waits for a second person.</param>
public sealed record SettingAsked(Guid Id, bool Applied);

/// <summary>A change that waits.</summary>
/// <param name="ValidFromMs">Null: from the approval on.</param>
public sealed record WaitingSetting(Guid Id, SetSetting.Change Change, long MadeMs);

/// <summary>One row of a setting's history at one place.</summary>
/// <param name="Value">Null: taken back, the wider place decides.</param>
public sealed record SettingStep(SettingPlace Place, SettingValue? Value, long ValidFromMs, long SetMs, Actor SetBy);

/// <summary>Settings by two people: one proposes, another approves (identity.md, four eyes); and what was set before.</summary>
public sealed class SettingChanges(Database database, TimeProvider clock, SetSetting set, Settings settings, OperationLog.OperationLog log)
{
    private const string Columns = "select id, key, scope_kind, scope, value, valid_from_ms, reason, maker_kind, maker, state, made_ms from krn_setting_change";

    private const string Insert = """
        insert into krn_setting_change(id, key, scope_kind, scope, value, valid_from_ms, reason, maker_kind, maker, state, decided_by, made_ms)
        values (@Id, @Key, @ScopeKind, @Scope, @Value, @ValidFromMs, @Reason, @MakerKind, @Maker, @State, @By, @Now)
        on conflict do nothing
        """;

    /// <param name="id">Made by the caller: the same again proposes nothing new.</param>
    /// <param name="alone">Whether one person is enough now; the caller knows who there is.</param>
    /// <returns>As <see cref="SetSetting.Run"/>, and <c>id_reused</c>.</returns>
    public async Task<Result<SettingAsked>> Propose(Guid id, SetSetting.Change change, bool alone, CancellationToken stop = default)
    {
        if (await Find(id, stop) is { } before) return Again(before, change);
        var ready = set.Check(change);
        if (ready.Refused is { } no) return no;
        var row = new
        {
            Id = id, change.Key, ScopeKind = (int)change.Place.Kind, Scope = change.Place.Name, Value = ready.Value.Value?.Text, change.ValidFromMs, Reason = change.Reason ?? "",
            MakerKind = (int)change.By.Kind, Maker = change.By.Id, State = alone ? 2 : 1, By = alone ? change.By.Id : (Guid?)null, Now = clock.NowMs(),
        };
        var written = await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0) return false;
            if (alone) await set.Write(tx, ready.Value, null, stop);
            else await log.Write(tx, new Operation("setting.proposed", change.By, id, After: Describe(change), Reason: change.Reason));
            return true;
        }, stop);
        settings.Drop();
        return written ? new SettingAsked(id, alone) : Again(Must.Have(await Find(id, stop), "an id that was taken is there"), change);
    }

    /// <returns><c>four_eyes</c> for its maker, <c>not_found</c> when it no longer waits, <c>out_of_period</c> when its instant has passed meanwhile.</returns>
    public async Task<Result<SettingAsked>> Approve(Guid id, Actor approver, CancellationToken stop = default)
    {
        var done = await database.WriteOrRefuse<SettingAsked>(async tx =>
        {
            if (await Take(tx, id, approver, 2) is not { } waiting) return Refusal.Of("not_found");
            if (waiting.Change.By == approver) return Refusal.Of("four_eyes");
            var ready = set.Check(waiting.Change);
            if (ready.Refused is { } no) return no;
            await set.Write(tx, ready.Value, approver, stop);
            return new SettingAsked(id, true);
        }, stop);
        settings.Drop();
        return done;
    }

    /// <summary>Turns a waiting change down; its maker may, too.</summary>
    /// <returns><c>not_found</c>.</returns>
    public Task<Result<bool>> Refuse(Guid id, Actor by, CancellationToken stop = default) => database.WriteOrRefuse<bool>(async tx =>
    {
        if (await Take(tx, id, by, 3) is not { } waiting) return Refusal.Of("not_found");
        await log.Write(tx, new Operation("setting.refused", by, id, Before: Describe(waiting.Change)));
        return true;
    }, stop);

    public async Task<IReadOnlyList<WaitingSetting>> Waiting(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 1 order by made_ms, id")).Select(r => r.Read())];
    }

    /// <summary>All that was ever set for a key, latest first.</summary>
    public async Task<IReadOnlyList<SettingStep>> History(Setting setting, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<(int Kind, string Scope, string? Value, long FromMs, long SetMs, int ByKind, Guid By)>(
            "select scope_kind, scope, value, valid_from_ms, set_ms, set_by_kind, set_by from krn_setting where key = @Key order by valid_from_ms desc, no desc", new { setting.Key });
        return [.. from r in rows
                   let place = SettingPlace.Read((ScopeKind)r.Kind, r.Scope)
                   where place is not null
                   select new SettingStep(place.Value, r.Value is null ? null : setting.Read(r.Value).Value, r.FromMs, r.SetMs, new Actor((ActorKind)r.ByKind, r.By))];
    }

    private async Task<Row?> Find(Guid id, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where id = @id", new { id });
    }

    private static Result<SettingAsked> Again(Row before, SetSetting.Change change)
    {
        var read = change.Value is null ? null : Setting.Find(change.Key).Then(s => s.Read(change.Value)) is { Ok: true } value ? value.Value.Text : change.Value;
        return before.Read().Change == change with { Value = read, Reason = change.Reason ?? "" } ? new SettingAsked(before.Id, before.State == 2) : Refusal.Of("id_reused");
    }

    private static async Task<WaitingSetting?> Take(Transaction tx, Guid id, Actor by, int state)
    {
        var rows = await tx.Connection.ExecuteAsync("update krn_setting_change set state = @state, decided_by = @By where id = @id and state = 1", new { id, state, By = by.Id }, tx.Handle);
        return rows == 0 ? null : (await tx.Connection.QuerySingleAsync<Row>($"{Columns} where id = @id", new { id }, tx.Handle)).Read();
    }

    private static string Describe(SetSetting.Change change) =>
        $"{change.Place} {change.Key}={change.Value ?? "-"} from {(change.ValidFromMs is { } ms ? Jst.At(ms).ToString("yyyy-MM-ddTHH:mm:ssK", System.Globalization.CultureInfo.InvariantCulture) : "approval")}";

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Key { get; init; } = "";
        public int ScopeKind { get; init; }
        public string Scope { get; init; } = "";
        public string? Value { get; init; }
        public long? ValidFromMs { get; init; }
        public string Reason { get; init; } = "";
        public int MakerKind { get; init; }
        public Guid Maker { get; init; }
        public int State { get; init; }
        public long MadeMs { get; init; }

        public WaitingSetting Read() => new(Id, new SetSetting.Change(Key, SettingPlace.Read((ScopeKind)ScopeKind, Scope)!.Value, Value, new Actor((ActorKind)MakerKind, Maker),
            ValidFromMs, Reason), MadeMs);
    }
}
