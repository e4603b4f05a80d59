using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Sessions;

namespace MyKey.App.MyPage;

/// <summary>A page for a card that has no ID here yet; everybody else is led to where he belongs.</summary>
public abstract class NewCardPage(OpenSessions sessions, Frame frame) : PageModel
{
    /// <summary>The session of the card, or where to go instead.</summary>
    protected async Task<(Session? Card, IActionResult? Elsewhere)> NewCard(CancellationToken stop)
    {
        var session = await sessions.Find(ShellCookie.Citizen.Read(HttpContext), SessionKind.Citizen, stop);
        if (session.Refused is not null) return (null, this.SeeOther(CitizenShell.LoginFor(Request.Path, expired: false)));
        if (session.Value.Citizen is not null) return (null, this.SeeOther(CitizenShell.Home));
        frame.LogoutPath = CitizenShell.LogoutPath;
        return (session.Value, null);
    }
}

/// <summary>Nobody tells whether the holder of a new card had another before, so the person is asked (Lineage).</summary>
public sealed class FirstPageModel(OpenSessions sessions, Frame frame) : NewCardPage(sessions, frame)
{
    public async Task<IActionResult> OnGet(CancellationToken stop) => (await NewCard(stop)).Elsewhere ?? Page();
}
