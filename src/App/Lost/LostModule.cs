using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.Lost;

/// <param name="MyKeyId">With <paramref name="Password"/>; both left out: the ID of the session.</param>
public sealed record MyStopRequest(string? MyKeyId = null, string? Password = null);

/// <param name="State"><c>suspended</c>.</param>
public sealed record MyStopReply(string State);

/// <param name="Mail">The mailbox on file of the MyKeyId.</param>
public sealed record MyStopByMailRequest(string MyKeyId, string Mail);

/// <param name="Request">For the code of the mail; the same is answered whether ID and mailbox are anybody's or not.</param>
public sealed record MyStopByMailReply(Guid Request);

/// <param name="Code">6 digits of the mail.</param>
public sealed record MyStopCode(Guid Request, string Code);

/// <summary>A card is lost: whom to call, and the own MyKey ID stopped at once (S0-1019a, S1-50, K-28).</summary>
public static class LostModule
{
    public static void MapLost(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my/stop").RequireRateLimiting(RateLimits.Attempts);
        group.MapPost("", Post);
        group.MapPost("/mail", AskByMail);
        group.MapPost("/code", ByCode);
    }

    private static async Task<Answer<MyStopByMailReply>> AskByMail(MyStopByMailRequest request, HttpContext context, StopByMail stopping, MailOptions options, CancellationToken stop)
    {
        if (!options.On) return Refusal.Of("not_found");
        return (await stopping.Ask(request.MyKeyId, request.Mail, ClientNetwork.Of(context.Connection.RemoteIpAddress), stop)).Then<MyStopByMailReply>(r => new MyStopByMailReply(r));
    }

    private static async Task<Answer<MyStopReply>> ByCode(MyStopCode request, StopByMail stopping, CancellationToken stop) =>
        (await stopping.Confirm(request.Request, request.Code, stop)).Then<MyStopReply>(state => new MyStopReply(Words<CitizenState>.Of(state)));

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
