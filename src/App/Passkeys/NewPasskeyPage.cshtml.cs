using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Passkeys;

namespace MyKey.App.Passkeys;

/// <summary>A member of staff adds a passkey, right after a confirmation (V-D3).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class NewPasskeyPage(RegisterPasskey register) : StaffPage
{
    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty, Display(Name = "呼び名")]
    public string? Label { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public PasskeyForm Form { get; private set; } = null!;

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var asked = await register.Ask(Work.Member, Work.Session, PasskeyOrigin.Of(HttpContext), stop);
        if (asked.Refused is { } no) return await No(no, new NextStep("パスキーの一覧へ", Door.PasskeysPath));
        Form = new PasskeyForm(asked.Value, "create", $"{Door.PasskeysPath}/new", "登録する");
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var added = await register.Register(Work.Member, Work.Session, new PasskeyAnswer(Question, Credential), Label, stop);
        if (added.Ok) return this.SeeOther($"{Door.PasskeysPath}?saved=added");
        var no = added.Refused!;
        if (no.Code is not ("passkey_failed" or "passkey_known" or "field_required" or "too_large" or "my_number_refused" or "pan_refused")) return await No(no, new NextStep("パスキーの一覧へ", Door.PasskeysPath));
        var shown = await OnGet(stop);
        if (no.Code is "passkey_failed" or "passkey_known") this.RefuseLogin(no);
        else this.Refuse(nameof(Label), no);
        return shown;
    }
}
