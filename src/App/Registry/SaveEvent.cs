using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>A municipality prepares a support event, and publishes it once nothing is missing (H-D1, H-D2). What is published stays as it was promised.</summary>
public sealed class SaveEvent(OperationLog log, RegistryCache registry)
{
    public const int LongestName = 60;
    public const int MostDays = 60;

    private const string Upsert = """
        insert into reg_event(id, municipality, name, organiser, first_day, last_day, lead_days, tail_days, left_over, state, changed_no)
        values (@Id, @Municipality, @Name, @Organiser, @FirstDay, @LastDay, @LeadDays, @TailDays, @LeftOver, 'draft', @No)
        on conflict(id) do update set name = excluded.name, organiser = excluded.organiser, first_day = excluded.first_day, last_day = excluded.last_day,
          lead_days = excluded.lead_days, tail_days = excluded.tail_days, left_over = excluded.left_over, changed_no = excluded.changed_no
        """;

    private const string Join = """
        insert into reg_event_acceptor(event, acceptor, takes, changed_no) values (@id, @acceptor, @takes, @number)
        on conflict(event, acceptor) do update set takes = excluded.takes, changed_no = excluded.changed_no
        """;

    /// <param name="draft">Its id is made by the caller: the same again answers again. Organiser and rule may wait.</param>
    /// <returns>
    /// The draft; <c>field_required</c> (field), <c>number_format</c> for days outside 0 to 60, <c>out_of_period</c> (from, until) when it ends before it begins or is
    /// over, <c>event_published</c>, <c>not_found</c> for another municipality's, <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>.
    /// </returns>
    public async Task<Result<SupportEvent>> Draft(SupportEvent draft, DateOnly today, Actor by, CancellationToken stop = default)
    {
        var name = NameText.Read("name", draft.Name, LongestName);
        if (name.Refused is { } noName) return noName;
        var organiser = string.IsNullOrWhiteSpace(draft.Organiser) ? null : draft.Organiser;
        if (organiser is not null)
        {
            var read = NameText.Read("organiser", organiser, LongestName);
            if (read.Refused is { } noBody) return noBody;
            organiser = read.Value;
        }
        if (draft.LeadDays is < 0 or > MostDays || draft.TailDays is < 0 or > MostDays) return Refusal.Of("number_format");
        if (draft.LastDay < draft.FirstDay || draft.Until < today)
            return Refusal.Of("out_of_period", ("from", $"{draft.FirstDay:yyyy-MM-dd}"), ("until", $"{draft.LastDay:yyyy-MM-dd}"));
        var after = draft with { Name = name.Value, Organiser = organiser, State = EventState.Draft };
        return await registry.Change<SupportEvent>(async (tx, number) =>
        {
            var before = await RegistryCache.Find(tx, draft.Id);
            if (before is not null && before.Municipality != draft.Municipality) return Refusal.Of("not_found");
            if (before is { State: not EventState.Draft }) return Refusal.Of("event_published");
            if (before == after) return after;
            await tx.Connection.ExecuteAsync(Upsert, new
            {
                after.Id, after.Municipality, after.Name, after.Organiser, after.FirstDay, after.LastDay, after.LeadDays, after.TailDays,
                LeftOver = after.Rule is { } rule ? Words<LeftOver>.Of(rule) : null, No = number,
            }, tx.Handle);
            await log.Write(tx, new Operation("event.saved", by, after.Id.Value, Before: before is null ? null : Show(before), After: Show(after)));
            return after;
        }, stop);
    }

