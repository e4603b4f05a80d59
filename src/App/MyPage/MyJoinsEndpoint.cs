using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;

namespace MyKey.App.MyPage;

/// <summary>ID and password of the old account; the session is that of the new card.</summary>
public sealed record MyJoinRequest(string MyKeyId, string Password);

/// <param name="Number">Told at a counter until <paramref name="UntilMs"/>.</param>
/// <param name="AloneMs">From then on it needs no counter, if the citizen, who was told by mail, does not object; null: it needs one.</param>
public sealed record MyJoinReply(string Number, long UntilMs, long? AloneMs);

/// <summary><c>/api/v1/my/joins</c>: a new card asks for the old ID.</summary>
public static class MyJoinsEndpoint
{
    public static void MapMyJoins(this WebApplication app)
    {
        app.MapPost("/api/v1/my/joins", Ask).RequireRateLimiting(RateLimits.Attempts).Produces<MyJoinReply>(StatusCodes.Status201Created);
        app.MapDelete("/api/v1/my/joins", Object).RequireRateLimiting(RateLimits.Attempts);
    }

    /// <summary>In a session of the old account: no card that asks for it gets it.</summary>
    private static async Task<Answer<bool>> Object(HttpContext context, RequestJoin join, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : await join.Object(signedIn.Session, stop);
    }

    private static async Task<Answer<MyJoinReply>> Ask(MyJoinRequest request, HttpContext context, OpenSessions sessions, RequestJoin join, CancellationToken stop)
    {
        var session = await sessions.Find(ShellCookie.Citizen.Read(context), SessionKind.Citizen, stop);
        if (session.Refused is { } nobody) return nobody;
        var typed = new TypedPassword(request.MyKeyId, request.Password, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context));
        return Answer.Created((await join.Ask(session.Value, typed, stop)).Then<MyJoinReply>(j => new MyJoinReply(j.Number, j.UntilMs, j.AloneMs)));
    }
}
