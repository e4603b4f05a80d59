using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Sessions;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <param name="Key">Names it in the calls that end it.</param>
/// <param name="Shell"><c>citizen</c>, <c>office</c>, <c>operator</c>.</param>
/// <param name="Way"><c>card</c>; <c>password</c>: of staff with the one-time password; of staff <c>passkey</c>.</param>
/// <param name="This">The session of this call.</param>
public sealed record SessionReply(string Key, string Shell, string Way, long SinceMs, long UsedMs, bool This);

/// <param name="Ended">How many others.</param>
public sealed record OthersEndedReply(int Ended);

/// <summary>Where somebody is logged in, for machines: the citizen under <c>/api/v1/my/sessions</c>, staff under that of their shell.</summary>
public static class SessionsEndpoint
{
    public static void MapSessions(this WebApplication app)
    {
        var mine = app.MapGroup("/api/v1/my/sessions").RequireRateLimiting(RateLimits.Attempts);
        mine.MapGet("", (HttpContext context, OwnSessions sessions, CancellationToken stop) => List(context, null, sessions, stop));
        mine.MapDelete("/{key}", (string key, HttpContext context, OwnSessions sessions, CancellationToken stop) => End(context, null, key, sessions, stop));
        mine.MapDelete("/others", (HttpContext context, OwnSessions sessions, CancellationToken stop) => EndOthers(context, null, sessions, stop));
        var staff = app.MapGroup("/api/v1/staff/sessions/{shell}").RequireRateLimiting(RateLimits.Attempts);
        staff.MapGet("", (string shell, HttpContext context, OwnSessions sessions, CancellationToken stop) => List(context, shell, sessions, stop));
        staff.MapDelete("/{key}", (string shell, string key, HttpContext context, OwnSessions sessions, CancellationToken stop) => End(context, shell, key, sessions, stop));
        staff.MapDelete("/others", (string shell, HttpContext context, OwnSessions sessions, CancellationToken stop) => EndOthers(context, shell, sessions, stop));
    }

    private static async Task<Answer<List<SessionReply>>> List(HttpContext context, string? shell, OwnSessions sessions, CancellationToken stop)
    {
        var session = await Who(context, shell);
        if (session.Refused is { } nobody) return nobody;
        return (await sessions.Of(session.Value, stop)).Select(s => new SessionReply(s.Key, Words<SessionKind>.Of(s.Kind), s.ByPasskey ? "passkey" : s.Assurance == Assurance.A3 ? "card" : "password", s.CreatedMs, s.UsedMs, s.This)).ToList();
    }

    private static async Task<Answer<bool>> End(HttpContext context, string? shell, string key, OwnSessions sessions, CancellationToken stop)
    {
        var session = await Who(context, shell);
        return session.Refused is { } nobody ? nobody : (await sessions.End(session.Value, key, stop)).Then<bool>(_ => true);
    }

    private static async Task<Answer<OthersEndedReply>> EndOthers(HttpContext context, string? shell, OwnSessions sessions, CancellationToken stop)
    {
        var session = await Who(context, shell);
        return session.Refused is { } nobody ? nobody : new OthersEndedReply(await sessions.EndOthers(session.Value, stop));
    }

    /// <param name="shell">null: of a citizen.</param>
    private static async Task<Result<Session>> Who(HttpContext context, string? shell)
    {
        if (shell is null) return (await context.CitizenOf()).Then<Session>(_ => context.RequestServices.GetRequiredService<SignedIn>().Session);
        if (StaffDoor.Find(shell) is not { } door) return Refusal.Of("not_found");
        return (await context.Staff(door)).Then<Session>(w => w.Session);
    }
}
