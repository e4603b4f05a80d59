using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Mail;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;

namespace MyKey.App.Lost;

/// <summary>The own MyKey ID stopped: by ID and password, or with one press by whoever is logged in (K-28).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StopPageModel(StopOwnId stopping, MailOptions mail) : PageModel
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    /// <summary>Who is logged in in this browser; null: ID and password are asked for.</summary>
    public Citizen? Me { get; private set; }

    public bool MailWorks => mail.On;

    public async Task OnGet() => await Show();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show();
        var asked = Me is null || !string.IsNullOrEmpty(MyKeyId) || !string.IsNullOrEmpty(Password);
        // Never the session by mistake: an empty form of somebody who is not logged in is a wrong pair.
        var done = await stopping.Stop(HttpContext, asked ? MyKeyId ?? " " : null, asked ? Password : null, stop);
        if (done.Refused is { } no) return Me is null ? this.RefuseLogin(no) : await this.Refuse(no, new NextStep("マイページへ", CitizenShell.Home));
        if (Me is not null) ShellCookie.Citizen.Clear(HttpContext);
        return this.SeeOther("/lost/stopped");
    }

    private async Task Show() => Me = (await HttpContext.CitizenOf()) is { Ok: true } citizen ? citizen.Value : null;
}
