using Dapper;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.YearCaps;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Recalls;

/// <summary>
/// From a decided recall to points back in the budget. How many they are is read just before; whatever the citizen spends in between makes the ledger refuse, and it is
/// read again. Row, budget, the person's year and the officer's day change in the transfer's own transaction, so a crash leaves nothing half done.
/// </summary>
public sealed class RecallPosting(Database database, Ledger.Ledger ledger, Limits limits, GrantReading reading, YearCap cap, OperationLog log, TimeProvider clock)
{
    private const int Tries = 5;

    private const string Insert = """
        insert into pts_recall(id, bucket, municipality, programme, granted_by, citizen, person, shown_id, amount, reason, state, maker, civil_day, made_ms, posted_ms, recalled, owed)
        values (@RecallId, @RecallBucket, @RecallTown, @RecallProgramme, @RecallGrant, @RecallCitizen, @RecallPerson, @RecallShown, @RecallAmount, @RecallReason, @RecallState, @RecallMaker, @RecallDay,
          @RecallMade, @RecallPosted, @RecallTaken, @RecallOwed)
        on conflict do nothing
        """;

    private const string Update = """
        update pts_recall set state = 'posted', posted_ms = @RecallPosted, recalled = @RecallTaken, owed = @RecallOwed, decided_by = @RecallBy where id = @RecallId and state = 'waiting'
        """;

    /// <summary>By the officer alone, as long as it is within what may be decided alone.</summary>
    public Task<Result<Recall>> Alone(Recall recall, AloneMost most, CancellationToken stop) => Post(recall, Actor.Of(recall.Maker), most, (taken, owed) => [New(recall, taken, owed)], stop);

    /// <summary>By another officer: it counts to the day of who asked.</summary>
    public Task<Result<Recall>> Approved(Recall recall, StaffId by, CancellationToken stop) => Post(recall, Actor.Of(by), AloneMost.Any, (taken, owed) =>
    [
        new Companion(Update, [("RecallPosted", clock.NowMs()), ("RecallTaken", taken.Value), ("RecallOwed", owed.Value), ("RecallBy", by), ("RecallId", recall.Id)], 1, Refusal.Of("busy")),
        .. log.Statements(new Operation("recall.approved", Actor.Of(by), recall.Id.Value, recall.Citizen, Before: "waiting", After: $"{taken} back, {owed} spent"))
            .Select(s => new Companion(s.Sql, s.Values, 1, Refusal.Of("busy"))),
    ], stop);

    /// <summary>A waiting recall as a statement.</summary>
    public (string Sql, DynamicParameters Values) Row(Recall recall) => (Insert, Values(Of(recall, null, null)));

    private async Task<Result<Recall>> Post(Recall recall, Actor actor, AloneMost most, Func<Points, Points, IEnumerable<Companion>> rows, CancellationToken stop)
    {
        Refusal no = Refusal.Of("busy");
        for (var tried = 0; tried < Tries; tried++)
        {
            var found = Must.Have(await reading.Of(recall.Citizen, recall.GrantedBy, clock.Today(), stop), "a recall has a grant");
            var (taken, owed) = (found.Unspent, found.Spent);
            if ((taken + owed).Value > most.Programme) return Refusal.Of("busy");
            IReadOnlyList<Companion> own = [.. rows(taken, owed), .. GrantDay.Counted(new GrantCount(Actor.Of(recall.Maker), recall.Municipality, recall.Programme, clock.Today()), (taken + owed).Value, most)];
            var posted = taken == Points.Zero ? await Owe(recall, actor, owed, own, stop) : await Take(recall, actor, found, own, stop);
            if (posted.Ok) return recall with { State = RecallState.Posted, Recalled = taken, Owed = owed };
            no = posted.Refused!;
            if (no.Code != "insufficient_points") return no;
        }
        return no;
    }

    private async Task<Result<bool>> Take(Recall recall, Actor actor, PostedGrant found, IReadOnlyList<Companion> own, CancellationToken stop)
    {
        var transfer = Transfer.Recall(recall.Id, recall.Citizen, found.From, found.Unspent, recall.Programme, found.Lot, actor) with
        {
            Companions = [.. own, limits.GiveBack(LimitId.Budget(recall.Programme), found.Unspent), .. await cap.GiveBack(recall.GrantedBy, recall.Person, found.Unspent, stop)],
        };
        return (await ledger.Post(transfer)).Then<bool>(_ => true);
    }

    /// <summary>Nothing is left of it: no points move, the log says so.</summary>
    private Task<Result<bool>> Owe(Recall recall, Actor actor, Points owed, IReadOnlyList<Companion> own, CancellationToken stop) => database.WriteOrRefuse<bool>(async tx =>
    {
        foreach (var one in own)
            if (await tx.Connection.ExecuteAsync(one.Sql, Values(one.Parameters), tx.Handle) != one.Rows) return one.Otherwise;
        await log.Write(tx, new Operation("recall.owed", actor, recall.Id.Value, recall.Citizen, After: owed.ToString(), Reason: recall.Reason));
        return true;
    }, stop);

    private Companion New(Recall recall, Points taken, Points owed) => new(Insert, Of(recall with { State = RecallState.Posted }, taken, owed), 1, Refusal.Of("busy"));

    private List<(string, object?)> Of(Recall r, Points? taken, Points? owed) =>
    [
        ("RecallId", r.Id), ("RecallBucket", ledger.Buckets.Of(r.Citizen.Value)), ("RecallTown", r.Municipality.Value), ("RecallProgramme", r.Programme), ("RecallGrant", r.GrantedBy),
        ("RecallCitizen", r.Citizen), ("RecallPerson", r.Person), ("RecallShown", r.ShownId), ("RecallAmount", r.Amount.Value), ("RecallReason", r.Reason), ("RecallState", Words<RecallState>.Of(r.State)),
        ("RecallMaker", r.Maker), ("RecallDay", r.Day.ToNumber()), ("RecallMade", r.MadeMs), ("RecallPosted", taken is null ? null : clock.NowMs()), ("RecallTaken", taken?.Value), ("RecallOwed", owed?.Value),
    ];

    private static DynamicParameters Values(IEnumerable<(string Name, object? Value)> values)
    {
        var all = new DynamicParameters();
        foreach (var (name, value) in values) all.Add(name, value);
        return all;
    }
}
