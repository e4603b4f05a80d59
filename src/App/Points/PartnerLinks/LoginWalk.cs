using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;

namespace MyKey.App.PartnerLinks;

/// <summary>A browser on the way to an outside login and back.</summary>
internal static class LoginWalk
{
    /// <summary>Whose browser it is; null when it was led elsewhere. After the log-in it begins anew, for the way back counts in one session only.</summary>
    /// <param name="page">Where the walk begins.</param>
    public static async Task<LinkSession?> Walks(this CitizenShell shell, HttpContext context, string page, CancellationToken stop)
    {
        var citizen = await shell.Enter(context, stop);
        if (citizen.Ok) return new LinkSession(citizen.Value.Id, ShellCookie.Citizen.Read(context)!);
        var no = citizen.Refused!;
        if (no.Code is "login_required" or "session_expired" && Paths.IsOurs(page)) context.SeeOther(CitizenShell.LoginFor(page, no.Code == "session_expired"));
        else await context.Refuse(no);
        return null;
    }
}
