using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;

namespace MyKey.App.SignIn;

/// <summary>The one-time password again, before approvals, exports and log search; it holds for five minutes.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StaffConfirmPage(ConfirmTotp confirm) : StaffPage
{
    [BindProperty, Display(Name = "アプリの番号")]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    public string Back => StaffDoor.Of(Request.Path).Back(Asked);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var confirmed = await confirm.Confirm(Work.Session, Code, stop);
        return confirmed.Refused is { } no ? this.Refuse(nameof(Code), no) : this.SeeOther(Back);
    }
}
