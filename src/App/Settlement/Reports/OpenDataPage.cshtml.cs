using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;

namespace MyKey.App.Settlement;

/// <summary>Closed months for everybody, without persons, with what each column means and what is not told.</summary>
public sealed class OpenDataPage(OpenData data, MonthTotals totals, RegistryCache registry) : PageModel
{
    /// <summary>More than anybody reads; the file has all.</summary>
    public const int Shown = 50;

    public const string FilePath = "/api/v1/open-data/months.csv";

    /// <summary>The last closed one; null while there is none.</summary>
    public SettlementMonth? Month { get; private set; }

    public IReadOnlyList<(string Name, OpenMonth Told)> Months { get; private set; } = [];

    /// <summary>Municipalities of that month.</summary>
    public int All { get; private set; }

    public async Task OnGet()
    {
        var (closed, view) = ((await totals.View()).Months, await registry.View());
        if (closed.Count == 0) return;
        Month = closed[^1];
        var its = (await data.Months()).Of(closed[^1]).ToList();
        (All, Months) = (its.Count, [.. its.Take(Shown).Select(m => (view.Find(m.Municipality)?.FullName ?? m.Municipality.Value, m))]);
    }

    public static string Cell(long? number) => number is { } told ? Shared.Components.Words.Digits(told) : ReportWords.Hidden;
}
