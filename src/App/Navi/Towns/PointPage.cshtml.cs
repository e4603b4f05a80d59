using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Navi.Towns;

/// <summary>One municipality's points: name, expiry, where they pay, and what else there is. Five digits lead to the six (K-20).</summary>
public sealed class PointPage(FindListedPoints find, FindOffers offers, SupportPlaces places, TimeProvider clock) : PageModel
{
    public ListedPoint Point { get; private set; } = null!;

    public DateOnly Today { get; } = clock.Today();

    /// <summary>Places that take them, by kind, the most first.</summary>
    public IReadOnlyList<(string Kind, int Count)> Kinds { get; private set; } = [];

    public IReadOnlyList<string> Libraries { get; private set; } = [];

    public bool HasOffers { get; private set; }

    public bool HasCorners { get; private set; }

    public async Task<IActionResult> OnGet(string code, CancellationToken stop)
    {
        var read = MunicipalityCode.Read(code);
        if (read.Refused is { } no) return await this.Refuse(no, PointsPage.Here);
        if (read.Value.Value != code) return this.SeeOther($"/navi/points/{read.Value.Value}");
        var points = await find.Today();
        if (points.Find(read.Value) is not { } point) return await this.Refuse(Refusal.Of("municipality_unknown"), PointsPage.Here);
        Point = point;
        if (point is { HasPoints: true, Shops: true })
            Kinds = [.. PaysInShops.Kinds.Select(k => (k.Name, Count: points.Registry.Counts.Of(read.Value, k))).Where(k => k.Count > 0).OrderByDescending(k => k.Count).ThenBy(k => k.Name, StringComparer.Ordinal)];
        Libraries = [.. points.Registry.Providers.Where(p => p.Municipality == read.Value && p.Kind.Code == ProviderKind.Library && p.IsOpen(Today)).Select(p => p.Name).Order(StringComparer.Ordinal)];
        HasOffers = (await offers.Municipalities(stop)).Contains(read.Value);
        HasCorners = (await places.Of(read.Value, stop)).Any(p => p.IsOn(Today));
        return Page();
    }
}
