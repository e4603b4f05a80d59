using Dapper;
using MyKey.App.Organisers;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Attendance;

/// <param name="Id">Made by the caller: the same again answers again.</param>
public sealed record NewOccasion(OccasionId Id, ProgrammeId Programme, string? Name, DateOnly HeldOn);

/// <summary>Somebody at an organiser's device.</summary>
public sealed record Recorder(Organiser Organiser, Identity.Terminals.Terminal Device)
{
    public Actor Actor => Device.Actor;
}

/// <summary>
/// An organiser says what was on and who was there, and hands the list to the office. It credits nothing, and what is handed over is changed no more (S2-P3d).
/// </summary>
public sealed class RecordAttendance(Database database, FindOccasions find, ProgrammeList programmes, OperationLog log, TimeProvider clock)
{
    internal const string Insert = """
        insert into pts_occasion(id, municipality, organiser, programme, name, held_on, state, made_ms)
        values (@Id, @Municipality, @Organiser, @Programme, @Name, @HeldOn, 'recording', @MadeMs) on conflict do nothing
        """;

    private const string Hand = "update pts_occasion set state = 'sent', sent_ms = @Now where id = @id and state = 'recording'";

    private const string Fetch = "update pts_occasion set state = 'recording', sent_ms = null where id = @id and state = 'sent'";

    /// <summary>The programmes for which this organiser can record today's occasions.</summary>
    public async Task<IReadOnlyList<Programme>> Programmes(Organiser organiser, CancellationToken stop = default) =>
        [.. (await programmes.Of(organiser.Municipality, stop)).Where(p => organiser.Programmes.Contains(p.Id) && p.State == ProgrammeState.Open && p.From <= clock.Today())];

