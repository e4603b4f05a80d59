using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Navi.Council;

/// <summary>The council in one prefecture.</summary>
/// <param name="Bodies">The prefecture itself and its cities, towns, villages and special wards that are registered; a ward of a designated city is none (S2-P14).</param>
public sealed record PrefectureCount(int Number, string Name, int Bodies, int Members);

/// <summary>A municipality with what it takes part in.</summary>
public sealed record CapableMunicipality(Municipality Municipality, IReadOnlyList<Capability> Capabilities)
{
    public Capability? Of(CapabilityKind kind) => Capabilities.FirstOrDefault(c => c.Kind == kind);
}

/// <summary>Members, sums and capabilities as everybody sees them (S2-P14, S2-P15, S2-P18e).</summary>
public sealed class CouncilList(RegistryCache registry, FindCapabilities capabilities, TimeProvider clock)
{
    /// <returns>All 47, from north to south.</returns>
    public async Task<IReadOnlyList<PrefectureCount>> Prefectures()
    {
        var (bodies, members, today) = (new int[Registry.Prefectures.Count + 1], new int[Registry.Prefectures.Count + 1], clock.Today());
        foreach (var one in (await registry.View()).Municipalities.Where(m => m.Kind != MunicipalityKind.Ward))
        {
            bodies[one.Code.Prefecture]++;
            if (one.IsMemberOn(today)) members[one.Code.Prefecture]++;
        }
        return [.. Enumerable.Range(1, Registry.Prefectures.Count).Select(n => new PrefectureCount(n, Registry.Prefectures.NameOf(n), bodies[n], members[n]))];
    }

    /// <summary>Members of a prefecture, or of all, by code; also who will be one, and who was.</summary>
    public async Task<IReadOnlyList<Municipality>> Members(int? prefecture) =>
        [.. (await registry.View()).Municipalities.Where(m => m.MemberFrom is not null && m.Kind != MunicipalityKind.Ward && (prefecture is null || m.Code.Prefecture == prefecture)).OrderBy(m => m.Code)];

    /// <summary>Municipalities with at least one capability, by code: their procedure is done (S2-P15b).</summary>
    public async Task<IReadOnlyList<CapableMunicipality>> Capable(int? prefecture, CancellationToken stop)
    {
        var view = await registry.View();
        return [.. from capability in await capabilities.Of(null, stop)
                   where prefecture is null || capability.Municipality.Prefecture == prefecture
                   group capability by capability.Municipality into its
                   let town = view.Find(its.Key)
                   where town is not null
                   orderby its.Key
                   select new CapableMunicipality(town, [.. its])];
    }

    /// <returns>1 to 47, null for nothing; <c>number_format</c>.</returns>
    public static Result<int?> Prefecture(string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length == 0) return (int?)null;
        return text.Length <= 2 && text.All(char.IsAsciiDigit) && int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is >= 1 and <= Registry.Prefectures.Count and var number ? (int?)number : Refusal.Of("number_format");
    }
}
