using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Places;

/// <summary>ポイントが使えるところをさがす: before any login, by prefecture, municipality, kind, words and day (S0-1008, S2-P18e). Without script: a prefecture brings its municipalities with the next answer.</summary>
public sealed class PlacesPage(PublicPlaces places, RegistryCache registry, TimeProvider clock) : PageModel
{
    public const string Here = "/navi/places";

    [BindProperty(SupportsGet = true, Name = "prefecture"), Display(Name = "都道府県")]
    public string? Prefecture { get; set; }

    [BindProperty(SupportsGet = true, Name = "municipality"), Display(Name = "市区町村")]
    public string? Municipality { get; set; }

    [BindProperty(SupportsGet = true, Name = "kind"), Display(Name = "種類")]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true, Name = "text"), Display(Name = "店の名前、町、種類")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true, Name = "open"), Display(Name = "開いている日"), DataType(DataType.Date)]
    public string? Open { get; set; }

    [BindProperty(SupportsGet = true, Name = "points")]
    public string? Points { get; set; }

    [BindProperty(SupportsGet = true, Name = "after")]
    public string? After { get; set; }

    public PlacesFound Found { get; private set; } = new([], null);

    public IReadOnlyList<SelectListItem> Prefectures { get; } =
        [new("全国", ""), .. Enumerable.Range(1, Registry.Prefectures.Count).Select(n => new SelectListItem(Registry.Prefectures.NameOf(n), n.ToString(CultureInfo.InvariantCulture)))];

    public IReadOnlyList<SelectListItem> Towns { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Kinds { get; private set; } = [];

    /// <summary>Whose points are asked for; null: anybody's.</summary>
    public Municipality? Issuer { get; private set; }

    public bool Asked => Request.Query.Count > 0;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var view = await registry.View();
        Kinds = [new("すべて", ""), .. PublicPlaces.Kinds(view).Select(k => new SelectListItem(k.Name, k.Code))];
        if (int.TryParse(Prefecture, out var number))
            Towns = [new("すべて", ""), .. view.Municipalities.Where(m => m.Code.Prefecture == number && !m.Code.IsPrefecture && m.Kind != MunicipalityKind.Ward).OrderBy(m => m.Code).Select(m => new SelectListItem(m.Name, m.Code.Value))];
        if (Towns.All(t => t.Value != Municipality)) Municipality = null;
        Issuer = MunicipalityCode.Read(Points) is { Ok: true } code ? view.Find(code.Value) : null;
        var paper = await places.Search(new PlaceSearch(Prefecture, Municipality, Kind, Text, Open, Points, After), stop);
        if (paper.Refused is { Code: "keyword_short" or "too_large" } words) return this.Refuse(nameof(Text), words);
        if (paper.Refused is { Code: "number_format" } day && day.Fact<string>("field") == "open") return this.Refuse(nameof(Open), day);
        if (paper.Refused is { } no) return await this.Refuse(no, new NextStep("使えるところをさがす", Here));
        Found = paper.Value;
        return Page();
    }

    public string HoursOf(ListedPlace place) => place.Hours is { } open ? $"{open.From:H:mm}～{(open.Until == TimeOnly.MaxValue ? "24:00" : open.Until.ToString("H:mm", CultureInfo.InvariantCulture))}"
        : place.Place.Details.Opening.Unknown ? "" : "休み";

    public string DayWord => TypedDay.Read(Open) is { } day && day != clock.Today() ? Shared.Components.Words.Day(day) : "きょう";

    public string Path(string? after, string? prefecture, string? municipality, string? open) => Here + QueryString.Create(new Dictionary<string, string?>
    {
        ["prefecture"] = prefecture, ["municipality"] = municipality, ["kind"] = Kind, ["text"] = Text, ["open"] = open, ["points"] = Points, ["after"] = after,
    }.Where(p => !string.IsNullOrEmpty(p.Value)));
}

/// <summary>One place: what is accepted, how, when it is open and how to get there.</summary>
public sealed class PlacePage(PublicPlaces places, TimeProvider clock) : PageModel
{
    /// <summary>Where points pay everywhere, the list would be the country's.</summary>
    public const int MostPoints = 50;

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    public ListedPlace Listed { get; private set; } = null!;

    public IReadOnlyList<Municipality> Points { get; private set; } = [];

    public string Now { get; private set; } = "";

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var found = await places.One(Id, stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("使えるところをさがす", PlacesPage.Here));
        (Listed, Points) = found.Value;
        Now = Listed.Place.Details.Opening.Said(clock.Today(), clock.TimeOfDay());
        return Page();
    }
}
