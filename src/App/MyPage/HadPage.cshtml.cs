using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;

namespace MyKey.App.MyPage;

/// <summary>The slow way from a new card to the old ID: ID and password here, then a counter that sees the person (Lineage).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class HadPageModel(OpenSessions sessions, RequestJoin join, Frame frame) : NewCardPage(sessions, frame)
{
    [BindProperty, Display(Name = "前のマイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    /// <summary>What waits for the counter.</summary>
    public JoinRequest? Asked { get; private set; }

    /// <summary>As it is read out: 1234 5678.</summary>
    public string Number => $"{Asked!.Number[..4]} {Asked.Number[4..]}";

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var (card, elsewhere) = await NewCard(stop);
        if (card is null) return elsewhere!;
        Asked = await join.Mine(card, stop);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var (card, elsewhere) = await NewCard(stop);
        if (card is null) return elsewhere!;
        var typed = new TypedPassword(MyKeyId, Password, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), ShellCookie.Device.Read(HttpContext));
        var asked = await join.Ask(card, typed, stop);
        return asked.Refused switch
        {
            null => this.SeeOther("/my/had"),
            { Code: "join_over" or "card_login_required" } no => await this.Refuse(no, new NextStep("マイページへ", CitizenShell.Home)),
            { } no => this.RefuseLogin(no),
        };
    }
}
