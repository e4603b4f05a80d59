using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Events;

/// <param name="LeadDays">0 to 60: so many days before the first its points pay already.</param>
/// <param name="TailDays">0 to 60, after the last.</param>
/// <param name="LeftOver"><c>lapse</c> or <c>keep</c> (they become points of the municipality); may wait until it is published.</param>
public sealed record EventRequest(string Name, string? Organiser, DateOnly FirstDay, DateOnly LastDay, int LeadDays = 0, int TailDays = 0, string? LeftOver = null);

/// <param name="Municipality">It is paid for the points, 6 digits.</param>
/// <param name="State"><c>draft</c>, <c>published</c> or <c>called_off</c>.</param>
public sealed record EventReply(Guid Id, string Municipality, string Name, string? Organiser, DateOnly FirstDay, DateOnly LastDay, int LeadDays, int TailDays, string? LeftOver, string State)
{
    public static EventReply Of(SupportEvent e) => new(e.Id.Value, e.Municipality.Value, e.Name, e.Organiser, e.FirstDay, e.LastDay, e.LeadDays, e.TailDays,
        e.Rule is { } rule ? Words<LeftOver>.Of(rule) : null, Words<EventState>.Of(e.State));
}

public sealed record EventShopRequest(bool Takes);

/// <param name="From">First and last day on which its points pay.</param>
/// <param name="LeftOver">What becomes of the rest: <c>lapse</c> or <c>keep</c>, always that where <paramref name="CalledOff"/>: then it pays nowhere.</param>
public sealed record MyEventReply(Guid Id, string Municipality, string Name, long Points, DateOnly From, DateOnly Until, string LeftOver, bool CalledOff);

/// <param name="Change">Below 0 for what went out.</param>
public sealed record EventEntryReply(string Id, string Receipt, string Event, long TimeMs, long Change, long BalanceAfter, bool Cancelled);

/// <param name="Before">Pass it as <c>before</c> for older entries; null when there are none.</param>
public sealed record EventHistoryReply(IReadOnlyList<EventEntryReply> Entries, string? Before);

/// <summary><c>/api/v1/office/events</c>: support events of a municipality; <c>/api/v1/my/events</c>: a citizen's points for them.</summary>
public static class EventsEndpoint
{
    public static void AddEvents(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OfficeEvents>().AddSingleton<MyEvents>();
        builder.Services.AddSingleton<EndEvents>().AddSingleton<IJob>(s => s.GetRequiredService<EndEvents>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 25, "イベント", "/office/events", Role.Officer));
    }

    public static void MapEvents(this WebApplication app)
    {
        var office = app.MapGroup("/api/v1/office/events");
        office.MapGet("", All);
        office.MapPut("/{id:guid}", Save);
        office.MapPost("/{id:guid}/publish", Publish);
        office.MapPost("/{id:guid}/call-off", CallOff);
        office.MapPut("/{id:guid}/acceptors/{acceptor:guid}", SetAcceptor);
        var my = app.MapGroup("/api/v1/my/events").RequireRateLimiting(RateLimits.Anonymous);
        my.MapGet("", Mine);
        my.MapGet("/{id:guid}/history", History);
    }

    private static async Task<Answer<EventReply[]>> All(HttpContext context, OfficeEvents events) =>
        (await context.InOffice(events.All)).Then<EventReply[]>(all => all.Select(EventReply.Of).ToArray());

    private static async Task<Answer<EventReply>> Save(Guid id, EventRequest request, HttpContext context, OfficeEvents events, CancellationToken stop) =>
        (await context.InOffice(work => events.Save(work, new EventEntry(new SupportEventId(id), request.Name, request.Organiser, request.FirstDay, request.LastDay, request.LeadDays, request.TailDays, request.LeftOver), stop)))
            .Then<EventReply>(e => EventReply.Of(e));

    private static async Task<Answer<EventReply>> Publish(Guid id, HttpContext context, OfficeEvents events, CancellationToken stop) =>
        (await context.InOffice(work => events.Publish(work, new SupportEventId(id), stop))).Then<EventReply>(e => EventReply.Of(e));

    private static async Task<Answer<EventReply>> CallOff(Guid id, HttpContext context, OfficeEvents events, CancellationToken stop) =>
        (await context.InOffice(work => events.CallOff(work, new SupportEventId(id), stop))).Then<EventReply>(e => EventReply.Of(e));

    private static async Task<Answer<EventReply>> SetAcceptor(Guid id, Guid acceptor, EventShopRequest request, HttpContext context, OfficeEvents events, CancellationToken stop) =>
        (await context.InOffice(work => events.SetAcceptor(work, new SupportEventId(id), new AcceptorId(acceptor), request.Takes, stop))).Then<EventReply>(e => EventReply.Of(e));

    private static async Task<Answer<List<MyEventReply>>> Mine(HttpContext context, MyEvents events) => await context.AsCitizen<List<MyEventReply>>(async citizen =>
        (await events.All(citizen.Id)).Select(e => new MyEventReply(e.Event.Id.Value, e.Payee.Code.Value, e.Event.Name, e.Usable.Value, e.Event.From, e.Event.Until, Words<LeftOver>.Of(e.Event.EndsBy!.Value), e.Event.State == EventState.CalledOff)).ToList());

    private static async Task<Answer<EventHistoryReply>> History(Guid id, string? before, HttpContext context, MyEvents events) => await context.AsCitizen<EventHistoryReply>(async citizen =>
    {
        var found = await events.Find(citizen.Id, new SupportEventId(id));
        if (found.Refused is { } no) return no;
        var last = HistoryPlace.Read(before);
        if (last.Refused is { } nowhere) return nowhere;
        var leaf = await events.History(citizen.Id, found.Value.Event, last.Value);
        return new EventHistoryReply([.. leaf.Lines.Select(l => new EventEntryReply(l.Line.Id.Value.ToString(), l.Line.Receipt.ToString(), l.Words, l.Line.TimeMs, l.Line.Change, l.Line.BalanceAfter.Value, l.Line.Cancelled))],
            leaf.Older?.Value.ToString());
    });
}
