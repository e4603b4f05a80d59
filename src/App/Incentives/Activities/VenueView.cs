using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>The screen at the venue. The page's own script goes on by itself once it has the key; without script the page asks for the next code.</summary>
/// <param name="Link">What stands in the QR code before the digits.</param>
/// <param name="Key">Of this activity alone, in hexadecimal; empty before the script asks for it.</param>
public sealed record ScreenView(Activity Activity, string Here, string Link, string Digits, HtmlString Qr, bool On, string Key, long NowMs)
{
    private const int AgainSeconds = 15;

    public bool Live => Key.Length > 0;

    /// <summary>The page that shows it, headers and all.</summary>
    public static async Task<ScreenView> Of(PageModel page, Venue venue, (ActivityCodes Codes, TimeProvider Clock) by, bool live)
    {
        var (activity, now) = (venue.Activity, by.Clock.NowMs());
        var key = await by.Codes.KeyOf(activity.Id, page.HttpContext.RequestAborted);
        var on = activity.State == ActivityState.Open && now >= activity.Hours.FromMs && now <= activity.Hours.UntilMs;
        var digits = on ? ActivityCodes.DigitsOf(key, ActivityCodes.StepOf(now)) : "";
        var link = $"{VenueEndpoint.Origin(page.HttpContext)}{ReadCode.Before(activity.Id)}";
        SecurityHeaders.AllowScanner(page.HttpContext);
        page.Response.Headers.CacheControl = "no-store";
        if (!live) page.Response.Headers["Refresh"] = $"{AgainSeconds}";
        return new ScreenView(activity, page.Request.Path, link, digits, on ? ActivityWords.Qr(link + digits) : HtmlString.Empty, on, live && activity.State == ActivityState.Open ? Convert.ToHexStringLower(key) : "", now);
    }
}

/// <summary>The tablet at the door.</summary>
/// <param name="Told">What became of the number that was typed without script.</param>
public sealed record DoorView(Activity Activity, string Here, string Home, string? Told)
{
    /// <summary>A number that was typed where no script runs.</summary>
    public static async Task<DoorView> Of(PageModel page, Venue venue, string home, (ScanTickets Scan, TimeProvider Clock)? by = null, string? number = null)
    {
        SecurityHeaders.AllowScanner(page.HttpContext);
        if (by is not { } typed) return new DoorView(venue.Activity, page.Request.Path, home, null);
        var id = Ids.New<TransferId>(typed.Clock);
        var scanned = await typed.Scan.Run(venue, new ScannedTicket(id, number, typed.Clock.NowMs()), page.HttpContext.RequestAborted);
        return new DoorView(venue.Activity, page.Request.Path, home, VenueEndpoint.Told(id.Value, scanned).Words);
    }
}

/// <summary>Slips to be printed, and those that were just made: they are shown this once.</summary>
public sealed record SlipsView(Activity Activity, string Here, string Home, Guid Sheet, Slip[] Made, string Origin)
{
    public string LinkOf(Slip slip) => $"{Origin}{ReadCode.Path}{slip.Code}";
}
