using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <param name="Partner">Key of the company whose points they were.</param>
/// <param name="LastDay">Until its end (24:00 in Japan) the citizen chooses.</param>
public sealed record ReservedLotReply(long Points, string? Partner, DateOnly ExchangedOn, DateOnly LastDay);

/// <summary>What happens if nothing is done.</summary>
/// <param name="Municipality">Where they go, or null: they stay reserved.</param>
/// <param name="ExpiresOn">Their last day there.</param>
public sealed record PlannedMoveReply(DateOnly On, long Points, string? Municipality, DateOnly? ExpiresOn);

/// <param name="Held">Why they would stay: <c>no_base</c>, <c>base_closed</c>; null when they go by themselves.</param>
public sealed record ReservedReply(long Points, IReadOnlyList<ReservedLotReply> Lots, IReadOnlyList<PlannedMoveReply> Plan, string? Held);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="From"><c>reserved</c>; there is no other way.</param>
/// <param name="To">Municipality, 6 digits.</param>
/// <param name="Event">To the points of a support event of that municipality: its UUID.</param>
public sealed record MoveRequest(Guid Id, string From, string To, long Points, Guid? Event = null);

/// <param name="BalanceAfter">Usable points of that municipality, or of the event.</param>
public sealed record MovedReply(Guid Id, string Receipt, string Municipality, long Points, long BalanceAfter);

/// <param name="Change">Below 0 for what went out.</param>
/// <param name="To">Municipality, or <c>reserved</c> for what came in.</param>
/// <param name="Partners">Keys of the companies whose points they were.</param>
/// <param name="ToEvent">The support event to whose points they went.</param>
public sealed record ReservedEntryReply(string Id, string Receipt, string Event, long TimeMs, long Change, long BalanceAfter, string To, IReadOnlyList<string> Partners, Guid? ToEvent);

/// <param name="Before">Pass it as <c>before</c> for older entries; null when there are none.</param>
public sealed record ReservedHistoryReply(IReadOnlyList<ReservedEntryReply> Entries, string? Before);

/// <summary><c>/api/v1/my/reserved</c>: points without a municipality yet; <c>/api/v1/my/moves</c>: the way to one. The session is the citizen's cookie.</summary>
public static class ReservedEndpoint
{
    public static void AddReserved(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReserveRule>().AddSingleton<Balances>().AddSingleton<MoveReserved>().AddSingleton<ReservedHistory>().AddSingleton<HeldReserved>().AddSingleton<DirectReserved>();
        builder.Services.AddSingleton<MoveDueReserved>().AddSingleton<IJob>(s => s.GetRequiredService<MoveDueReserved>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 32, "留保ポイント", "/operator/reserved"));
    }

    public static void MapReserved(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Anonymous);
        group.MapGet("/reserved", Get);
        group.MapGet("/reserved/history", History);
        group.MapPost("/moves", Move).Produces<MovedReply>(StatusCodes.Status201Created).Produces<MovedReply>();
        app.MapHeldReserved();
    }

    private static async Task<Answer<ReservedReply>> Get(HttpContext context, MoveReserved move, PartnerCache partners, CancellationToken stop) => await context.AsCitizen<ReservedReply>(async citizen =>
    {
        var (plan, view) = (await move.Plan(citizen, stop), await partners.View());
        return new ReservedReply(plan.Sum.Value, [.. plan.Lots.Select(l => new ReservedLotReply(l.Remaining.Value, view.Find(l.Partner)?.Key, l.ExchangedOn, l.LastDay))],
            [.. plan.Moves.Select(m => new PlannedMoveReply(m.On, m.Amount.Value, m.To?.Code.Value, m.ExpiresOn))], plan.Held is { } why ? Registry.Words<HoldReason>.Of(why) : null);
    });

    private static async Task<Answer<ReservedHistoryReply>> History(string? before, HttpContext context, ReservedHistory history, PartnerCache partners) => await context.AsCitizen<ReservedHistoryReply>(async citizen =>
    {
        var last = HistoryPlace.Read(before);
        if (last.Refused is { } nowhere) return nowhere;
        var (leaf, view) = (await history.Read(citizen.Id, last.Value), await partners.View());
        return new ReservedHistoryReply([.. leaf.Lines.Select(l => new ReservedEntryReply(l.Line.Id.Value.ToString(), l.Line.Receipt.ToString(), l.Event, l.Line.TimeMs, l.Line.Change,
            l.Line.BalanceAfter.Value, Destination.WordOf(l.Line.To), [.. l.Line.Partners.Select(p => view.Find(p)?.Key).OfType<string>()], l.Line.Event?.Value))], leaf.Older?.Value.ToString());
    });

    private static async Task<Answer<MovedReply>> Move(MoveRequest request, HttpContext context, MoveReserved move)
    {
        var repeated = false;
        var moved = await context.AsCitizen<MovedReply>(async citizen =>
        {
            var done = await move.Run(citizen, new MoveOrder(new TransferId(request.Id), request.From, request.Event is { } supported ? $"{request.To}.{supported:N}" : request.To, request.Points));
            if (done.Refused is { } no) return no;
            repeated = done.Value.Repeated;
            return new MovedReply(request.Id, done.Value.Receipt.ToString(), done.Value.Issuer.Value, done.Value.Amount.Value, done.Value.BalanceAfter.Value);
        });
        return repeated ? moved : Answer.Created(moved);
    }
}
