using System.Net.Mime;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Tickets;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="CitizenToken">From a tap or a code at this terminal.</param>
/// <param name="Issuer">Municipality code of the points, 6 digits.</param>
/// <param name="Amount">Points, from 1.</param>
public sealed record TicketRequest(Guid Id, string CitizenToken, string Issuer, long Amount);

/// <param name="Number">13 digits.</param>
/// <param name="Path">Of the page that says whether it is good: what its code leads to.</param>
/// <param name="State"><c>issued</c>, <c>used</c>, <c>cancelled</c> or <c>returned</c>.</param>
/// <param name="LastOn">Its last day.</param>
public sealed record TicketReply(string Number, string Path, string Issuer, long Amount, DateOnly IssuedOn, DateOnly LastOn, string State);

/// <param name="Numbers">1 to 20, as typed or scanned.</param>
public sealed record TicketCheckRequest(IReadOnlyList<string> Numbers);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Numbers">1 to 20, as typed or scanned; the same twice counts once.</param>
public sealed record TicketUseRequest(Guid Id, IReadOnlyList<string> Numbers);

/// <summary>What became of one number: it pays, or <paramref name="Code"/> and the sentences say why not.</summary>
/// <param name="Receipt">Of the use, once it has paid.</param>
public sealed record TicketRow(string Number, bool Pays, long? Amount, string? Receipt, string? Code, string? What, string? Rule, string? Next);

/// <param name="Sum">Of those that pay; there is no change.</param>
public sealed record TicketRows(IReadOnlyList<TicketRow> Tickets, long Sum);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="ShopCode">The office's own number.</param>
public sealed record TicketCancelRequest(Guid Id, string ShopCode);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
public sealed record TicketReprintRequest(Guid Id);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
public sealed record TicketOfficeCancelRequest(Guid Id);

/// <param name="Shop">Of the acceptor to which they were given, a UUID.</param>
/// <param name="Numbers">1 to 200, as typed or scanned.</param>
public sealed record HandInCheckRequest(Guid Shop, IReadOnlyList<string> Numbers);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Shop">Of the acceptor to which they were given, a UUID.</param>
/// <param name="Numbers">1 to 200, as typed or scanned; the same twice counts once.</param>
public sealed record HandInRequest(Guid Id, Guid Shop, IReadOnlyList<string> Numbers);

/// <param name="Code">What stands in the way, or null: it is good.</param>
public sealed record TicketStateReply(string Number, string? Code, long Amount, string Issuer, DateOnly IssuedOn, DateOnly LastOn);

