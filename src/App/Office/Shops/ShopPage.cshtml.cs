using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>One shop: its name and state, and its terminals (S4-06a).</summary>
public sealed class ShopPage(OfficeShops shops) : StaffPage
{
    private static readonly NextStep Back = new("お店と端末へ", "/office/shops");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "お店の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "お店のようす")]
    public string? State { get; set; }

    [BindProperty, Display(Name = "商店街")]
    public Guid? Street { get; set; }

    [BindProperty, Display(Name = "ほかの券といっしょに使うとき")]
    public string? Note { get; set; }

    /// <summary>What was just done.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<SelectListItem> States { get; } = [.. Enum.GetValues<AcceptorState>().Select(s => new SelectListItem(Explained(s), Words<AcceptorState>.Of(s)))];

    public IReadOnlyList<SelectListItem> Streets { get; private set; } = [];

    public Acceptor Shop { get; private set; } = null!;

    public Terminal[] Terminals { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no, Back) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var changed = await shops.Change(Work, new AcceptorId(Id), new ShopEntry(Name, State, Group(Street), Note), stop);
        if (changed.Ok) return this.SeeOther($"/office/shops/{Id}?saved=shop");
        return this.Refuse(changed.Refused!.Facts.Select(f => f.Value as string).FirstOrDefault() switch { "state" => nameof(State), "note" => nameof(Note), _ => nameof(Name) }, changed.Refused);
    }

    public static string Word(TerminalState state) => state switch
    {
        TerminalState.Registered => "番号を待っています",
        TerminalState.Enrolled => "使えます",
        _ => "止めました",
    };

    internal static ShopGroupId? Group(Guid? id) => id is { } known ? new ShopGroupId(known) : null;

    private static string Explained(AcceptorState state) => state switch
    {
        AcceptorState.Active => "ポイントを使える",
        AcceptorState.Suspended => "休み（ポイントは使えない。あとで戻せる）",
        _ => "閉店（ポイントは使えない）",
    };

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var shop = await shops.Find(Work, new AcceptorId(Id));
        if (shop.Refused is { } no) return no;
        Shop = shop.Value;
        Name ??= Shop.Name;
        State ??= Words<AcceptorState>.Of(Shop.State);
        if (HttpMethods.IsGet(Request.Method)) (Street, Note) = (Shop.Group?.Value, Shop.Note);
        Streets = [new("なし", ""), .. (await shops.Groups(Work)).Value.Select(g => new SelectListItem(g.Name, g.Id.Value.ToString()))];
        Terminals = (await shops.Terminals(Work, Shop.Id, stop)).Value;
        return null;
    }
}
