using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <param name="Token">From the one-time enrolment address.</param>
/// <param name="InvitationCode">6 digits from whoever proposed the invitation, where another one approved it.</param>
public sealed record EnrolmentRequest(string Token, string? InvitationCode = null);

/// <param name="TotpSecret">Base32 (RFC 4648), for an authenticator by RFC 6238.</param>
public sealed record EnrolmentReply(string Number, string TotpUri, string TotpSecret);

/// <param name="Code">6 digits of the authenticator.</param>
/// <param name="InvitationCode">As for the beginning.</param>
public sealed record EnrolmentFinish(string Token, string Password, string Code, string? InvitationCode = null);

/// <param name="Shell"><c>office</c> or <c>operator</c>.</param>
/// <param name="Municipality">Code of the municipality worked for, where somebody has roles in several.</param>
public sealed record StaffSessionRequest(string Shell, string Number, string Password, string Code, string? Municipality = null);

/// <param name="Roles">As <c>officer@132985</c>; of the platform <c>operator</c>.</param>
public sealed record StaffSessionReply(string Number, IReadOnlyList<string> Roles, long EndsMs);

/// <summary>Why something grave is done: 1 to 200 characters.</summary>
public sealed record ReasonRequest(string Reason);

public sealed record ConfirmationRequest(string Code);

/// <param name="Old">The password that counts now.</param>
/// <param name="Code">6 digits of the authenticator.</param>
public sealed record StaffPasswordRequest(string Old, string Password, string Code);

/// <summary>Enrolment and login of staff for machines, by the same rules as the pages. The session is the cookie of the shell.</summary>
public static class StaffSessionsEndpoint
{
    public static void MapStaffSessions(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/staff").RequireRateLimiting(RateLimits.Attempts);
        group.MapPost("/enrolments", Begin);
        group.MapPost("/enrolments/finish", Finish);
        group.MapPost("/sessions", LogIn).Produces<StaffSessionReply>(StatusCodes.Status201Created);
        group.MapPost("/sessions/{shell}/confirm", Confirm);
        group.MapPut("/sessions/{shell}/password", ChangePassword);
        group.MapDelete("/sessions/{shell}", LogOut);
    }

    /// <summary>The member of staff whose cookie came along.</summary>
    public static Task<Result<StaffAtWork>> Staff(this HttpContext context, StaffDoor door) =>
        context.RequestServices.GetRequiredService<StaffShell>().Enter(context, door, context.RequestAborted);

    private static async Task<Answer<EnrolmentReply>> Begin(EnrolmentRequest request, EnrolStaff enrol, CancellationToken stop) =>
        (await enrol.Begin(new Invitation(request.Token, request.InvitationCode), stop)).Then<EnrolmentReply>(e => new EnrolmentReply(e.Number, e.TotpUri, e.TotpText));

    private static async Task<Answer<bool>> Finish(EnrolmentFinish request, EnrolStaff enrol, CancellationToken stop) =>
        (await enrol.Finish(new Invitation(request.Token, request.InvitationCode), request.Password, request.Code, stop)).Then<bool>(_ => true);

    private static async Task<Answer<StaffSessionReply>> LogIn(StaffSessionRequest request, HttpContext context, StaffSignIn signIn, CancellationToken stop) =>
        StaffDoor.Find(request.Shell) is { } door ? Answer.Created(await signIn.LogIn(context, door, request, stop)) : Refusal.Of("field_unknown", ("field", "shell"));

    private static async Task<Answer<bool>> Confirm(string shell, ConfirmationRequest request, HttpContext context, ConfirmTotp confirm, CancellationToken stop)
    {
        if (StaffDoor.Find(shell) is not { } door) return Refusal.Of("not_found");
        var work = await context.Staff(door);
        return work.Refused is { } no ? no : await confirm.Confirm(work.Value.Session, request.Code, stop);
    }

    /// <summary>One's own password; every other session of one's own ends.</summary>
    private static async Task<Answer<bool>> ChangePassword(string shell, StaffPasswordRequest request, HttpContext context, ChangeStaffPassword change, CancellationToken stop)
    {
        if (StaffDoor.Find(shell) is not { } door) return Refusal.Of("not_found");
        var work = await context.Staff(door);
        if (work.Refused is { } no) return no;
        var typed = new NewStaffPassword(request.Old, request.Password, request.Code, ClientNetwork.Of(context.Connection.RemoteIpAddress));
        return (await change.Run(work.Value.Session, typed, stop)).Then<bool>(_ => true);
    }

    private static async Task<Answer<bool>> LogOut(string shell, HttpContext context, OpenSessions sessions, CancellationToken stop)
    {
        if (StaffDoor.Find(shell) is not { } door) return Refusal.Of("not_found");
        await sessions.End(door.Cookie.Read(context), stop);
        door.Cookie.Clear(context);
        return true;
    }
}

/// <summary>Staff come in over the API: both factors in one request.</summary>
public sealed class StaffSignIn(LoginStaff login, OpenSessions sessions, FindStaff staff, RegistryCache registry)
{
    public async Task<Result<StaffSessionReply>> LogIn(HttpContext context, StaffDoor door, StaffSessionRequest request, CancellationToken stop)
    {
        var half = await login.Password(new StaffPassword(door.Kind, request.Number, request.Password, ClientNetwork.Of(context.Connection.RemoteIpAddress)), door.Cookie.Read(context), stop);
        if (half.Refused is { } wrong) return wrong;
        var whole = await login.OneTimePassword(half.Value, door.Kind, request.Code, stop);
        return whole.Refused is { } no ? no : await Enter(context, door, (whole.Value, request.Municipality), stop);
    }

    /// <summary>The answer to a login, whichever way it came: the cookie, and the municipality that is worked for.</summary>
    public async Task<Result<StaffSessionReply>> Enter(HttpContext context, StaffDoor door, (string Token, string? Municipality) opened, CancellationToken stop)
    {
        var session = await sessions.Find(opened.Token, door.Kind, stop);
        if (session.Refused is { } gone) return gone;
        var member = await staff.Of(session.Value, stop);
        if (member.Refused is { } ended) return ended;
        if (opened.Municipality is { } asked)
        {
            var town = (await registry.View()).Resolve(asked, "", "");
            if (town.Refused is { } unknown) return unknown;
            ShellCookie.OfficeTown.Set(context, town.Value.Code.Value);
        }
        door.Cookie.Set(context, opened.Token);
        return new StaffSessionReply(member.Value.Number,
            [.. member.Value.Roles.Select(r => r.Municipality is { } m ? $"{Roles.Name(r.Role)}@{m.Value}" : Roles.Name(r.Role))], session.Value.EndsMs);
    }
}
