using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using QRCoder;

namespace MyKey.App.SignIn;

/// <summary>A new member of staff sets a password and joins the authenticator app, by an address that works once.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class StaffEnrolPage(EnrolStaff enrol) : PageModel
{
    private const int PixelsPerModule = 4;

    [BindProperty(SupportsGet = true, Name = "token")]
    public string? Token { get; set; }

    /// <summary>From whoever proposed the invitation, where another one approved it.</summary>
    [BindProperty, Display(Name = "招待の番号")]
    public string? InvitationCode { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    [BindProperty, Display(Name = "アプリの番号")]
    public string? Code { get; set; }

    /// <summary>Null until the digits of the invitation were typed.</summary>
    public StaffEnrolment? Enrolment { get; private set; }

    /// <summary>Without the step before, under whose address the form stands.</summary>
    public string EnrolPath => StaffDoor.Of(Request.Path).EnrolPath;

    public string BeginPath => $"{EnrolPath}?handler=begin";

    public HtmlString Qr { get; private set; } = HtmlString.Empty;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Response.Headers.CacheControl = "no-store";
        var begun = await enrol.Begin(new Invitation(Token, InvitationCode), stop);
        if (begun.Refused is { Code: "invitation_code_required" }) return Page();
        if (begun.Refused is { Code: "invitation_code_wrong" } wrong) return this.Refuse(nameof(InvitationCode), wrong);
        if (begun.Refused is { } no) return await this.Refuse(no, new NextStep("ログインへ", StaffDoor.Of(Request.Path).LoginPath));
        Enrolment = begun.Value;
        using var code = QRCodeGenerator.GenerateQrCode(Enrolment.TotpUri, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        Qr = new HtmlString(svg.GetGraphic(PixelsPerModule, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
        return Page();
    }

    /// <summary>The digits of the invitation were typed.</summary>
    public async Task<IActionResult> OnPostBegin(CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(InvitationCode)) return this.Refuse(nameof(InvitationCode), Refusal.Of("invitation_code_required"));
        return await OnGet(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var done = await enrol.Finish(new Invitation(Token, InvitationCode), Password, Code, stop);
        if (done.Ok) return this.SeeOther($"{StaffDoor.Of(Request.Path).LoginPath}?enrolled=1");
        var no = done.Refused!;
        if (no.Code is "invitation_code_required" or "invitation_code_wrong") return this.Refuse(nameof(InvitationCode), no);
        if (no.Code is not ("password_weak" or "totp_wrong")) return await this.Refuse(no);
        this.Note(no.Code == "password_weak" ? nameof(Password) : nameof(Code), no);
        var shown = await OnGet(stop);
        if (shown is PageResult) Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return shown;
    }
}
