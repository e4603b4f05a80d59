using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>Login of a citizen by MyKey ID and password (S0-1004b).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class LoginPageModel(LoginByPassword login) : PageModel
{
    /// <summary>How long a browser is known to the owner of an ID.</summary>
    private static readonly TimeSpan DeviceLives = TimeSpan.FromDays(365);

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    /// <summary>The page that was asked for.</summary>
    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    [BindProperty(SupportsGet = true, Name = "expired")]
    public string? Expired { get; set; }

    [BindProperty(SupportsGet = true, Name = "left")]
    public string? Left { get; set; }

    public Refusal? Refused { get; private set; }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var typed = new TypedPassword(MyKeyId, Password, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), ShellCookie.Device.Read(HttpContext));
        var judged = await login.Login(typed, ShellCookie.Citizen.Read(HttpContext), stop);
        if (judged.Refused is { } no) return No(no);
        ShellCookie.Citizen.Set(HttpContext, judged.Value.SessionToken);
        ShellCookie.Device.Set(HttpContext, judged.Value.DeviceToken, DeviceLives);
        return this.SeeOther(CitizenShell.Back(Asked));
    }

    /// <summary>One sentence for both fields: which of them is wrong is told to nobody.</summary>
    private PageResult No(Refusal no)
    {
        HttpContext.Note(no);
        ModelState.AddModelError("", no.Sentences().What);
        Refused = no;
        Response.StatusCode = no.Status;
        if (Problems.RetryAfterSeconds(no) is { } seconds) Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Page();
    }
}