/// <summary>The pages of tickets as calls: the office issues, prints again and cancels; a shop checks and takes; the municipality and the operator cancel; anybody asks by the code on the paper.</summary>
public static class TicketsEndpoint
{
    public static void AddTickets(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindTickets>().AddSingleton<TicketNumbers>().AddSingleton<TicketPosting>().AddSingleton<TicketLink>();
        builder.Services.AddSingleton<IssueTicket>().AddSingleton<UseTickets>().AddSingleton<CancelTicket>().AddSingleton<ReprintTicket>().AddSingleton<OfficeTickets>().AddSingleton<PrintTicket>().AddSingleton<HandInTickets>();
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 25, "ポイント券", "/office/tickets", Role.Officer));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 33, "ポイント券", "/operator/tickets", Role.Operator));
        builder.Services.AddSingleton<ReturnTickets>().AddSingleton<IJob>(s => s.GetRequiredService<ReturnTickets>());
    }

    public static void MapTickets(this WebApplication app)
    {
        app.MapPost("/api/v1/tickets", Issue).Produces<TicketReply>(StatusCodes.Status201Created).Produces<TicketReply>();
        app.MapGet("/api/v1/tickets/{number}", Get).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/api/v1/tickets/{number}/pdf", Pdf).Produces<byte[]>(StatusCodes.Status200OK, MediaTypeNames.Application.Pdf).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/tickets/{number}/cancel", Cancel).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/tickets/{number}/reprint", Reprint).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/ticket-checks", Check).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/api/v1/ticket-uses", Use).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/api/v1/ticket-states/{code}", State).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/office/tickets/{number}", OfOffice);
        app.MapPost("/api/v1/office/tickets/{number}/cancel", CancelByOffice);
        app.MapGet("/api/v1/operator/tickets/{number}", OfOperator);
        app.MapPost("/api/v1/operator/tickets/{number}/cancel", CancelByOperator);
        app.MapPost("/api/v1/office/ticket-hand-in-checks", CheckHandedIn);
        app.MapPost("/api/v1/office/ticket-hand-ins", HandIn);
    }

    private static async Task<Answer<TicketReply>> Issue(TicketRequest request, HttpContext context, IssueTicket issue, TicketLink link, CancellationToken stop)
    {
        if (context.Request.Headers["Idempotency-Key"].FirstOrDefault() is { } key && (!Guid.TryParse(key, out var same) || same != request.Id)) return Refusal.Of("id_reused");
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var issued = await issue.Run(terminal.Value, new TicketOrder(new TransferId(request.Id), request.CitizenToken, request.Issuer, request.Amount), stop);
        if (issued.Refused is { } no) return no;
        var reply = await Reply(issued.Value.Ticket, link, stop);
        return issued.Value.Repeated ? reply : Answer.Created<TicketReply>(reply);
    }

    private static async Task<Answer<TicketReply>> Get(string number, HttpContext context, CancelTicket tickets, TicketLink link, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var ticket = await tickets.Find(terminal.Value, number, stop);
        if (ticket.Refused is { } no) return no;
        return ticket.Value.Void ? Refusal.Of("ticket_void") : await Reply(ticket.Value, link, stop);
    }

    /// <param name="size"><c>roll</c> (80 mm), <c>roll58</c> or <c>a6</c>.</param>
    private static async Task<IResult> Pdf(string number, string? size, HttpContext context, PrintTicket print, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return (Answer<TicketReply>)unknown;
        var pdf = await print.Pdf(context, terminal.Value, number, size, stop);
        return pdf.Refused is { } no ? (Answer<TicketReply>)no : Results.File(pdf.Value, MediaTypeNames.Application.Pdf, $"ticket-{number}.pdf");
    }

    private static async Task<Answer<TicketReply>> Cancel(string number, TicketCancelRequest request, HttpContext context, OpenShop shop, CancelTicket cancel, TicketLink link, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        if ((await shop.Check(terminal.Value, request.ShopCode, stop)).Refused is { } wrong) return wrong;
        var posted = await cancel.Run(terminal.Value, new TransferId(request.Id), number, stop);
        if (posted.Refused is { } no) return no;
        return await Reply((await cancel.Find(terminal.Value, number, stop)).Value, link, stop);
    }

    private static async Task<Answer<TicketReply>> Reprint(string number, TicketReprintRequest request, HttpContext context, ReprintTicket reprint, TicketLink link, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var printed = await reprint.Run(terminal.Value, request.Id, number, stop);
        return printed.Refused is { } no ? no : await Reply(printed.Value, link, stop);
    }

    private static async Task<Answer<TicketRows>> Check(TicketCheckRequest request, HttpContext context, UseTickets tickets, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await tickets.Look(terminal.Value, request.Numbers ?? [], stop)).Then<TicketRows>(r => Rows(r));
    }

    private static async Task<Answer<TicketRows>> Use(TicketUseRequest request, HttpContext context, UseTickets tickets, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await tickets.Run(terminal.Value, new TicketsOrder(request.Id, request.Numbers ?? []), stop)).Then<TicketRows>(r => Rows(r));
    }

    private static async Task<Answer<TicketStateReply>> State(string code, TicketLink link, FindTickets find, TimeProvider clock, CancellationToken stop)
    {
        var number = await link.Read(code, stop);
        if (number.Refused is { } wrong) return wrong;
        return (await find.Find(number.Value.ToString(), stop)).Then<TicketStateReply>(t =>
            new TicketStateReply(number.Value.ToString(), t.Against(clock.Today())?.Code, t.Amount.Value, t.Issuer.Value, t.IssuedOn, t.LastOn));
    }

    private static async Task<Answer<TicketReply>> OfOffice(string number, HttpContext context, OfficeTickets tickets, TicketLink link, CancellationToken stop) =>
        await Reply(await context.InOffice(work => tickets.Find(work, number, stop)), link, stop);

    private static async Task<Answer<TicketReply>> CancelByOffice(string number, TicketOfficeCancelRequest request, HttpContext context, OfficeTickets tickets, TicketLink link, CancellationToken stop) =>
        await Reply(await context.InOffice(work => tickets.Cancel(work, new TransferId(request.Id), number, stop)), link, stop);

    private static async Task<Answer<TicketReply>> OfOperator(string number, HttpContext context, OfficeTickets tickets, TicketLink link, CancellationToken stop) =>
        await Reply(await context.AtPlatform(work => tickets.Find(work, number, stop)), link, stop);

    private static async Task<Answer<TicketReply>> CancelByOperator(string number, TicketOfficeCancelRequest request, HttpContext context, OfficeTickets tickets, TicketLink link, CancellationToken stop) =>
        await Reply(await context.AtPlatform(work => tickets.Cancel(work, new TransferId(request.Id), number, stop)), link, stop);

    private static async Task<Answer<TicketReply>> Reply(Result<PointTicket> ticket, TicketLink link, CancellationToken stop) =>
        ticket.Refused is { } no ? no : await Reply(ticket.Value, link, stop);

    private static async Task<Answer<TicketRows>> CheckHandedIn(HandInCheckRequest request, HttpContext context, HandInTickets tickets, CancellationToken stop) =>
        (await context.InOffice(work => tickets.Run(work, new AcceptorId(request.Shop), request.Numbers ?? [], null, stop))).Then<TicketRows>(r => Rows(r));

    private static async Task<Answer<TicketRows>> HandIn(HandInRequest request, HttpContext context, HandInTickets tickets, CancellationToken stop) =>
        (await context.InOffice(work => tickets.Run(work, new AcceptorId(request.Shop), request.Numbers ?? [], request.Id, stop))).Then<TicketRows>(r => Rows(r));

    private static async Task<TicketReply> Reply(PointTicket t, TicketLink link, CancellationToken stop) =>
        new(t.Number.ToString(), await link.PathOf(t.Number, stop), t.Issuer.Value, t.Amount.Value, t.IssuedOn, t.LastOn, Words<TicketState>.Of(t.State));

    private static TicketRows Rows(TicketsResult result) => new([.. result.Tickets.Select(Row)], result.Sum.Value);

    private static TicketRow Row(TicketResult row)
    {
        var said = row.Refused?.Sentences();
        return new TicketRow(row.Typed, row.Refused is null, row.Refused is null ? row.Ticket?.Amount.Value : null, row.Receipt?.ToString(), row.Refused?.Code, said?.What, said?.Rule, said?.Next);
    }
}
