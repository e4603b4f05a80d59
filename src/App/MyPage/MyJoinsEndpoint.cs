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
public sealed record MyJoinReply(string Number, long UntilMs);

/// <summary><c>/api/v1/my/joins</c>: a new card asks for the old ID.</summary>
public static class MyJoinsEndpoint
{
    public static void MapMyJoins(this WebApplication app) =>
        app.MapPost("/api/v1/my/joins", Ask).RequireRateLimiting(RateLimits.Attempts).Produces<MyJoinReply>(StatusCodes.Status201Created);

    private static async Task<Answer<MyJoinReply>> Ask(MyJoinRequest request, HttpContext context, OpenSessions sessions, RequestJoin join, CancellationToken stop)
    {
        var session = await sessions.Find(ShellCookie.Citizen.Read(context), SessionKind.Citizen, stop);
        if (session.Refused is { } nobody) return nobody;
        var typed = new TypedPassword(request.MyKeyId, request.Password, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context));
        return Answer.Created((await join.Ask(session.Value, typed, stop)).Then<MyJoinReply>(j => new MyJoinReply(j.Number, j.UntilMs)));
    }
}
