using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Reserved;

/// <summary>One line of the history, and whom to tell what when it is not right (S0-5011).</summary>
public sealed class EntryPage(ReservedHistory history, RegistryCache registry) : CitizenPage
{
    [BindProperty(SupportsGet = true)]
    public string? Receipt { get; set; }

    public ReservedEntry Entry { get; private set; } = null!;

    /// <summary>Where they went.</summary>
    public string There { get; private set; } = "";

    /// <summary>Whose office helps.</summary>
    public string Home { get; private set; } = "";

    /// <summary>Somebody else's line is answered like one that does not exist.</summary>
    public async Task<IActionResult> OnGet()
    {
        if (await history.Find(Citizen.Id, Receipt ?? "") is not { } entry) return await this.Refuse(Refusal.Of("transfer_unknown"));
        var view = await registry.View();
        (Entry, There) = (entry, entry.Line.Event is { } supported ? view.NameOfPoints(new Purse(entry.Line.To, supported)) : Destination.Of(entry.Line.To, view).FullName);
        Home = Citizen.BaseMunicipality is { } code && view.Find(code) is { } town ? town.FullName : "お住まいの自治体";
        return Page();
    }
}
