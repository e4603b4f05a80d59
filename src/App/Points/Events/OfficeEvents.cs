using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Events;

/// <summary>An event as it is typed.</summary>
/// <param name="LeadDays">Before the first day; null: none.</param>
/// <param name="Rule"><c>lapse</c> or <c>keep</c>; may wait until it is published.</param>
public sealed record EventEntry(SupportEventId Id, string? Name, string? Organiser, DateOnly FirstDay, DateOnly LastDay, int? LeadDays, int? TailDays, string? Rule);

/// <summary>The support events of an office's own municipality, behind pages and API alike. Everything else is <c>not_found</c>.</summary>
public sealed class OfficeEvents(RegistryCache registry, SaveEvent save, TimeProvider clock)
{
    /// <returns>The next to begin first; or <c>role_forbidden</c>.</returns>
    public async Task<Result<SupportEvent[]>> All(StaffAtWork work)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        return (await registry.View()).Events.Where(e => e.Municipality == work.Office.Code).OrderByDescending(e => e.FirstDay).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
    }

    public async Task<Result<SupportEvent>> Find(StaffAtWork work, SupportEventId id)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        return (await registry.View()).Find(id) is { } found && found.Municipality == work.Office.Code ? found : Refusal.Of("not_found");
    }

    /// <summary>Shops that could take its points, with whether they do; those that do come first.</summary>
    public async Task<IReadOnlyList<(Acceptor Shop, bool Takes)>> Shops(SupportEvent supported)
    {
        var view = await registry.View();
        return [.. view.AcceptorsWithin(supported.Municipality).Where(a => a is { State: AcceptorState.Active, Kind.MayAccept: true })
            .Select(a => (Shop: a, Takes: view.Joins(supported.Id, a.Id))).OrderByDescending(s => s.Takes).ThenBy(s => s.Shop.Name, StringComparer.Ordinal).ThenBy(s => s.Shop.Id.Value)];
    }

    /// <returns>As <see cref="SaveEvent.Draft"/>, and <c>role_forbidden</c>, <c>field_unknown</c> (left_over).</returns>
    public async Task<Result<SupportEvent>> Save(StaffAtWork work, EventEntry entry, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        LeftOver? rule = null;
        if (!string.IsNullOrEmpty(entry.Rule) && (rule = Words<LeftOver>.Find(entry.Rule)) is null) return Refusal.Of("field_unknown", ("field", "left_over"));
        return await save.Draft(new SupportEvent(entry.Id, work.Office.Code, entry.Name ?? "", entry.Organiser, entry.FirstDay, entry.LastDay, entry.LeadDays ?? 0, entry.TailDays ?? 0, rule, EventState.Draft),
            clock.Today(), work.Actor, stop);
    }

    /// <returns>As <see cref="SaveEvent.Publish"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<SupportEvent>> Publish(StaffAtWork work, SupportEventId id, CancellationToken stop) =>
        work.Require(Role.Officer).Refused is { } no ? no : await save.Publish(work.Office.Code, id, clock.Today(), work.Actor, stop);

    /// <returns>As <see cref="SaveEvent.CallOff"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<SupportEvent>> CallOff(StaffAtWork work, SupportEventId id, CancellationToken stop) =>
        work.Require(Role.Officer).Refused is { } no ? no : await save.CallOff(work.Office.Code, id, clock.Today(), work.Actor, stop);

    /// <returns>As <see cref="SaveEvent.SetAcceptor"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<SupportEvent>> SetAcceptor(StaffAtWork work, SupportEventId id, AcceptorId shop, bool takes, CancellationToken stop) =>
        work.Require(Role.Officer).Refused is { } no ? no : await save.SetAcceptor(work.Office.Code, id, (shop, takes), work.Actor, stop);
}
