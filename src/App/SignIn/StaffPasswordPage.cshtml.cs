using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;

namespace MyKey.App.SignIn;

/// <summary>A member of staff changes his own password.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StaffPasswordPage(ChangeStaffPassword change) : StaffPage
{
    [BindProperty, Display(Name = "いまのパスワード")]
    public string? Old { get; set; }

    [BindProperty, Display(Name = "新しいパスワード")]
    public string? Password { get; set; }

    [BindProperty, Display(Name = "アプリの番号")]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var done = await change.Run(Work.Session, new NewStaffPassword(Old, Password, Code, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress)), stop);
        if (done.Refused is not { } no) return this.SeeOther($"{StaffDoor.Of(Request.Path).Home}/password?done=1");
        return this.Refuse(no.Code switch { "password_weak" => nameof(Password), "totp_wrong" or "rate_limited" => nameof(Code), _ => nameof(Old) }, no);
    }
}