    /// <returns>
    /// The occasion; <c>organiser_ended</c>, <c>programme_not_recorded</c>, <c>not_started</c>, <c>out_of_period</c> for a day that is not the programme's or has
    /// not come, <c>occasion_exists</c>, <c>id_reused</c>, and what a name is refused for.
    /// </returns>
    public async Task<Result<Occasion>> Open(Recorder by, NewOccasion asked, CancellationToken stop = default)
    {
        if (by.Organiser.MayNotRecord(asked.Programme) is { } forbidden) return forbidden;
        var name = NameText.Read("name", asked.Name, Occasion.LongestName);
        if (name.Refused is { } noName) return noName;
        if (await programmes.Find(asked.Programme, stop) is not { } programme || programme.Municipality != by.Organiser.Municipality) return Refusal.Of("programme_not_recorded");
        if (programme.GrantsOn(asked.HeldOn) is { } outside) return outside;
        if (asked.HeldOn > clock.Today()) return Periods.Outside(programme.From, clock.Today());
        var occasion = new Occasion(asked.Id, by.Organiser.Municipality, by.Organiser.Id, programme.Id, Typed.HalfWidth(name.Value), asked.HeldOn, OccasionState.Recording, null, false, null, clock.NowMs());
        return await database.WriteOrRefuse<Occasion>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Insert, occasion, tx.Handle) == 0) return await Again(occasion, stop);
            await log.Write(tx, new Operation("attendance.opened", by.Actor, occasion.Id.Value, Terminal: by.Device.Id,
                After: $"{occasion.Municipality} {programme.Id.Value} {by.Organiser.Id.Value} {occasion.HeldOn:yyyy-MM-dd}"));
            return occasion;
        }, stop);
    }

    /// <returns>One of this organiser, or <c>not_found</c>.</returns>
    public async Task<Result<Occasion>> One(Organiser organiser, OccasionId id, CancellationToken stop = default) =>
        await find.One(id, stop) is { } occasion && occasion.Organiser == organiser.Id ? occasion : Refusal.Of("not_found");

    /// <summary>One of this organiser to which it may still write.</summary>
    /// <returns>Or <c>not_found</c>, <c>organiser_ended</c>, <c>programme_not_recorded</c>, <c>occasion_closed</c>.</returns>
    public async Task<Result<Occasion>> Writable(Organiser organiser, OccasionId id, CancellationToken stop = default)
    {
        var occasion = await One(organiser, id, stop);
        if (occasion.Refused is { } no) return no;
        if (organiser.MayNotRecord(occasion.Value.Programme) is { } forbidden) return forbidden;
        return occasion.Value.State == OccasionState.Recording ? occasion : Refusal.Of("occasion_closed");
    }

    /// <summary>Takes a line out again; one that is not there is no error.</summary>
    /// <returns><see cref="Writable"/>'s refusals.</returns>
    public async Task<Result<bool>> Remove(Recorder by, OccasionId id, Guid line, CancellationToken stop = default)
    {
        var occasion = await Writable(by.Organiser, id, stop);
        if (occasion.Refused is { } no) return no;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (!await Hold(tx, id)) return Refusal.Of("occasion_closed");
            var gone = await tx.Connection.QuerySingleOrDefaultAsync<CitizenId?>("delete from pts_attendance where occasion = @id and id = @line returning citizen", new { id, line }, tx.Handle);
            if (gone is { } citizen) await log.Write(tx, new Operation("attendance.removed", by.Actor, id.Value, citizen, by.Device.Id));
            return gone is not null;
        }, stop);
    }

    /// <summary>Hands the list to the office; again changes nothing.</summary>
    /// <returns>The occasion; <see cref="Writable"/>'s refusals, <c>occasion_empty</c>.</returns>
    public async Task<Result<Occasion>> Send(Recorder by, OccasionId id, CancellationToken stop = default)
    {
        var occasion = await One(by.Organiser, id, stop);
        if (occasion.Ok && occasion.Value.State != OccasionState.Recording) return occasion;
        if (occasion.Ok) occasion = await Writable(by.Organiser, id, stop);
        if (occasion.Refused is { } no) return no;
        return await database.WriteOrRefuse<Occasion>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Hand, new { id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("occasion_closed");
            var lines = await tx.Connection.ExecuteScalarAsync<long>("select count(*) from pts_attendance where occasion = @id", new { id }, tx.Handle);
            if (lines == 0) return Refusal.Of("occasion_empty");
            await log.Write(tx, new Operation("attendance.sent", by.Actor, id.Value, Terminal: by.Device.Id, After: $"{lines} lines"));
            return occasion.Value with { State = OccasionState.Sent };
        }, stop);
    }

    /// <summary>Takes the list back while nobody has decided about it.</summary>
    /// <returns>The occasion; <c>not_found</c>, <c>organiser_ended</c>, <c>programme_not_recorded</c>, <c>occasion_closed</c> when the office has decided.</returns>
    public async Task<Result<Occasion>> TakeBack(Recorder by, OccasionId id, CancellationToken stop = default)
    {
        var occasion = await One(by.Organiser, id, stop);
        if (occasion.Refused is { } no) return no;
        if (by.Organiser.MayNotRecord(occasion.Value.Programme) is { } forbidden) return forbidden;
        if (occasion.Value.State == OccasionState.Recording) return occasion;
        return await database.WriteOrRefuse<Occasion>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Fetch, new { id }, tx.Handle) == 0) return Refusal.Of("occasion_closed");
            await log.Write(tx, new Operation("attendance.taken_back", by.Actor, id.Value, Terminal: by.Device.Id));
            return occasion.Value with { State = OccasionState.Recording };
        }, stop);
    }

    /// <summary>The touch takes the row: lines at one instant are numbered one after the other, and none comes in behind a list that is handed over.</summary>
    internal static async Task<bool> Hold(Transaction tx, OccasionId id) =>
        await tx.Connection.ExecuteAsync("update pts_occasion set state = state where id = @id and state = 'recording'", new { id }, tx.Handle) == 1;

    private async Task<Result<Occasion>> Again(Occasion asked, CancellationToken stop)
    {
        if (await find.One(asked.Id, stop) is not { } there) return Refusal.Of("occasion_exists");
        return (there.Organiser, there.Programme, there.Name, there.HeldOn) == (asked.Organiser, asked.Programme, asked.Name, asked.HeldOn) ? there : Refusal.Of("id_reused");
    }
}
