using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Web;
using MyKey.App.Terminals;

namespace MyKey.App.Attendance;

/// <summary>The way back from the card agent without an answer leads on to the list that was being written.</summary>
public sealed class CardBackPage : RecordingPage
{
    public IActionResult OnGet(string? card, string? ready) => this.SeeOther(ready is null ? RecordByCard.Back(HttpContext, card) : $"{Home}?ready=1");
}
