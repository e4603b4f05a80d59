using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.PaymentServices;

/// <summary>Payment services, each a site under <c>{key}.pay.localhost</c>: docs/payment-service-interface.md from the other side. <c>ame</c> is flaky from the start.</summary>
public static class ServiceParty
{
    public const string Hosts = "*.pay.localhost", Direct = "midori", Exchange = "sora", Flaky = "ame";

    /// <summary>Where what becomes of an order is told without being asked; empty: nowhere.</summary>
    public const string SiteSetting = "PaymentServices:Site";

    public static void AddPaymentServices(this IServiceCollection services, IConfiguration configuration)
    {
        var books = configuration["PaymentServices:Books"] ?? "data/sandbox/payment-services.json";
        services.AddSingleton(s =>
        {
            var made = new ServiceBooks(books.Length == 0 ? null : books, s.GetService<TimeProvider>() ?? TimeProvider.System);
            made.Set(Flaky, ServiceFault.Flaky);
            return made;
        });
    }

    public static void MapPaymentServices(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/setup", SetUp).RequireHost(Hosts);
        var group = routes.MapGroup("/api").RequireHost(Hosts);
        group.MapPost("/verifications", Verify);
        group.MapPost("/grants", Grant);
        group.MapGet("/grants/{id:guid}", Find);
    }

    /// <summary>A signed message about an order, as the Standard Webhooks have it.</summary>
    public static async Task<HttpResponseMessage> Tell(Uri site, Guid id, ServiceGrant grant, long nowMs)
    {
        var body = JsonSerializer.Serialize(new { id, state = grant.State, points = grant.Points, reason = grant.Reason });
        var (name, time) = ($"event-{id:N}-{grant.State}", (nowMs / 1_000).ToString(CultureInfo.InvariantCulture));
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(ServiceBooks.ClientSecret), Encoding.UTF8.GetBytes($"{name}.{time}.{body}"));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LoopbackHosts.Connect });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site, "/api/v1/payment-service/events")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", name);
        request.Headers.Add("webhook-timestamp", time);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(mac)}");
        return await client.SendAsync(request);
    }

    /// <summary>The key that the operators of MyKey gave this service, as if by hand.</summary>
    private static async Task<IResult> SetUp(HttpContext context, ServiceBooks books)
    {
        if (await Read<KeyCall>(context) is not { Key: { Length: > 0 } key }) return Results.BadRequest();
        books.SetKey(context.Key(), key);
        return Results.Ok();
    }

    private static async Task<IResult> Verify(HttpContext context, ServiceBooks books)
    {
        if (books.FaultOf(context.Key()) == ServiceFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        return await Read<VerifyCall>(context) is not { ServiceId: { } id, SecurityCode: { } code } ? Results.BadRequest()
            : ServiceBooks.Verify(id, code) is { } account ? Results.Json(new { state = "ok", account }) : Results.Json(new { state = "wrong" });
    }

    private static async Task<IResult> Grant(HttpContext context, ServiceBooks books)
    {
        var key = context.Key();
        if (books.FaultOf(key) == ServiceFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        if (await Read<GrantCall>(context) is not { Account: not null, Points: > 0 } call || context.Request.Headers["Idempotency-Key"] != call.Id.ToString()) return Results.BadRequest();
        var fault = books.FaultFor(key, call.Id);
        if (fault == ServiceFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        // Nobody's hanging up stops a system that is merely slow.
        if (fault == ServiceFault.Slow) await Task.Delay(books.SlowMs);
        var known = books.Grant(key, call.Id) is not null;
        if (books.Post(key, call) is not { } done) return Results.Conflict();
        if (fault == ServiceFault.Silent) context.Abort();
        if (fault == ServiceFault.Twice && !known) return Results.StatusCode(StatusCodes.Status502BadGateway);
        return Said(call.Id, done, fault, done.State == "refused" ? StatusCodes.Status409Conflict : StatusCodes.Status201Created);
    }

    private static IResult Find(Guid id, HttpContext context, ServiceBooks books)
    {
        var fault = books.FaultOf(context.Key());
        if (fault == ServiceFault.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (!IsClient(context)) return Results.Unauthorized();
        return books.Grant(context.Key(), id) is { } grant ? Said(id, grant, fault, StatusCodes.Status200OK) : Results.Json(new { id, state = "unknown" });
    }

    private static IResult Said(Guid id, ServiceGrant grant, ServiceFault fault, int status) =>
        Results.Json(new { id, state = grant.State, points = fault == ServiceFault.Lies ? grant.Points * 10 : grant.Points, reason = grant.Reason }, statusCode: status);

    private static async Task<T?> Read<T>(HttpContext context) where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsClient(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header is { Scheme: "Basic", Parameter: { } pair }
        && pair == Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ServiceBooks.ClientId}:{ServiceBooks.ClientSecret}"));
}
