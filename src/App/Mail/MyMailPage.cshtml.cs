using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.Mail;

/// <summary>メールのお知らせ: the mailbox, the number that proves it, and which kinds come (S0-5004a–c).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class MyMailPage(KeepMail keep, MailOptions options) : CitizenPage
{
    public const string Here = "/my/settings/mail";

    [BindProperty, Display(Name = "メールアドレス")]
    public string? Mail { get; set; }

    [BindProperty, Display(Name = "いまのパスワード")]
    public string? Password { get; set; }

    [BindProperty, Display(Name = "メールの番号")]
    public string? Code { get; set; }

    /// <summary>The kinds that are wanted, by their words.</summary>
    [BindProperty]
    public string[] Wanted { get; set; } = [];

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    /// <summary>Another mailbox is typed although one waits for its number.</summary>
    [BindProperty(SupportsGet = true, Name = "other")]
    public string? Other { get; set; }

    public MailOnFile Known { get; private set; } = new(null, null, new HashSet<Notice>());

    public bool AsksPassword => !Session.RequireCard().Ok;

    /// <summary>What to let through a filter.</summary>
    public string Sender => options.Domain;

    public async Task<IActionResult> OnGet(CancellationToken stop) => options.On ? await Show(stop) : await this.Refuse(Refusal.Of("not_found"));

    public async Task<IActionResult> OnPostAsk(CancellationToken stop)
    {
        if (!options.On) return await this.Refuse(Refusal.Of("not_found"));
        var typed = new NewMail(Mail, Password, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), ShellCookie.Device.Read(HttpContext));
        var asked = await keep.Ask(Session, typed, stop);
        if (asked.Ok) return this.SeeOther(Here);
        // With an error, the form to type it again stands there, not that of an earlier number.
        Other = "1";
        await Show(stop);
        if (asked.Refused!.Code == "mail_format") return this.Refuse(nameof(Mail), asked.Refused);
        if (asked.Refused.Code == "login_failed")
        {
            HttpContext.Note(asked.Refused);
            ModelState.AddModelError(nameof(Password), "いまのパスワードがちがいます。たしかめて、もう一度入れてください");
            return this.Again();
        }
        return await this.Refuse(asked.Refused, new NextStep("メールのお知らせに戻る", Here));
    }

    public async Task<IActionResult> OnPostCode(CancellationToken stop)
    {
        var done = await keep.Confirm(Session, Code, stop);
        if (done.Ok) return this.SeeOther($"{Here}?saved=mail");
        await Show(stop);
        // After five wrong ones, or ten minutes, no number waits any more.
        return done.Refused!.Code == "mail_code_wrong" && Known.Waiting is not null ? this.Refuse(nameof(Code), done.Refused) : await this.Refuse(done.Refused, new NextStep("もう一度送る", $"{Here}?other=1"));
    }

    public async Task<IActionResult> OnPostNotices(CancellationToken stop)
    {
        foreach (var notice in Notices.Choices)
            if ((await keep.Switch(Session, notice, Wanted.Contains(Words<Notice>.Of(notice)), stop)).Refused is { } no) return await this.Refuse(no);
        return this.SeeOther($"{Here}?saved=notices");
    }

    public async Task<IActionResult> OnPostRemove(CancellationToken stop) =>
        (await keep.Remove(Session, stop)).Refused is { } no ? await this.Refuse(no) : this.SeeOther($"{Here}?saved=removed");

    private async Task<IActionResult> Show(CancellationToken stop)
    {
        Known = await keep.Of(Citizen.Id, stop);
        return Page();
    }
}
