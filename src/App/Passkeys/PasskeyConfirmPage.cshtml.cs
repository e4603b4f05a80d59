using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Passkeys;

namespace MyKey.App.Passkeys;

/// <summary>A passkey in place of the one-time password, before approvals, exports and log search; it holds for five minutes.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class PasskeyConfirmPage(LoginByPasskey login) : StaffPage
{
    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public string Back => Door.Back(Asked);

    public PasskeyForm Form { get; private set; } = null!;

    public Task<IActionResult> OnGet(CancellationToken stop) => Show(auto: true, stop);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var confirmed = await login.Confirm(Work.Session, new PasskeyAnswer(Question, Credential), stop);
        if (confirmed.Ok) return this.SeeOther(Back);
        var shown = await Show(auto: false, stop);
        this.RefuseLogin(confirmed.Refused!);
        return shown;
    }

    private async Task<IActionResult> Show(bool auto, CancellationToken stop)
    {
        var asked = await login.AskConfirm(Work.Session, PasskeyOrigin.Of(HttpContext), stop);
        if (asked.Refused is { } no) return await this.Refuse(no);
        Form = new PasskeyForm(asked.Value, "get", $"{Door.ConfirmPath}/passkey", "パスキーを使う", Back, auto);
        return Page();
    }
}
