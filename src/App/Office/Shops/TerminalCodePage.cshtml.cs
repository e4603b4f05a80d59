using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>A new code for a terminal whose code ran out or that lost its cookie.</summary>
public sealed class TerminalCodePage(OfficeShops shops) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    public RegisteredTerminal Given { get; private set; } = null!;

    public string Back { get; private set; } = "";

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    /// <summary>The way back from a login: nothing is shown twice.</summary>
    public IActionResult OnGet() => this.SeeOther("/office/shops");

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var terminal = await shops.Terminal(Work, new TerminalId(Id), stop);
        if (terminal.Refused is { } unknown) return await this.Refuse(unknown);
        var given = await shops.RenewCode(Work, terminal.Value.Id, stop);
        if (given.Refused is { } no) return await this.Refuse(no);
        (Given, Back) = (given.Value, OfficeShops.PageOf(terminal.Value));
        return Page();
    }
}
