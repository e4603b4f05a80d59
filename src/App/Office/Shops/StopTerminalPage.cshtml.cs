using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>Stops a terminal for good, with a reason.</summary>
public sealed class StopTerminalPage(OfficeShops shops) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "止める理由")]
    public string? Reason { get; set; }

    public Terminal Terminal { get; private set; } = null!;

    public string Back => OfficeShops.PageOf(Terminal);

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone);
        var done = await shops.Revoke(Work, Terminal.Id, Reason, stop);
        return done.Refused is { } no ? this.Refuse(nameof(Reason), no) : this.SeeOther($"{Back}?saved=stopped");
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var terminal = await shops.Terminal(Work, new TerminalId(Id), stop);
        if (terminal.Ok) Terminal = terminal.Value;
        return terminal.Refused;
    }
}
