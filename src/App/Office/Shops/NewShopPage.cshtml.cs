using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>A new shop; medical fees can't be paid with points, so no clinic becomes one (S0-4040).</summary>
public sealed class NewShopPage(OfficeShops shops, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "お店の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "お店の種類")]
    public string? Kind { get; set; }

    public IReadOnlyList<SelectListItem> Kinds { get; } = [new("選んでください", ""), .. AcceptorKind.All.Where(k => k.MayAccept).Select(k => new SelectListItem(k.Name, k.Code))];

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public void OnGet() => Id = Ids.NewV7(clock);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var made = await shops.Register(Work, new AcceptorId(Id), Kind, Name, stop);
        if (made.Ok) return this.SeeOther($"/office/shops/{made.Value.Id.Value}?saved=new");
        var no = made.Refused!;
        if (no.Code is "id_reused" or "municipality_unknown") return await this.Refuse(no, new NextStep("お店と端末へ", "/office/shops"));
        return this.Refuse(no.Code is "acceptor_type_forbidden" || no.Facts.Any(f => Equals(f.Value, "kind") || Equals(f.Value, Kind)) ? nameof(Kind) : nameof(Name), no);
    }
}
