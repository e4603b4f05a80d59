using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Mail;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.Lost;

/// <summary>The own MyKey ID stopped by a number that comes by mail: neither card nor password (K-28).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class MailStopPage(StopByMail stopping, MailOptions options) : PageModel
{
    public const string Here = "/lost/mail";
    private const string Kept = "stop-by-mail";

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "メールアドレス")]
    public string? Mail { get; set; }

    [BindProperty, Display(Name = "メールの番号")]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true, Name = "again")]
    public string? Anew { get; set; }

    /// <summary>A number may have been sent.</summary>
    public bool Asked => Anew is null && Waiting is not null;

    public string Sender => options.Domain;

    // The browser carries it, encrypted; without the number it is good for nothing.
    private Guid? Waiting => Guid.TryParse(TempData.Peek(Kept)?.ToString(), out var request) ? request : null;

    public async Task<IActionResult> OnGet() => options.On ? Page() : await this.Refuse(Refusal.Of("not_found"));

    public async Task<IActionResult> OnPostAsk(CancellationToken stop)
    {
        if (!options.On) return await this.Refuse(Refusal.Of("not_found"));
        Anew = "1";
        var asked = await stopping.Ask(MyKeyId, Mail, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), stop);
        if (asked.Refused is { Code: "mail_format" } form) return this.Refuse(nameof(Mail), form);
        if (asked.Refused is { } no) return this.RefuseLogin(no);
        TempData[Kept] = asked.Value.ToString();
        return this.SeeOther(Here);
    }

    public async Task<IActionResult> OnPostCode(CancellationToken stop)
    {
        if (Waiting is not { } request) return this.SeeOther(Here);
        var done = await stopping.Confirm(request, Code, stop);
        if (done.Refused is { } no) return this.Refuse(nameof(Code), no);
        TempData.Remove(Kept);
        return this.SeeOther("/lost/stopped");
    }
}
