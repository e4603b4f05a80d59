using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.StreetCards;

/// <summary>Card centres, each a site under <c>{key}.cards.localhost</c>: docs/card-centre-interface.md from the other side.</summary>
public static class CardCentreParty
{
    public const string Hosts = "*.cards.localhost";

    private sealed record BalanceCall(string Card);

    public static void AddCardCentres(this IServiceCollection services, IConfiguration configuration)
    {
        var books = configuration["CardCentres:Books"] ?? "data/sandbox/card-centres.json";
        services.AddSingleton(s => new CardCentreBooks(books.Length == 0 ? null : books, s.GetService<TimeProvider>() ?? TimeProvider.System));
    }

    public static void MapCardCentres(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api").RequireHost(Hosts);
        group.MapPost("/balances", Balances);
        group.MapPost("/charges", Charge);
        group.MapGet("/charges/{id:guid}", Find);
        group.MapPost("/charges/{charge:guid}/reversals", Reverse);
        group.MapGet("/reversals/{id:guid}", FindReversal);
    }

    private static async Task<IResult> Balances(HttpContext context, CardCentreBooks books)
    {
        if (books.FaultOf(context.Key()) == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        var call = await context.Request.ReadFromJsonAsync<BalanceCall>(JsonSerializerOptions.Web);
        return call is not null && books.On(context.Key(), call.Card) is { } on
            ? Results.Json(new { balances = on.Select(b => new { source = b.Key, points = b.Value }) })
            : Results.Json(new { state = "unknown" }, statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Charge(HttpContext context, CardCentreBooks books)
    {
        var (key, fault) = (context.Key(), books.FaultOf(context.Key()));
        if (fault == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        var call = await context.Request.ReadFromJsonAsync<ChargeCall>(JsonSerializerOptions.Web);
        if (call is null || call.Points < 1 || context.Request.Headers["Idempotency-Key"] != call.Id.ToString()) return Results.BadRequest();
        // Nobody's hanging up stops a system that is merely slow.
        if (fault == PartnerFault.Slow) await Task.Delay(books.SlowMs);
        var known = books.Charge(key, call.Id) is not null;
        if (books.Post(key, call) is not { } done) return Results.Conflict();
        if (fault == PartnerFault.Silent) context.Abort();
        if (fault == PartnerFault.Twice && !known) return Results.StatusCode(StatusCodes.Status502BadGateway);
        return Said(call.Id, done, fault, done.State == "charged" ? StatusCodes.Status201Created : StatusCodes.Status409Conflict);
    }

    private static IResult Find(Guid id, HttpContext context, CardCentreBooks books)
    {
        var fault = books.FaultOf(context.Key());
        if (fault == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        return books.Charge(context.Key(), id) is { } charge ? Said(id, charge, fault, StatusCodes.Status200OK) : Results.Json(new { id, state = "unknown" });
    }

    private static async Task<IResult> Reverse(Guid charge, HttpContext context, CardCentreBooks books)
    {
        var (key, fault) = (context.Key(), books.FaultOf(context.Key()));
        if (fault == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        var call = await context.Request.ReadFromJsonAsync<ReversalCall>(JsonSerializerOptions.Web);
        if (call is null || context.Request.Headers["Idempotency-Key"] != call.Id.ToString()) return Results.BadRequest();
        if (fault == PartnerFault.Slow) await Task.Delay(books.SlowMs);
        var known = books.Reversal(key, call.Id) is not null;
        if (books.Reverse(key, charge, call) is not { } done) return Results.Conflict();
        if (fault == PartnerFault.Silent) context.Abort();
        if (fault == PartnerFault.Twice && !known) return Results.StatusCode(StatusCodes.Status502BadGateway);
        return Said(call.Id, done, fault, done.State == "reversed" ? StatusCodes.Status201Created : StatusCodes.Status409Conflict);
    }

    private static IResult FindReversal(Guid id, HttpContext context, CardCentreBooks books)
    {
        var fault = books.FaultOf(context.Key());
        if (fault == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        return books.Reversal(context.Key(), id) is { } reversal ? Said(id, reversal, fault, StatusCodes.Status200OK) : Results.Json(new { id, state = "unknown" });
    }

    private static IResult Said(Guid id, CentreReversal reversal, PartnerFault fault, int status) =>
        Results.Json(new { id, state = reversal.State, points = fault == PartnerFault.Lies ? reversal.Points * 10 : reversal.Points, reason = reversal.Reason }, statusCode: status);

    private static IResult Said(Guid id, CentreCharge charge, PartnerFault fault, int status) =>
        Results.Json(new { id, state = charge.State, points = fault == PartnerFault.Lies ? charge.Points * 10 : charge.Points, reason = charge.Reason }, statusCode: status);

    private static bool IsClient(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header is { Scheme: "Basic", Parameter: { } pair }
        && pair == Convert.ToBase64String(Encoding.ASCII.GetBytes($"{CardCentreBooks.ClientId}:{CardCentreBooks.ClientSecret}"));
}
