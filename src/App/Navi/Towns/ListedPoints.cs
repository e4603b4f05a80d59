using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.Kernel;

namespace MyKey.App.Navi.Towns;

/// <summary>A municipality as the portal lists it: what its points are good for, out of rules and sites that hold today, never out of a list by hand (S2-P17f).</summary>
/// <param name="Shops">Some shop, museum or other place takes them.</param>
/// <param name="Sites">Where they pay online.</param>
/// <param name="Libraries">How many take the card; their municipality need not issue points or be a member (K-24).</param>
public sealed record ListedPoint(Municipality Municipality, bool Member, bool Shops, IReadOnlyList<OnlineSite> Sites, int Libraries)
{
    /// <summary>Somewhere they pay, or will from their first day on.</summary>
    public bool Usable => Shops || Sites.Count > 0;

    /// <summary>It stands in the lists: a member, one that gives points or has given some, or one whose library takes the card.</summary>
    public bool Listed => Member || HasPoints || Libraries > 0;

    /// <summary>Somebody may hold points of it.</summary>
    public bool HasPoints => Municipality.Issues || Municipality.State == MunicipalityState.Closed && Municipality.Expiry is not null;

    public string Path => $"/navi/points/{Municipality.Code.Value}";
}

/// <summary>What is asked of the list.</summary>
/// <param name="Words">Parts of a name, folded, a blank between.</param>
public sealed record PointsQuery(PrefectureTile? Prefecture = null, string Words = "")
{
    public const int LongestWords = 60;

    public bool Empty => Prefecture is null && Words.Length == 0;

    /// <returns>The query; <c>field_unknown</c> (prefecture), <c>too_large</c>.</returns>
    public static Result<PointsQuery> Read(string? prefecture, string? words)
    {
        if (words?.Length > LongestWords) return Refusal.Of("too_large");
        var folded = string.Join(' ', SearchText.Words(words));
        return string.IsNullOrWhiteSpace(prefecture) ? new PointsQuery(null, folded) : PrefectureTile.Find(prefecture).Then<PointsQuery>(p => new PointsQuery(p, folded));
    }
}

/// <summary>The municipalities of the registry as they stand on a day.</summary>
public sealed class PointsOnDay
{
    private const int MostNamed = 100;

    private readonly Dictionary<MunicipalityCode, ListedPoint> all;

    internal PointsOnDay(RegistryView registry, IReadOnlySet<MunicipalityCode> paysInShops, OnlineSiteView sites, DateOnly day)
    {
        (Registry, Day) = (registry, day);
        var open = sites.OpenOn(day).Select(s => (Site: s, Sellers: s.Sellers.Where(l => l.HoldsOn(day)).Select(l => l.Acceptor).ToList())).ToList();
        var libraries = registry.Providers.Where(p => p.Kind.Code == ProviderKind.Library && p.IsOpen(day)).CountBy(p => p.Municipality).ToDictionary();
        all = registry.Municipalities.Where(m => m.Kind != MunicipalityKind.Ward).OrderBy(m => m.Code).ToDictionary(m => m.Code, m => new ListedPoint(m, m.IsMemberOn(day), paysInShops.Contains(m.Code), SitesOf(m), libraries.GetValueOrDefault(m.Code)));

        IReadOnlyList<OnlineSite> SitesOf(Municipality m) =>
            m.State == MunicipalityState.Listed ? [] : [.. open.Where(o => o.Sellers.Any(a => registry.AcceptedHere(m.Code, a).Ok)).Select(o => o.Site)];
    }

    public RegistryView Registry { get; }

    public DateOnly Day { get; }

    /// <summary>Those whose points pay first, then by code, which goes from north to south.</summary>
    public IEnumerable<ListedPoint> Listed => all.Values.Where(p => p.Listed).OrderByDescending(p => p is { Usable: true, HasPoints: true });

    /// <summary>設定済自治体ポイント: those that give points (S0-4001b).</summary>
    public IEnumerable<ListedPoint> Issuing => all.Values.Where(p => p.Municipality.Issues);

    /// <summary>How many stand in the list of each prefecture, by its number.</summary>
    public IReadOnlyDictionary<int, int> Counts => field ??= Listed.CountBy(p => p.Municipality.Code.Prefecture).ToDictionary();

    public ListedPoint? Find(MunicipalityCode code) => all.GetValueOrDefault(code);

    /// <returns>Those of a prefecture; by name, of all that are known, for whoever looks for one's own wants to be told that it takes no part.</returns>
    public IReadOnlyList<ListedPoint> Find(PointsQuery query)
    {
        var words = query.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return [.. Listed.Where(InPrefecture)];
        return [.. all.Values.Where(p => InPrefecture(p) && words.All(w => NamesOf(p.Municipality).Contains(w, StringComparison.Ordinal))).Take(MostNamed)];

        bool InPrefecture(ListedPoint p) => query.Prefecture is null || p.Municipality.Code.Prefecture == query.Prefecture.Number;
    }

    /// <summary>Prefectures nearby where points pay: for where none do.</summary>
    public IReadOnlyList<PrefectureTile> Near(PrefectureTile prefecture)
    {
        var usable = all.Values.Where(p => p.Usable).Select(p => p.Municipality.Code.Prefecture).ToHashSet();
        return [.. PrefectureTile.All.Where(t => t != prefecture && t.Region == prefecture.Region && usable.Contains(t.Number))];
    }

    private static string NamesOf(Municipality m) => SearchText.Of(m.FullName, m.Kana, m.PointName);
}

/// <summary>The list, made anew when the registry or the sites have changed.</summary>
public sealed class FindListedPoints(RegistryCache registry, OnlineSiteCache sites, TimeProvider clock)
{
    private sealed record Kept(RegistryView Registry, IReadOnlySet<MunicipalityCode> PaysInShops, OnlineSiteView Sites, PointsOnDay Points);

    private volatile Kept? kept;

    public async ValueTask<PointsOnDay> Today()
    {
        var (view, open, day) = (await registry.View(), await sites.View(), clock.Today());
        var last = kept;
        if (last is not null && last.Registry == view && last.Sites == open && last.Points.Day == day) return last.Points;
        // The registry is large and seldom changes; the sites are few and are read anew each second.
        var inShops = last?.Registry == view ? last.PaysInShops : PaysInShops.Of(view);
        kept = new Kept(view, inShops, open, new PointsOnDay(view, inShops, open, day));
        return kept.Points;
    }
}

/// <summary>Whose points some shop takes by the usage rules.</summary>
internal static class PaysInShops
{
    private static readonly string[] Online = ["online_shop", "crowdfunding"];

    /// <summary>The kinds of places to which one goes.</summary>
    public static IReadOnlyList<AcceptorKind> Kinds { get; } = [.. AcceptorKind.All.Where(k => k.MayAccept && !Online.Contains(k.Code))];

    public static IReadOnlySet<MunicipalityCode> Of(RegistryView registry) =>
        registry.Municipalities.Where(m => m.State != MunicipalityState.Listed && Kinds.Any(k => registry.Counts.Of(m.Code, k) > 0)).Select(m => m.Code).ToHashSet();
}
