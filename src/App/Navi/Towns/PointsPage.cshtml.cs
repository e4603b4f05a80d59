using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Navi.Towns;

/// <summary>The map of tiles and the same links as a list.</summary>
/// <param name="Chosen">The prefecture that is shown.</param>
public sealed record MapView(IReadOnlyDictionary<int, int> Counts, PrefectureTile? Chosen = null)
{
    public int CountOf(PrefectureTile tile) => Counts.GetValueOrDefault(tile.Number);

    public string? Css(PrefectureTile tile) => CountOf(tile) switch { >= 10 => "many", >= 3 => "some", _ => null };
}

/// <summary>設定済自治体ポイント in two columns.</summary>
/// <param name="Most">So many in each.</param>
public sealed record SettledView(PointsOnDay Points, int Most);

/// <summary>使えるポイントを選ぶ: by map, by list, by prefecture and name, all with the same result (S2-P18e, S2-P18f).</summary>
public sealed class PointsPage(FindListedPoints find) : PageModel
{
    public static readonly NextStep Here = new("使えるポイントをさがす", "/navi/points");

    [BindProperty(SupportsGet = true, Name = "prefecture"), Display(Name = "都道府県")]
    public string? Prefecture { get; set; }

    [BindProperty(SupportsGet = true, Name = "text"), Display(Name = "自治体やポイントの名前")]
    public string? Text { get; set; }

    public PointsOnDay Points { get; private set; } = null!;

    public PointsQuery Query { get; private set; } = new();

    public IReadOnlyList<ListedPoint> Found { get; private set; } = [];

    public static IReadOnlyList<SelectListItem> Prefectures { get; } = [new("すべて", ""), .. PrefectureTile.All.Select(t => new SelectListItem(t.Name, t.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)))];

    /// <summary>Nothing that is found pays anywhere.</summary>
    public bool NothingPays => !Found.Any(p => p.Usable && p.HasPoints);

    public async Task<IActionResult> OnGet()
    {
        var query = PointsQuery.Read(Prefecture, Text);
        if (query.Refused is { } no) return await this.Refuse(no, Here);
        (Points, Query) = (await find.Today(), query.Value);
        if (!Query.Empty) Found = Points.Find(Query);
        return Page();
    }
}

/// <summary>設定済自治体ポイント一覧: two columns by what they are good for; one may stand in both (S2-P17f, S0-4001b).</summary>
public sealed class SettledPage(FindListedPoints find) : PageModel
{
    public PointsOnDay Points { get; private set; } = null!;

    public async Task OnGet() => Points = await find.Today();
}
