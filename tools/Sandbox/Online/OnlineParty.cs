using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyKey.Kernel;

namespace MyKey.Sandbox.Online;

/// <summary>Whom the sites know (section <c>Online</c>).</summary>
public sealed class OnlinePartyOptions
{
    /// <summary>MyKey, whose way back they accept and whose API they call.</summary>
    public string Site { get; set; } = "http://mykey.localhost:5080";

    /// <summary>Where the books lie; empty: in memory.</summary>
    public string Books { get; set; } = "data/sandbox/online.json";
}

/// <summary>A small shop and a small crowdfunding site, told apart by host name; they know nothing of MyKey but its public interface.</summary>
public static class OnlineParty
{
    public const string ShopHost = "shop.localhost", FundHost = "fund.localhost";

    public const string Shop = "shop", Fund = "fund";

    /// <summary>A message older than this is not believed, though its signature is right: somebody may send it again.</summary>
    private const int NewestMinutes = 5;

    public static void AddOnlineParty(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Online").Get<OnlinePartyOptions>() ?? new OnlinePartyOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(s => new OnlineBooks(options.Books.Length == 0 ? null : options.Books, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new MyKeyApi(s.GetRequiredService<OnlineBooks>(), new Uri(options.Site)));
        services.AddSingleton<SiteOrders>();
    }

    public static void MapOnlineParty(this WebApplication app)
    {
        var group = app.MapGroup("").RequireHost(ShopHost, FundHost).DisableAntiforgery();
        group.MapPost("/oauth/token", Token);
        group.MapPost("/mykey/links", Link);
        group.MapPost("/mykey/events", Event);
        group.MapPost("/setup", SetUp);
    }

    /// <summary><c>shop</c> or <c>fund</c>: the first word of the host name.</summary>
    public static string SiteKey(this HttpContext context) => context.Request.Host.Host.Split('.')[0];

    /// <summary>The one address to which a site sends a browser back.</summary>
    public static string Back(this OnlinePartyOptions options, string site) => $"{options.Site}/my/online/link/{site}/return";

    private static async Task<IResult> Token(HttpContext context, OnlineBooks books)
    {
        var pair = $"{OnlineBooks.ClientId}:{OnlineBooks.ClientSecret}";
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) || header is not { Scheme: "Basic", Parameter: { } shown } || shown != Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)))
            return Results.Json(new { error = "invalid_client" }, statusCode: StatusCodes.Status401Unauthorized);
        var form = await context.Request.ReadFormAsync();
        var token = books.Redeem(context.SiteKey(), form["code"].ToString(), form["redirect_uri"].ToString(), form["code_verifier"].ToString());
        return token is null ? Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest) : Results.Json(new { access_token = token, token_type = "Bearer", expires_in = 60 });
    }

    private static async Task<IResult> Link(HttpContext context, OnlineBooks books)
    {
        if (books.FaultOf(context.SiteKey()) == OnlineFault.Silent) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var token = AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header.Scheme == "Bearer" ? header.Parameter : null;
        var link = await context.Request.ReadFromJsonAsync<MemberLink>(JsonSerializerOptions.Web);
        if (books.Take(context.SiteKey(), token) is not { } member || link is null) return Results.Unauthorized();
        books.Keep(context.SiteKey(), member, link);
        return Results.Json(new { id = link.Id }, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> Event(HttpContext context, OnlineBooks books, SiteOrders orders, TimeProvider clock)
    {
        var site = context.SiteKey();
        if (books.FaultOf(site) == OnlineFault.Deaf) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        if (!IsSigned(context.Request.Headers, body, books.HookOf(site), clock.NowMs())) return Results.Unauthorized();
        using var json = JsonDocument.Parse(body);
        var message = new HeardEvent(json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("data").GetRawText());
        if (books.Hear(message)) orders.Heard(site, message);
        return Results.NoContent();
    }

    /// <summary>As docs/online-interface.md says: one of the signatures is ours, and the message is new.</summary>
    private static bool IsSigned(IHeaderDictionary headers, string body, string? secret, long nowMs)
    {
        if (secret is null || !long.TryParse(headers["webhook-timestamp"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if (Math.Abs(nowMs / 1_000 - seconds) > NewestMinutes * 60) return false;
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var right = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{seconds}.{body}"))));
        return headers["webhook-signature"].ToString().Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(s), right));
    }

    /// <summary>Whoever runs the sites hands them what the operators of MyKey gave out.</summary>
    private static async Task<IResult> SetUp(HttpContext context, OnlineBooks books)
    {
        var given = await context.Request.ReadFromJsonAsync<GivenKeys>(JsonSerializerOptions.Web);
        if (given is null) return Results.BadRequest();
        books.SetUp(context.SiteKey(), given.Key, given.Hook);
        return Results.NoContent();
    }

    private sealed record GivenKeys(string Key, string? Hook);
}
