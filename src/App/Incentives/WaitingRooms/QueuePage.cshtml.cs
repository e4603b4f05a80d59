using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.WaitingRooms;

/// <summary>Where somebody waits for his turn. The page looks again by itself and goes on where he wanted to go.</summary>
public sealed class QueuePage(WaitingRoom room) : CitizenPage
{
    private const int LookAgainSeconds = 20;

    [BindProperty(SupportsGet = true, Name = "to")]
    public string? To { get; set; }

    public string At { get; private set; } = "";

    /// <summary>In minutes where it is longer than one, in words.</summary>
    public string HowLong { get; private set; } = "";

    /// <param name="to">A path of these pages.</param>
    public static string PathTo(string to) => $"/my/queue?to={Uri.EscapeDataString(to)}";

    /// <summary>On to the agent; to the queue, which comes back here; or, for whatever else was refused, back to the page.</summary>
    public static void Go(HttpContext context, Result<string> asked, string page)
    {
        if (asked.Refused is { } no) context.Note(no);
        context.SeeOther(asked.Ok ? asked.Value : asked.Refused!.Code == WaitingRoom.Code ? PathTo(context.Request.Path + context.Request.QueryString) : page);
    }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var to = CitizenShell.Back(To);
        if (await room.Enter(HttpContext, Citizen.Id, stop) is not { } wait) return this.SeeOther(to);
        var seconds = Convert.ToInt64(wait.Facts.First(f => f.Name == "wait").Value, CultureInfo.InvariantCulture);
        (At, HowLong) = (wait.Fact<string>("at")!, seconds < 60 ? $"あと{seconds}秒" : $"あと{(seconds + 59) / 60}分");
        Response.Headers["Refresh"] = Math.Min(seconds, LookAgainSeconds).ToString(CultureInfo.InvariantCulture);
        return Page();
    }
}
