using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Places;

/// <summary>What somebody typed to find a place; everything may be empty.</summary>
/// <param name="Prefecture">1 to 47.</param>
/// <param name="Municipality">A code.</param>
/// <param name="Open">A day, yyyy-MM-dd.</param>
/// <param name="Points">The code of a municipality whose points are to pay there.</param>
/// <param name="After">Where the leaf before ended.</param>
public sealed record PlaceSearch(string? Prefecture = null, string? Municipality = null, string? Kind = null, string? Text = null, string? Open = null, string? Points = null, string? After = null);

/// <param name="KindName">Japanese.</param>
/// <param name="Town">The full name of its municipality.</param>
/// <param name="Hours">On the day that was asked for, else today; null: closed or not known.</param>
public sealed record ListedPlace(Place Place, string KindName, string Town, (TimeOnly From, TimeOnly Until)? Hours);

public sealed record PlacesFound(IReadOnlyList<ListedPlace> Places, string? Next);

/// <summary>The search of places for everybody, behind page and API alike (S0-1008).</summary>
public sealed class PublicPlaces(FindPlaces find, RegistryCache registry, TimeProvider clock)
{
    public const int LongestText = 60;

    /// <returns>The query; <c>field_unknown</c> (field) for a prefecture or kind that is none, <c>number_format</c>, <c>municipality_unknown</c>, <c>too_large</c>, <c>period_past</c>.</returns>
    public static Result<PlaceQuery> Read(PlaceSearch typed, RegistryView view)
    {
        int? prefecture = null;
        if (!string.IsNullOrEmpty(typed.Prefecture))
        {
            if (!int.TryParse(typed.Prefecture, out var number) || number is < 1 or > Prefectures.Count) return Refusal.Of("field_unknown", ("field", "prefecture"));
            prefecture = number;
        }
        var (town, points) = (Town(typed.Municipality, view), Town(typed.Points, view));
        if ((town.Refused ?? points.Refused) is { } noTown) return noTown;
        // Whoever chooses another prefecture has not chosen another municipality yet.
        var municipality = prefecture is { } p && town.Value?.Code.Prefecture != p ? null : town.Value;
        if (!string.IsNullOrEmpty(typed.Kind) && !IsKind(typed.Kind, view)) return Refusal.Of("field_unknown", ("field", "kind"));
        if (typed.Text?.Length > LongestText) return Refusal.Of("too_large", ("field", "text"));
        var open = string.IsNullOrWhiteSpace(typed.Open) ? null : TypedDay.Read(typed.Open);
        if (open is null && !string.IsNullOrWhiteSpace(typed.Open)) return Refusal.Of("number_format", ("field", "open"));
        var after = string.IsNullOrEmpty(typed.After) ? (PlaceMark?)null : default(PlaceMark);
        if (after is not null)
        {
            var mark = PlaceMark.Read(typed.After!);
            if (mark.Refused is { } wrong) return wrong;
            after = mark.Value;
        }
        return new PlaceQuery(prefecture, municipality?.Code, string.IsNullOrEmpty(typed.Kind) ? null : typed.Kind, typed.Text, open, points.Value?.Code, after);
    }

    /// <returns>As <see cref="Read"/> and <see cref="FindPlaces.Run"/>.</returns>
    public async Task<Result<PlacesFound>> Search(PlaceSearch typed, CancellationToken stop = default)
    {
        var view = await registry.View();
        var query = Read(typed, view);
        if (query.Refused is { } unreadable) return unreadable;
        var leaf = await find.Run(query.Value, stop);
        if (leaf.Refused is { } no) return no;
        var day = query.Value.OpenOn ?? clock.Today();
        return new PlacesFound([.. leaf.Value.Places.Select(p => Listed(p, view, day))], leaf.Value.Next?.ToString());
    }

    /// <summary>A place with whose points pay there.</summary>
    /// <returns>Or <c>not_found</c>.</returns>
    public async Task<Result<(ListedPlace Place, IReadOnlyList<Municipality> Points)>> One(Guid id, CancellationToken stop = default)
    {
        var place = await find.One(id, stop);
        if (place.Refused is { } no) return no;
        var view = await registry.View();
        IReadOnlyList<Municipality> points = place.Value.Source == PlaceSource.Acceptor ? [.. view.PayingAt(new AcceptorId(id))] : [];
        return (Listed(place.Value, view, clock.Today()), points);
    }

    /// <summary>The kinds that can be chosen, by code: those of acceptors, of providers, support corners.</summary>
    public static IEnumerable<(string Code, string Name)> Kinds(RegistryView view) =>
        AcceptorKind.All.Where(k => k.MayAccept).Select(k => k.Code).Concat(view.ProviderKinds.Select(k => k.Code)).Append(Place.Support).Distinct().Select(c => (c, Place.KindName(c, view)));

    private static bool IsKind(string code, RegistryView view) => Kinds(view).Any(k => k.Code == code);

    private static ListedPlace Listed(Place place, RegistryView view, DateOnly day) =>
        new(place, Place.KindName(place.Kind, view), view.Find(place.Municipality)?.FullName ?? place.Municipality.Value, place.Details.Opening.On(day));

    private static Result<Municipality?> Town(string? typed, RegistryView view)
    {
        if (string.IsNullOrEmpty(typed)) return (Municipality?)null;
        return MunicipalityCode.Read(typed).Then<Municipality?>(code => view.Find(code) is { } town ? town : Refusal.Of("municipality_unknown"));
    }
}
