using MyKey.App.Organisers;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>The sign-in of organisers: a device that the office has registered for one.</summary>
public sealed class Recorders(FindTerminal terminals, FindOrganisers organisers)
{
    /// <returns>Who records; <c>role_forbidden</c> for another kind of device, <c>organiser_ended</c>.</returns>
    public async Task<Result<Recorder>> Of(Terminal device, CancellationToken stop = default)
    {
        if (device.Require(TerminalCall.RecordAttendance).Refused is { } forbidden) return forbidden;
        if (device.Holder is not { } holder || await organisers.Find(new OrganiserId(holder), stop) is not { } organiser || organiser.Municipality != device.Municipality) return Refusal.Of("role_forbidden");
        return organiser.RequireActive().Then<Recorder>(o => new Recorder(o, device));
    }

    /// <returns>Whoever calls with the cookie of a device; also <c>terminal_unknown</c>, <c>terminal_revoked</c>.</returns>
    public async Task<Result<Recorder>> Of(HttpContext context)
    {
        var device = await terminals.ByToken(ShellCookie.Terminal.Read(context), context.RequestAborted);
        return device.Refused is { } no ? no : await Of(device.Value, context.RequestAborted);
    }
}
