using MyKey.App.Shared;
using MyKey.App.Shared.Web;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.SignIn;

/// <summary>The sign-in policy of <c>/my</c>: from the cookie to the citizen.</summary>
public sealed class CitizenShell(OpenSessions sessions, SignedIn signedIn, Caller caller, Frame frame)
{
    public const string Home = "/my";
    public const string LoginPath = "/my/login";
    public const string StartPath = "/my/start";
    public const string LogoutPath = "/my/logout";

    /// <summary>Whether somebody whose card is new here had an ID with another card.</summary>
    public const string FirstPath = "/my/first";

    /// <summary>Whether another ID is wanted, after a suspension.</summary>
    public const string OfferPath = "/my/id/offer";

    /// <returns>The citizen; <c>login_required</c>, <c>session_expired</c>, <c>mykey_missing</c>, <c>id_suspended</c>, <c>id_revoked</c>.</returns>
    public async Task<Result<Citizen>> Enter(HttpContext context, CancellationToken stop)
    {
        var token = ShellCookie.Citizen.Read(context);
        var found = await sessions.Find(token, SessionKind.Citizen, stop);
        if (found.Refused is { } nobody)
        {
            if (string.IsNullOrEmpty(token)) return nobody;
            ShellCookie.Citizen.Clear(context);
            return Refusal.Of("session_expired");
        }
        var session = found.Value;
        (signedIn.Session, frame.LogoutPath) = (session, LogoutPath);
        if (session.RequireCitizen().Refused is { } missing) return missing;
        var id = session.RequireCitizen().Value;
        (caller.Actor, caller.Desk, frame.Sitting) = (Actor.Of(id), session.Terminal, session.IsSitting);
        SupportDesks.Guard(context, session);
        foreach (var entry in session.IsSitting ? [new("手続きの一覧", SupportDesks.SittingPath)] : Menu) frame.Menu.Add(entry);
        var citizen = Must.Have(session.Holder, "a session's citizen exists");
        frame.Handle = new Handle("マイキーID", citizen.MyKeyId.Masked, Home);
        return citizen.RequireActive();
    }

    /// <summary>Where to log in and come back from.</summary>
    /// <param name="asked">The page that was asked for, with its query.</param>
    public static string LoginFor(string asked, bool expired) =>
        $"{LoginPath}?back={Uri.EscapeDataString(asked)}{(expired ? "&expired=1" : "")}";

    /// <summary>The page asked for before the login, as far as it is one of this shell; else its start.</summary>
    public static string Back(string? asked) =>
        Paths.IsOurs(asked) && IsHere(asked!) && !asked!.StartsWith(LoginPath, StringComparison.OrdinalIgnoreCase) && !asked.StartsWith(LogoutPath, StringComparison.OrdinalIgnoreCase)
            ? asked : Home;

    private static MenuEntry[] Menu => [new("マイページ", Home), new("ためる", "/my/exchange"), new("お店で使う番号", "/my/code"), new("設定", "/my/settings")];

    private static bool IsHere(string path) => path == Home || path.StartsWith(Home + "/", StringComparison.Ordinal) || path.StartsWith(Home + "?", StringComparison.Ordinal);
}

public static class CitizenShellModule
{
    public static void AddCitizenShell(this WebApplicationBuilder builder) => builder.Services.AddScoped<SignedIn>().AddScoped<CitizenShell>().AddSingleton<SupportDesks>().AddHttpContextAccessor()
        .AddSingleton(services => new PlaceOfAction(() => services.GetRequiredService<IHttpContextAccessor>().HttpContext?.RequestServices?.GetService<Caller>()?.Desk));
}
