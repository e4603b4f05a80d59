using MyKey.App.Shared.Refusals;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Settings;

namespace MyKey.App.SignIn;

/// <summary>What the way back from the agent leads to. Every address it gives is clean: no code, nothing of the card.</summary>
public sealed class CardReturn(LoginByCard login, OpenSessions sessions, IssueMyKeyId issue, ChangeMyKeyId change, SupportDesks desks, Settings settings, TimeProvider clock)
{
    /// <summary>Codes that a browser may bring along; each chooses a sentence and nothing else.</summary>
    private static readonly HashSet<string> Told =
    [
        "auth_failed", "busy", "card_changed", "card_missing", "card_other", "card_unreadable", "cert_expired", "cert_missing", "cert_revoked", "challenge_expired",
        "id_revoked", "id_suspended", "mykey_missing", "not_accepted_here", "phone_number_wrong", "pin_locked", "rate_limited", "reader_missing", "revocation_changed", "session_expired", "site_unreachable", "step_up_required", "token_expired",
    ];

    /// <summary>What the login page says of a state.</summary>
    public static Refusal? RefusalOf(string? state) => state is not null && Told.Contains(state) ? Refusal.Of(state) : null;

    public static string WithoutCode(string? state) => $"{CitizenShell.LoginPath}?card={(RefusalOf(state) is null ? "cancelled" : state)}";

    /// <returns>Where the browser goes; the session cookie is set when it was a login.</returns>
    public async Task<string> WithCode(HttpContext context, string code, CancellationToken stop)
    {
        return await Done(context, await login.Login(code, ShellCookie.BeforeLogin.Read(context), ShellCookie.Citizen.Read(context), await Desk(context), stop), stop);
    }

    /// <summary>A telephone has signed the question of this browser.</summary>
    /// <returns>Where the browser goes; the session cookie is set.</returns>
    public async Task<string> WithPhone(HttpContext context, string challenge, CancellationToken stop) =>
        await Done(context, await login.LoginByPhone(challenge, ShellCookie.BeforeLogin.Read(context), ShellCookie.Citizen.Read(context), await Desk(context), stop), stop);

    private async Task<TerminalId?> Desk(HttpContext context) => (await desks.Of(context))?.Id;

    private async Task<string> Done(HttpContext context, Result<LoggedInByCard> done, CancellationToken stop)
    {
        if (done.Refused is { } no)
        {
            context.Note(no);
            return WithoutCode(RefusalOf(no.Code) is null ? "session_expired" : no.Code);
        }
        ShellCookie.Citizen.Set(context, done.Value.SessionToken);
        ShellCookie.BeforeLogin.Clear(context);
        var back = CitizenShell.Back(ShellCookie.CardBack.Read(context));
        ShellCookie.CardBack.Clear(context);
        if (done.Value.Citizen is { } citizen)
            return done.Value.Purpose == Purpose.Login && await change.IsOffered(citizen, stop) ? $"{CitizenShell.OfferPath}?back={Uri.EscapeDataString(back)}" : back;
        if (done.Value.MayHaveOne) return CitizenShell.FirstPath;
        return await IssueMode() == Identity.Citizens.IssueMode.AutoOnCardLogin && await Issued(done.Value.SessionToken, stop) ? back : CitizenShell.StartPath;
    }

    /// <summary>How an ID comes into being today (K-01).</summary>
    public async Task<IssueMode> IssueMode() => (await settings.View()).Get("id.issue_mode", new SettingScope(), clock.NowMs()).Text switch
    {
        "generate" => Identity.Citizens.IssueMode.Generate,
        "auto_on_card_login" => Identity.Citizens.IssueMode.AutoOnCardLogin,
        _ => Identity.Citizens.IssueMode.Choose,
    };

    private async Task<bool> Issued(string token, CancellationToken stop)
    {
        var session = await sessions.Find(token, SessionKind.Citizen, stop);
        return session.Ok && (await issue.Issue(session.Value, Identity.Citizens.IssueMode.AutoOnCardLogin, null, stop)).Ok;
    }
}
