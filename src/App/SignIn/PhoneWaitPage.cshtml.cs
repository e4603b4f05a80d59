using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Web;
using MyKey.Identity.Challenges;
using QRCoder;

namespace MyKey.App.SignIn;

/// <summary>
/// The computer's page while a telephone signs. It looks again by itself and goes on with the cookie alone that asked (docs/card-protocol.md, section 6).
/// The number stands here from the moment that a telephone has opened the link, not before: a picture of the QR code in a mail has none.
/// </summary>
[EnableRateLimiting(RateLimits.Anonymous)]
public sealed class PhoneWaitPage(PhoneLinks links, CardReturn back) : PageModel
{
    private const int PixelsPerModule = 4, LookAgainSeconds = 3;

    public PhoneProgress Progress { get; private set; } = new(PhoneStep.Ended);

    public int Now => Progress.Step switch { PhoneStep.Shown => 1, PhoneStep.Opened => 2, _ => 3 };

    /// <summary>What the QR code says.</summary>
    public string Link { get; private set; } = "";

    public HtmlString Qr { get; private set; } = HtmlString.Empty;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Response.Headers.CacheControl = "no-store";
        if (PhoneEndpoints.Shown(HttpContext) is not { } shown) return this.SeeOther(CardReturn.WithoutCode("session_expired"));
        Progress = await links.Progress(shown.Challenge, ShellCookie.BeforeLogin.Read(HttpContext), stop);
        if (Progress.Step is PhoneStep.Answered or PhoneStep.Ended)
        {
            ShellCookie.Phone.Clear(HttpContext);
            return this.SeeOther(Progress.Step == PhoneStep.Ended ? CardReturn.WithoutCode(Progress.Why) : await back.WithPhone(HttpContext, shown.Challenge, stop));
        }
        Response.Headers["Refresh"] = $"{LookAgainSeconds}";
        Link = $"{CardEndpoints.Origin(HttpContext)}{PhoneEndpoints.AppPath}#{shown.Link}";
        using var code = QRCodeGenerator.GenerateQrCode(Link, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        Qr = new HtmlString(svg.GetGraphic(PixelsPerModule, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
        return Page();
    }
}
