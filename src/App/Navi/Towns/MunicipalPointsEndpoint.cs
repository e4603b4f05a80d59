using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Navi.Towns;

/// <summary>A municipality's points as everybody sees them today.</summary>
/// <param name="Code">6 digits.</param>
/// <param name="PointName">What its points are called.</param>
/// <param name="State"><c>live</c>: gives points; <c>closed</c>: gives none any more, those it gave stay usable; <c>listed</c>: none yet.</param>
/// <param name="Member">Of the council.</param>
/// <param name="UseFrom">The first day on which they pay; null: at once.</param>
/// <param name="ExpiryDays">They are valid so long after the day on which they were acquired; or <paramref name="ExpiryMonths"/>.</param>
/// <param name="Shops">Some shop, museum or other place takes them.</param>
/// <param name="OnlineSites">Keys of the sites where they pay, as in <c>/api/v1/online-sites</c>.</param>
/// <param name="Libraries">How many take the card.</param>
public sealed record MunicipalPointReply(string Code, string Prefecture, string Name, string PointName, string State, bool Member, DateOnly? UseFrom, int? ExpiryDays, int? ExpiryMonths, bool Shops, IReadOnlyList<string> OnlineSites, int Libraries)
{
    public static MunicipalPointReply Of(ListedPoint p)
    {
        var (m, expiry) = (p.Municipality, p.Municipality.Expiry);
        return new(m.Code.Value, m.Prefecture, m.Name, m.PointName, Words<MunicipalityState>.Of(m.State), p.Member, m.UseFrom, expiry?.Days is > 0 and var days ? days : null, expiry?.Months is > 0 and var months ? months : null,
            p.Shops, [.. p.Sites.Select(s => s.Key)], p.Libraries);
    }
}

/// <summary><c>/api/v1/municipal-points</c>: the lists of the portal.</summary>
public static class MunicipalPointsEndpoint
{
    public static void AddMunicipalPoints(this WebApplicationBuilder builder) => builder.Services.AddSingleton<FindListedPoints>();

    public static void MapMunicipalPoints(this WebApplication app)
    {
        app.MapGet("/api/v1/municipal-points", List).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/municipal-points/{code}", One).RequireRateLimiting(RateLimits.Anonymous);
    }

    /// <param name="use"><c>shops</c>, <c>online</c>, or left out.</param>
    private static async Task<Answer<List<MunicipalPointReply>>> List(string? prefecture, string? text, string? use, FindListedPoints find)
    {
        if (use is not (null or "" or "shops" or "online")) return Refusal.Of("field_unknown", ("field", "use"));
        var query = PointsQuery.Read(prefecture, text);
        if (query.Refused is { } no) return no;
        return (await find.Today()).Find(query.Value).Where(p => use switch { "shops" => p.Shops, "online" => p.Sites.Count > 0, _ => true }).Select(MunicipalPointReply.Of).ToList();
    }

    private static async Task<Answer<MunicipalPointReply>> One(string code, FindListedPoints find)
    {
        var read = MunicipalityCode.Read(code);
        if (read.Refused is { } no) return no;
        return (await find.Today()).Find(read.Value) is { } point ? MunicipalPointReply.Of(point) : Refusal.Of("municipality_unknown");
    }
}
