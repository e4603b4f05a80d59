using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Sittings;

/// <summary>The support desks of an office: computers with a card reader that are its own, of no shop and no library (S3-12).</summary>
public sealed class OfficeDesks(RegisterTerminal register, FindTerminal terminals)
{
    /// <returns>The newest first, also those that are stopped; <c>role_forbidden</c>.</returns>
    public async Task<Result<Terminal[]>> All(StaffAtWork work, CancellationToken stop = default) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : (await terminals.All(work.Office.Code, stop)).Where(t => t.Profiles.Contains(TerminalProfile.SupportCorner)).ToArray();

    /// <returns>The code to type at the device; the same again gives a new code of the same desk. As <see cref="RegisterTerminal.Register"/>.</returns>
    public Task<Result<RegisteredTerminal>> Add(StaffAtWork work, TerminalId id, string? label, CancellationToken stop = default) =>
        register.Register(work.Member, new NewTerminal(work.Office.Code, null, label, [TerminalProfile.SupportCorner], id), stop);
}
