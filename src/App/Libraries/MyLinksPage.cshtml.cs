using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

public sealed record MyCard(ServiceProvider Provider, ServiceLink Link, bool Blocked);

/// <summary>利用者カード: the numbers that hang on this MyKey ID (S0-1001, S0-5014a).</summary>
public sealed class MyLinksPage(FindLinks find, LinkBlocks blocks, RegistryCache registry, TimeProvider clock) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<MyCard> Cards { get; private set; } = [];

    /// <summary>Where the citizen can link alone.</summary>
    public IReadOnlyList<ServiceProvider> Open { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        var (view, blocked) = (await registry.View(), await blocks.Of(Citizen.Id, stop));
        Cards = [.. (await find.Of(Citizen.Id, stop)).Select(l => new MyCard(Must.Have(view.Find(l.Provider), "a link has a provider"), l, blocked.Contains(l.Provider)))];
        Open = [.. view.Providers.Where(p => p.SelfLink && p.IsOpen(clock.Today()) && Cards.All(c => c.Provider.Id != p.Id)).OrderBy(p => p.Code, StringComparer.Ordinal)];
    }
}
