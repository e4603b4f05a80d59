using MyKey.App.Shared.Web;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>
/// 支援窓口: a computer on which staff let somebody without telephone or computer do everything with his own card (S3-12). Whoever logs in there does so for one sitting: it ends after three minutes
/// without use, or by 終わり, and nothing of it stays in the browser.
/// </summary>
public sealed class SupportDesks(FindTerminal terminals)
{
    /// <summary>Where the desk waits for the next person.</summary>
    public const string Home = "/terminal/help";

    /// <summary>What can be done in a sitting, step by step.</summary>
    public const string SittingPath = "/my/desk";

    /// <summary>The desk that this browser is; null: it is none.</summary>
    public async ValueTask<Terminal?> Of(HttpContext context) =>
        ShellCookie.Terminal.Read(context) is { } token && await terminals.ByToken(token, TerminalCall.HelpSignIn, context.RequestAborted) is { Ok: true } desk ? desk.Value : null;

    /// <summary>Forgets in the browser what a sitting has left there, also what it keeps to go back to.</summary>
    public static void Forget(HttpContext context)
    {
        foreach (var cookie in new[] { ShellCookie.Citizen, ShellCookie.BeforeLogin, ShellCookie.CardBack, ShellCookie.Phone, ShellCookie.Device }) cookie.Clear(context);
        context.Response.Headers["Clear-Site-Data"] = "\"cache\"";
    }

    /// <summary>A page of a sitting is kept nowhere, and gives way to the waiting desk when nobody goes on.</summary>
    public static void Guard(HttpContext context, Session session)
    {
        if (session.Terminal is null || context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) return;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Refresh"] = $"{OpenSessions.SittingIdleMs / 1_000}; url={Home}?ended=idle";
    }
}
