using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <param name="Town">The municipality's name.</param>
public sealed record ListedLibrary(string Code, string Name, string Prefecture, string Town);

/// <summary>The libraries that take the card, for everybody: active ones only, on the page and over the API (S0-3001).</summary>
public sealed class PublicLibraries(RegistryCache registry, TimeProvider clock)
{
    /// <summary>By municipality code, which goes from north to south, then by name.</summary>
    public async Task<IReadOnlyList<ListedLibrary>> All()
    {
        var (view, today) = (await registry.View(), clock.Today());
        return [.. from provider in view.Providers
                   where provider.Kind.Code == ProviderKind.Library && provider.IsOpen(today)
                   let town = view.Find(provider.Municipality)
                   orderby provider.Municipality.Value, provider.Name, provider.Code
                   select new ListedLibrary(provider.Code, provider.Name, town?.Prefecture ?? "", town?.Name ?? "")];
    }
}

/// <summary>図書館を探す (S0-3001, S2-P17d).</summary>
public sealed class LibrariesPage(PublicLibraries libraries) : PageModel
{
    public IReadOnlyList<(string Prefecture, IReadOnlyList<ListedLibrary> Libraries)> Prefectures { get; private set; } = [];

    public int Count => Prefectures.Sum(p => p.Libraries.Count);

    public async Task OnGet() => Prefectures = [.. (await libraries.All()).GroupBy(l => l.Prefecture).Select(g => (g.Key, (IReadOnlyList<ListedLibrary>)[.. g]))];
}
