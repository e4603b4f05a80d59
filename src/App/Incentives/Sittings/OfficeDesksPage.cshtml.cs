using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Sittings;

/// <summary>The support desks of an office. The code of a new one is shown in the answer itself and lies nowhere.</summary>
public sealed class OfficeDesksPage(OfficeDesks desks, TimeProvider clock) : StaffPage
{
    public const string Here = "/office/support-desks";

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "窓口の名前")]
    public string? Label { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Terminal[] All { get; private set; } = [];

    public RegisteredTerminal? Given { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        return await Show(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var given = await desks.Add(Work, new TerminalId(Id), Label, stop);
        if (given.Refused is { Code: "id_reused" } again) return await this.Refuse(again, new NextStep("支援窓口の一覧へ", Here));
        if (given.Refused is { } no) return this.Refuse(nameof(Label), no);
        Given = given.Value;
        return Page();
    }

    private async Task<IActionResult> Show(CancellationToken stop)
    {
        var all = await desks.All(Work, stop);
        if (all.Refused is { } no) return await this.Refuse(no);
        All = all.Value;
        return Page();
    }
}
