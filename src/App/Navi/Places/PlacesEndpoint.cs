using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Places;

/// <param name="Kind">A code of <c>GET /api/v1/places/kinds</c>.</param>
/// <param name="Hours">Lines such as <c>月-金 8:30-17:15</c>; empty: not known.</param>
/// <param name="Ways">How points are taken: <c>terminal</c>, <c>ticket</c>, <c>online</c>, <c>staff</c>.</param>
public sealed record PlaceReply(Guid Id, string Kind, string KindName, string Name, string Kana, string Municipality, string Town, string Address, string Access, string Hours, string Phone, string Web, IReadOnlyList<string> Ways,
    DateOnly? From, DateOnly? Until)
{
    public static PlaceReply Of(ListedPlace p)
    {
        var d = p.Place.Details;
        return new(p.Place.Id, p.Place.Kind, p.KindName, p.Place.Name, d.Kana, p.Place.Municipality.Value, p.Town, d.Address, d.Access, d.Hours, d.Phone, d.Web, [.. d.TakenBy.Select(Words<TakingWay>.Of)], d.From, p.Place.Until);
    }
}

/// <param name="Next">To be sent as <c>after</c> for what follows; null: that was all.</param>
public sealed record PlacesReply(IReadOnlyList<PlaceReply> Places, string? Next);

public sealed record PlacePointsReply(string Municipality, string PointName);

/// <param name="Points">Whose points pay there now.</param>
public sealed record OnePlaceReply(PlaceReply Place, IReadOnlyList<PlacePointsReply> Points);

public sealed record PlaceKindReply(string Code, string Name);

/// <summary>Places for everybody, without any login.</summary>
public static class PlacesEndpoint
{
    public static void AddPlaces(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PublicPlaces>();

    public static void MapPlaces(this WebApplication app)
    {
        app.MapGet("/api/v1/places", Search).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/places/kinds", Kinds).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/places/{id:guid}", One).RequireRateLimiting(RateLimits.Anonymous);
    }

    /// <param name="prefecture">1 to 47.</param>
    /// <param name="municipality">A code.</param>
    /// <param name="open">Only what is known to be open on this day, yyyy-MM-dd.</param>
    /// <param name="points">Only where points of this municipality pay.</param>
    /// <param name="after">As the answer before said.</param>
    private static async Task<Answer<PlacesReply>> Search(string? prefecture, string? municipality, string? kind, string? text, string? open, string? points, string? after, PublicPlaces places, CancellationToken stop) =>
        (await places.Search(new PlaceSearch(prefecture, municipality, kind, text, open, points, after), stop)).Then<PlacesReply>(p => new PlacesReply([.. p.Places.Select(PlaceReply.Of)], p.Next));

    private static async Task<Answer<PlaceKindReply[]>> Kinds(RegistryCache registry) => PublicPlaces.Kinds(await registry.View()).Select(k => new PlaceKindReply(k.Code, k.Name)).ToArray();

    private static async Task<Answer<OnePlaceReply>> One(Guid id, PublicPlaces places, CancellationToken stop) =>
        (await places.One(id, stop)).Then<OnePlaceReply>(p => new OnePlaceReply(PlaceReply.Of(p.Place), [.. p.Points.Select(m => new PlacePointsReply(m.Code.Value, m.PointName))]));
}
