using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;

namespace MyKey.App.Office.Shops;

/// <summary>The shops of the municipality, with a search.</summary>
public sealed class ShopsPage(OfficeShops shops) : StaffPage
{
    /// <summary>More than anybody reads; the search finds the others.</summary>
    public const int Shown = 200;

    [BindProperty(SupportsGet = true, Name = "search"), Display(Name = "お店の名前か種類")]
    public string? Search { get; set; }

    public Acceptor[] Found { get; private set; } = [];

    public IReadOnlyDictionary<Guid, int> Terminals { get; private set; } = new Dictionary<Guid, int>();

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task OnGet(CancellationToken stop)
    {
        Found = (await shops.List(Work, Search)).Value;
        Terminals = await shops.Counts(Work, stop);
    }

    public static string Word(AcceptorState state) => state switch
    {
        AcceptorState.Active => "使えます",
        AcceptorState.Suspended => "休み",
        _ => "閉店",
    };
}
