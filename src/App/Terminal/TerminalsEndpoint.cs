using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Passwords;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Terminals;

/// <param name="Code">Of the office, 10 characters.</param>
/// <param name="ShopCode">6 to 12 digits that the shop chooses.</param>
public sealed record EnrolTerminalRequest(string Code, string ShopCode);

public sealed record EnrolledTerminalReply(Guid Id);

/// <param name="Rotated">The cookie that came along is the new one; the old one ends once the new one has come back here.</param>
public sealed record RotatedTokenReply(bool Rotated);

/// <summary><c>POST /api/v1/terminals</c>: a device becomes a terminal (S4-06a). From then on it is known by the cookie that comes with the answer.</summary>
public static class TerminalsEndpoint
{
    public static void MapTerminals(this WebApplication app)
    {
        app.MapPost("/api/v1/terminals", Enrol).RequireRateLimiting(RateLimits.Attempts).Produces<EnrolledTerminalReply>(StatusCodes.Status201Created);
        app.MapPost("/api/v1/terminals/token", Rotate);
    }

    /// <summary>For devices without pages: a new token once a day.</summary>
    private static async Task<Answer<RotatedTokenReply>> Rotate(HttpContext context, FindTerminal terminals, RotateTerminalToken rotate, CancellationToken stop)
    {
        var shown = ShellCookie.Terminal.Read(context);
        if ((await terminals.ByToken(shown, stop)).Refused is { } no) return no;
        var fresh = await rotate.Rotate(shown, stop);
        if (fresh is not null) ShellCookie.Terminal.Set(context, fresh);
        return new RotatedTokenReply(fresh is not null);
    }

    private static async Task<Answer<EnrolledTerminalReply>> Enrol(EnrolTerminalRequest request, HttpContext context, EnrolTerminal enrol, CancellationToken stop)
    {
        var enrolled = await enrol.Enrol(request.Code, request.ShopCode, ClientNetwork.Of(context.Connection.RemoteIpAddress), stop);
        if (enrolled.Refused is { } no) return no;
        ShellCookie.Terminal.Set(context, enrolled.Value.Token);
        return Answer.Created<EnrolledTerminalReply>(new EnrolledTerminalReply(enrolled.Value.Id.Value));
    }
}
