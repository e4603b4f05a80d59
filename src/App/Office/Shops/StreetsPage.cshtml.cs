using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>The shopping streets of the municipality: to add one, or to give one another name (K-11).</summary>
public sealed class StreetsPage(OfficeShops shops, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "名前")]
    public string? Name { get; set; }

    /// <summary>The one whose name is to change; null: a new one.</summary>
    [BindProperty(SupportsGet = true, Name = "edit")]
    public Guid? Edit { get; set; }

    public ShopGroup[] Streets { get; private set; } = [];

    public ILookup<ShopGroupId, Acceptor> Shops { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task OnGet()
    {
        await Show();
        if (Streets.FirstOrDefault(s => s.Id.Value == Edit) is { } one) (Id, Name) = (one.Id.Value, one.Name);
        else (Id, Edit) = (Ids.NewV7(clock), null);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var saved = await shops.SaveGroup(Work, new ShopGroupId(Id), Name, stop);
        if (saved.Ok) return this.SeeOther("/office/shops/streets");
        await Show();
        if (Streets.Any(s => s.Id.Value == Id)) Edit = Id;
        return this.Refuse(nameof(Name), saved.Refused!);
    }

    private async Task Show()
    {
        Streets = (await shops.Groups(Work)).Value;
        Shops = (await shops.List(Work, null)).Value.Where(s => s.Group is not null).ToLookup(s => s.Group!.Value);
    }
}
