using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;

namespace MyKey.App.SignIn;

/// <summary>Screen 2 of a staff login: the number that the authenticator app shows.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StaffCodePage(LoginStaff login) : PageModel
{
    [BindProperty, Display(Name = "アプリの番号")]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var whole = await login.OneTimePassword(Door.Cookie.Read(HttpContext), Door.Kind, Code, stop);
        if (whole.Refused is { Code: "login_required" } gone)
        {
            HttpContext.Note(gone);
            return this.SeeOther(Door.LoginFor(Door.Back(Asked), expired: true));
        }
        if (whole.Refused is { } no) return this.Refuse(nameof(Code), no);
        Door.Cookie.Set(HttpContext, whole.Value);
        return this.SeeOther(Door.Back(Asked));
    }
}
