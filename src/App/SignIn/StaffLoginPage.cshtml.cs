using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>Screen 1 of a staff login: number and password (V-D3). The second asks for the one-time password.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StaffLoginPage(LoginStaff login) : PageModel
{
    [BindProperty, Display(Name = "職員番号")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    [BindProperty(SupportsGet = true, Name = "expired")]
    public string? Expired { get; set; }

    [BindProperty(SupportsGet = true, Name = "left")]
    public string? Left { get; set; }

    [BindProperty(SupportsGet = true, Name = "enrolled")]
    public string? Enrolled { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var typed = new StaffPassword(Door.Kind, Number, Password, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress));
        var half = await login.Password(typed, Door.Cookie.Read(HttpContext), stop);
        // One sentence for both fields: which of them is wrong is told to nobody.
        if (half.Refused is { } no) return this.RefuseLogin(no);
        Door.Cookie.Set(HttpContext, half.Value);
        return this.SeeOther($"{Door.CodePath}?back={Uri.EscapeDataString(Door.Back(Asked))}");
    }
}
