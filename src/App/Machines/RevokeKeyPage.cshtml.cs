using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Machines;

/// <summary>Ends a key at once, with a reason; a leaked key waits for nobody.</summary>
public sealed class RevokeKeyPage(KeyRequests requests) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "止める理由")]
    public string? Reason { get; set; }

    public MachineKey Key { get; private set; } = null!;

    public string Back => $"{StaffDoor.Of(Request.Path).Home}/machine-keys";

    protected override IReadOnlyList<Role> Needed => [Role.Operator, Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone);
        var done = await requests.Revoke(Work, Id, Reason, stop);
        return done.Refused is { } no ? this.Refuse(nameof(Reason), no) : this.SeeOther($"{Back}?saved=stopped");
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var key = await requests.Key(Work, Id, stop);
        if (key.Ok) Key = key.Value;
        return key.Refused;
    }
}
