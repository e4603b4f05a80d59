using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Support;

/// <summary>Whom to ask: telephones and support corners with whether they are open now, and what nobody ever asks for (S2-P4d, S0-1022d, S1-47a).</summary>
public sealed class SupportPage(SupportPlaces places, RegistryCache registry, TimeProvider clock) : PageModel
{
    /// <summary>6 digits; empty: all.</summary>
    [BindProperty(SupportsGet = true, Name = "town")]
    public string? Town { get; set; }

    public IReadOnlyList<DeskNow> Desks { get; private set; } = [];

    public IReadOnlyList<(string Town, SupportPlace Place, string Said)> Places { get; private set; } = [];

    public IReadOnlyList<(MunicipalityCode Code, string Name)> Towns { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        var (today, now, view) = (clock.Today(), clock.TimeOfDay(), await registry.View());
        Desks = [.. Support.Desks.ForHelp(today).Select(d => DeskNow.Of(d, clock))];
        var all = (await places.Of(null, stop)).Where(p => p.IsOn(today)).ToList();
        Towns = [.. all.Select(p => p.Municipality).Distinct().OrderBy(c => c).Select(c => (c, NameOf(c)))];
        Places = [.. all.Where(p => string.IsNullOrEmpty(Town) || p.Municipality.Value == Town).Select(p => (NameOf(p.Municipality), p, p.Hours.Said(today, now)))];

        string NameOf(MunicipalityCode code) => view.Find(code) is { } known ? $"{known.Prefecture}{known.Name}" : code.Value;
    }
}

/// <summary>よくある質問, with a search that works without script.</summary>
public sealed class FaqPage : PageModel
{
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Words { get; set; }

    public IReadOnlyList<Question> Found { get; private set; } = [];

    public void OnGet() => Found = Faq.Find(Words);
}
