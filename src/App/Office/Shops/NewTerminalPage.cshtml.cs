using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>
/// Registers a terminal and shows its one-time code in the answer itself: the code lies nowhere, so there is no address that could show it
/// again. Reloading gives a new code to the same terminal.
/// </summary>
public sealed class NewTerminalPage(OfficeShops shops, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid ShopId { get; set; }

    [BindProperty(Name = "Terminal")]
    public Guid Terminal { get; set; }

    [BindProperty, Display(Name = "端末の置き場所")]
    public string? Label { get; set; }

    /// <summary>Names of profiles with a space between.</summary>
    [BindProperty, Display(Name = "端末の役わり")]
    public string? Profiles { get; set; }

    public static IReadOnlyList<SelectListItem> Choices { get; } =
        [new("お店の会計（ポイントと券を受け取る）", "shop"), new("券の窓口（ポイント券を出す）", "ticket_office"), new("両方", "shop ticket_office")];

    public Acceptor Shop { get; private set; } = null!;

    public string Back => $"/office/shops/{ShopId}";

    public RegisteredTerminal? Given { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet()
    {
        (Terminal, Profiles) = (Ids.NewV7(clock), Choices[0].Value);
        return await Show() is { } no ? await this.Refuse(no) : Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show() is { } gone) return await this.Refuse(gone);
        var profiles = (Profiles ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var given = await shops.AddTerminal(Work, new ShopTerminal(new TerminalId(Terminal), new AcceptorId(ShopId), Label, profiles), stop);
        if (given.Refused is { Code: "id_reused" } again) return await this.Refuse(again, new NextStep("お店の画面へ", $"/office/shops/{ShopId}"));
        if (given.Refused is { } no) return this.Refuse(no.Facts.Count > 0 ? nameof(Profiles) : nameof(Label), no);
        Given = given.Value;
        return Page();
    }

    private async Task<Refusal?> Show()
    {
        var shop = await shops.Find(Work, new AcceptorId(ShopId));
        if (shop.Refused is { } no) return no;
        Shop = shop.Value;
        return null;
    }
}
