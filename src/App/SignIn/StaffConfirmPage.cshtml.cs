using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Passkeys;
using MyKey.Identity.Staffing;

namespace MyKey.App.SignIn;

/// <summary>The one-time password again, before approvals, exports and log search; it holds for five minutes.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StaffConfirmPage(ConfirmTotp confirm, OwnPasskeys passkeys) : StaffPage
{
    [BindProperty, Display(Name = "アプリの番号")]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public string Back => Door.Back(Asked);

    public bool HasPasskey { get; private set; }

    public async Task OnGet(CancellationToken stop) => HasPasskey = (await passkeys.Of(Work.Member, stop)).Count > 0;

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await OnGet(stop);
        var confirmed = await confirm.Confirm(Work.Session, Code, stop);
        return confirmed.Refused is { } no ? this.Refuse(nameof(Code), no) : this.SeeOther(Back);
    }
}
