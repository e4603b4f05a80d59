using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace MyKey.Sandbox.Partners;

/// <summary>Whom the partners know (section <c>Partners</c>).</summary>
public sealed class PartnerPartyOptions
{
    /// <summary>The site whose way back they accept.</summary>
    public string Site { get; set; } = "http://mykey.localhost:5080";

    /// <summary>Where the books lie; empty: in memory.</summary>
    public string Books { get; set; } = "data/sandbox/partners.json";
}

/// <summary>
/// Partner companies with a login of their own, each a site under <c>{key}.partner.localhost</c>: docs/partner-interface.md from the other side.
/// </summary>
public static class PartnerParty
{
    public const string Hosts = "*.partner.localhost";

    private sealed record OrderRequest(Guid Id, long Points, long NotAfterMs);

    public static void AddPartnerParty(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Partners").Get<PartnerPartyOptions>() ?? new PartnerPartyOptions();
        services.AddSingleton<OwnOrders>().AddSingleton(options).AddSingleton(s => new PartnerBooks(options.Books.Length == 0 ? null : options.Books, s.GetService<TimeProvider>() ?? TimeProvider.System));
    }

    public static void MapPartnerParty(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireHost(Hosts);
        group.MapPost("/oauth/token", Token).DisableAntiforgery();
        group.MapGet("/api/balance", Balance);
        group.MapPost("/api/orders", Order);
        group.MapGet("/api/orders/{id:guid}", Find);
        group.MapPost("/setup", SetUp).DisableAntiforgery();
    }

    /// <summary>Which company's site this is.</summary>
    public static string Key(this HttpContext context) => context.Request.Host.Host.Split('.')[0];

    /// <summary>The one address to which a company sends a browser back.</summary>
    public static string Back(this PartnerPartyOptions options, string key) => $"{options.Site}/my/exchange/link/{key}/return";

    private static async Task<IResult> Token(HttpContext context, PartnerBooks books)
    {
        if (books.FaultOf(context.Key()) == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Json(new { error = "invalid_client" }, statusCode: StatusCodes.Status401Unauthorized);
        var form = await context.Request.ReadFormAsync();
        var tokens = form["grant_type"].ToString() switch
        {
            "authorization_code" => books.Redeem(context.Key(), form["code"].ToString(), form["redirect_uri"].ToString(), form["code_verifier"].ToString()),
            "refresh_token" => books.Renew(context.Key(), form["refresh_token"].ToString()),
            _ => null,
        };
        return tokens is { } given
            ? Results.Json(new { access_token = given.Access, token_type = "Bearer", expires_in = PartnerBooks.AccessLivesMs / 1_000, refresh_token = given.Refresh, link = given.Link })
            : Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
    }

    private static IResult Balance(HttpContext context, PartnerBooks books)
    {
        if (books.FaultOf(context.Key()) == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        return Member(context, books) is { } member ? Results.Json(new { points = books.PointsOf(context.Key(), member) }) : Results.Unauthorized();
    }

    private static async Task<IResult> Order(HttpContext context, PartnerBooks books)
    {
        var (key, fault) = (context.Key(), books.FaultOf(context.Key()));
        if (fault == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (Member(context, books) is not { } member) return Results.Unauthorized();
        var order = await context.Request.ReadFromJsonAsync<OrderRequest>(JsonSerializerOptions.Web);
        if (order is null || order.Points < 1 || context.Request.Headers["Idempotency-Key"] != order.Id.ToString()) return Results.BadRequest();
        // Nobody's hanging up stops a system that is merely slow.
        if (fault == PartnerFault.Slow) await Task.Delay(books.SlowMs);
        var known = books.Order(key, order.Id) is not null;
        if (books.Debit(key, member, (order.Id, order.Points, order.NotAfterMs)) is not { } done) return Results.Conflict();
        if (fault == PartnerFault.Silent) context.Abort();
        if (fault == PartnerFault.Twice && !known) return Results.StatusCode(StatusCodes.Status502BadGateway);
        return Said(order.Id, done, fault, done.State == "debited" ? StatusCodes.Status201Created : StatusCodes.Status409Conflict);
    }

    private static IResult Find(Guid id, HttpContext context, PartnerBooks books)
    {
        var fault = books.FaultOf(context.Key());
        if (fault == PartnerFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        return books.Order(context.Key(), id) is { } order ? Said(id, order, fault, StatusCodes.Status200OK) : Results.Json(new { id, state = "unknown" });
    }

    /// <summary>Whoever runs the companies hands them the key that the operators of MyKey gave out.</summary>
    private static async Task<IResult> SetUp(HttpContext context, PartnerBooks books)
    {
        var given = await context.Request.ReadFromJsonAsync<GivenKey>(JsonSerializerOptions.Web);
        if (given is null) return Results.BadRequest();
        books.SetUp(context.Key(), given.Key);
        return Results.NoContent();
    }

    private sealed record GivenKey(string Key);

    private static IResult Said(Guid id, PartnerOrder order, PartnerFault fault, int status) =>
        Results.Json(new { id, state = order.State, points = fault == PartnerFault.Lies ? order.Points * 10 : order.Points, reason = order.Reason }, statusCode: status);

    private static string? Member(HttpContext context, PartnerBooks books) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header is { Scheme: "Bearer", Parameter: { } access } ? books.Holder(context.Key(), access) : null;

    private static bool IsClient(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header is { Scheme: "Basic", Parameter: { } pair }
        && pair == Convert.ToBase64String(Encoding.ASCII.GetBytes($"{PartnerBooks.ClientId}:{PartnerBooks.ClientSecret}"));
}