    /// <returns>The event; <c>field_required</c> (organiser, left_over, acceptors), <c>out_of_period</c> (from, until) when it is over, <c>event_published</c> when it was called off, <c>not_found</c>.</returns>
    public Task<Result<SupportEvent>> Publish(MunicipalityCode municipality, SupportEventId id, DateOnly today, Actor by, CancellationToken stop = default) => Change(municipality, id, async (tx, number, found) =>
    {
        if (found.State == EventState.Published) return found;
        if (found.State == EventState.CalledOff) return Refusal.Of("event_published");
        if (found.Organiser is null) return Refusal.Of("field_required", ("field", "organiser"));
        if (found.Rule is null) return Refusal.Of("field_required", ("field", "left_over"));
        if (await tx.Connection.ExecuteScalarAsync<long>("select count(*) from reg_event_acceptor where event = @id and takes = 1", new { id }, tx.Handle) == 0)
            return Refusal.Of("field_required", ("field", "acceptors"));
        if (found.Until < today) return Refusal.Of("out_of_period", ("from", $"{found.FirstDay:yyyy-MM-dd}"), ("until", $"{found.LastDay:yyyy-MM-dd}"));
        await tx.Connection.ExecuteAsync("update reg_event set state = 'published', changed_no = @number where id = @id", new { id, number }, tx.Handle);
        await log.Write(tx, new Operation("event.published", by, id.Value, Before: "draft", After: Show(found)));
        return found with { State = EventState.Published };
    }, stop);

    /// <summary>A published event does not take place: its points pay no more. What citizens have of them becomes points of the municipality after the last day. It can't be undone.</summary>
    /// <returns>The event; <c>event_closed</c> (from, until) when it is over, <c>not_found</c> also for a draft.</returns>
    public Task<Result<SupportEvent>> CallOff(MunicipalityCode municipality, SupportEventId id, DateOnly today, Actor by, CancellationToken stop = default) => Change(municipality, id, async (tx, number, found) =>
    {
        if (found.State == EventState.CalledOff) return found;
        if (found.State == EventState.Draft) return Refusal.Of("not_found");
        if (found.TakesOn(today) is { } over) return over;
        await tx.Connection.ExecuteAsync("update reg_event set called_off = 1, changed_no = @number where id = @id", new { id, number }, tx.Handle);
        await log.Write(tx, new Operation("event.called_off", by, id.Value, Before: "published", After: Show(found)));
        return found with { State = EventState.CalledOff };
    }, stop);

    /// <summary>A shop takes the event's points, or no longer; also while it is running.</summary>
    /// <returns>The event; <c>not_found</c> for the event, or for a shop that is not in the municipality.</returns>
    public Task<Result<SupportEvent>> SetAcceptor(MunicipalityCode municipality, SupportEventId id, (AcceptorId Shop, bool Takes) join, Actor by, CancellationToken stop = default) =>
        Change(municipality, id, async (tx, number, found) =>
        {
            var (acceptor, takes) = (join.Shop, join.Takes ? 1 : 0);
            if (await RegistryCache.Find(tx, acceptor) is not { } shop || !municipality.Contains(shop.Municipality) || !shop.Kind.MayAccept) return Refusal.Of("not_found");
            var before = await tx.Connection.ExecuteScalarAsync<int?>("select takes from reg_event_acceptor where event = @id and acceptor = @acceptor", new { id, acceptor }, tx.Handle);
            if ((before ?? 0) == takes) return found;
            await tx.Connection.ExecuteAsync(Join, new { id, acceptor, takes, number }, tx.Handle);
            await log.Write(tx, new Operation("event.acceptor_set", by, id.Value, After: $"{acceptor.Value} {(join.Takes ? "takes" : "no longer")}"));
            return found;
        }, stop);

    private async Task<Result<SupportEvent>> Change(MunicipalityCode municipality, SupportEventId id, Func<Transaction, long, SupportEvent, Task<Result<SupportEvent>>> work, CancellationToken stop) =>
        await registry.Change<SupportEvent>(async (tx, number) =>
            await RegistryCache.Find(tx, id) is { } found && found.Municipality == municipality ? await work(tx, number, found) : Refusal.Of("not_found"), stop);

    private static string Show(SupportEvent e) =>
        $"{e.Municipality} {e.FirstDay:yyyy-MM-dd} to {e.LastDay:yyyy-MM-dd} -{e.LeadDays} +{e.TailDays} {(e.Rule is { } rule ? Words<LeftOver>.Of(rule) : "no rule")} {e.Name} {e.Organiser}".TrimEnd();
}
