using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.Lost;

/// <param name="MyKeyId">With <paramref name="Password"/>; both left out: the ID of the session.</param>
public sealed record MyStopRequest(string? MyKeyId = null, string? Password = null);

/// <param name="State"><c>suspended</c>.</param>
public sealed record MyStopReply(string State);

/// <summary>A card is lost: whom to call, and the own MyKey ID stopped at once (S0-1019a, S1-50, K-28).</summary>
public static class LostModule
{
    public static void MapLost(this WebApplication app) => app.MapPost("/api/v1/my/stop", Post).RequireRateLimiting(RateLimits.Attempts);

    /// <summary>By ID and password, or where neither was given by the session that is open.</summary>
    public static async Task<Result<CitizenState>> Stop(this StopOwnId stopping, HttpContext context, string? myKeyId, string? password, CancellationToken stop)
    {
        var typed = !string.IsNullOrEmpty(myKeyId) || !string.IsNullOrEmpty(password);
        if (typed)
            return await stopping.ByPassword(new TypedPassword(myKeyId, password, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context)), stop);
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        return await stopping.InSession(context.RequestServices.GetRequiredService<SignedIn>().Session, stop);
    }

    private static async Task<Answer<MyStopReply>> Post(MyStopRequest request, HttpContext context, StopOwnId stopping, CancellationToken stop)
    {
        var done = await stopping.Stop(context, request.MyKeyId, request.Password, stop);
        return done.Then<MyStopReply>(state => new MyStopReply(Words<CitizenState>.Of(state)));
    }
}
