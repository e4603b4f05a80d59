using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Web;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>The two shells of staff: <c>/office</c> of the municipalities, <c>/operator</c> of the platform.</summary>
public sealed record StaffDoor(SessionKind Kind, string Home, ShellCookie Cookie)
{
    public static StaffDoor Office { get; } = new(SessionKind.Office, "/office", ShellCookie.Office);

    public static StaffDoor Operator { get; } = new(SessionKind.Operator, "/operator", ShellCookie.Operator);

    public string LoginPath => $"{Home}/login";

    public string CodePath => $"{Home}/login/code";

    public string PasskeyLoginPath => $"{Home}/login/passkey";

    public string PasskeysPath => $"{Home}/passkeys";

    public string ConfirmPath => $"{Home}/confirm";

    public string LogoutPath => $"{Home}/logout";

    public string EnrolPath => $"{Home}/enrol";

    /// <summary>The door of a shell's name or path.</summary>
    public static StaffDoor? Find(string? shell) => shell switch { "office" => Office, "operator" => Operator, _ => null };

    public static StaffDoor Of(PathString path) => path.StartsWithSegments(Operator.Home, StringComparison.Ordinal) ? Operator : Office;

    /// <summary>The page asked for before the login, as far as it is one of this shell; else its start.</summary>
    public string Back(string? asked) =>
        Paths.IsOurs(asked) && (asked == Home || asked!.StartsWith(Home + "/", StringComparison.Ordinal) || asked.StartsWith(Home + "?", StringComparison.Ordinal))
        && !new[] { LoginPath, ConfirmPath, LogoutPath, EnrolPath }.Any(p => asked!.StartsWith(p, StringComparison.OrdinalIgnoreCase)) ? asked! : Home;

    public string LoginFor(string asked, bool expired) => $"{LoginPath}?back={Uri.EscapeDataString(asked)}{(expired ? "&expired=1" : "")}";

    public string PasskeyConfirmFor(string asked) => $"{ConfirmPath}/passkey?back={Uri.EscapeDataString(asked)}";

    public string ConfirmFor(string asked) => $"{ConfirmPath}?back={Uri.EscapeDataString(asked)}";
}

/// <summary>A member of staff who is signed in, with the session and, in an office, the municipality that is worked for.</summary>
public sealed record StaffAtWork(StaffMember Member, Session Session, Municipality? Town)
{
    public Actor Actor => Actor.Of(Member.Id);

    /// <summary>The office's municipality.</summary>
    /// <exception cref="BrokenProperty">Asked for in the shell of the platform.</exception>
    public Municipality Office => Must.Have(Town, "staff of an office work for a municipality");

    /// <summary>This member, or <c>role_forbidden</c>.</summary>
    public Result<StaffMember> Require(Role role) => Member.Require(role, Town?.Code);
}

/// <summary>The sign-in policy of <c>/office</c> and <c>/operator</c>, for pages and for the API: from the cookie to the member of staff.</summary>
public sealed class StaffShell(OpenSessions sessions, FindStaff staff, RegistryCache registry, SignedIn signedIn, Caller caller, Frame frame, IEnumerable<StaffMenu> menus)
{
    /// <returns>Who works; <c>login_required</c>, <c>session_expired</c>, <c>role_forbidden</c> when no role is left, <c>municipality_unknown</c>.</returns>
    public async Task<Result<StaffAtWork>> Enter(HttpContext context, StaffDoor door, CancellationToken stop)
    {
        var token = door.Cookie.Read(context);
        var found = await sessions.Find(token, door.Kind, stop);
        if (found.Refused is { } nobody)
        {
            if (string.IsNullOrEmpty(token)) return nobody;
            door.Cookie.Clear(context);
            return Refusal.Of("session_expired");
        }
        (signedIn.Session, frame.LogoutPath) = (found.Value, door.LogoutPath);
        var member = await staff.Of(found.Value, stop);
        if (member.Refused is { } ended) return ended;
        caller.Actor = Actor.Of(member.Value.Id);
        var work = door == StaffDoor.Operator ? AtPlatform(member.Value, found.Value) : await AtOffice(context, member.Value, found.Value);
        if (work.Ok) Tell(work.Value, door);
        return work;
    }

    private static Result<StaffAtWork> AtPlatform(StaffMember member, Session session) =>
        member.Require(Role.Operator).Refused is { } no ? no : new StaffAtWork(member, session, null);

    /// <summary>Somebody with roles in several municipalities works for one at a time.</summary>
    private async Task<Result<StaffAtWork>> AtOffice(HttpContext context, StaffMember member, Session session)
    {
        var towns = member.Roles.Select(r => r.Municipality).OfType<MunicipalityCode>().Distinct().OrderBy(c => c.Value, StringComparer.Ordinal).ToList();
        if (towns.Count == 0) return Refusal.Of("role_forbidden");
        var asked = ShellCookie.OfficeTown.Read(context);
        var code = towns.Where(c => c.Value == asked).Concat(towns).First();
        return (await registry.View()).Find(code) is { } town ? new StaffAtWork(member, session, town) : Refusal.Of("municipality_unknown");
    }

    private void Tell(StaffAtWork work, StaffDoor door)
    {
        if (work.Town is { } town) frame.Who.Add(town.Name);
        frame.Who.Add(work.Member.Number);
        foreach (var menu in menus.Where(m => m.Door == door && m.Shown(work)).OrderBy(m => m.Order)) frame.Menu.Add(new MenuEntry(menu.Word, menu.Path));
    }
}

/// <summary>A word in the work menu of a shell of staff; a slice registers its own.</summary>
/// <param name="Roles">Shown to members with one of them; none: to all.</param>
public sealed record StaffMenu(StaffDoor Door, int Order, string Word, string Path, params Role[] Roles)
{
    public bool Shown(StaffAtWork work) => Roles.Length == 0 || Roles.Any(r => work.Member.Holds(r, work.Town?.Code));
}

public static class StaffShellModule
{
    public static void AddStaffShell(this WebApplicationBuilder builder) => builder.Services.AddScoped<StaffShell>().AddSingleton<StaffSignIn>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 98, "パスワードを変える", "/office/password")).AddSingleton(new StaffMenu(StaffDoor.Operator, 98, "パスワードを変える", "/operator/password"))
        .AddSingleton(new StaffMenu(StaffDoor.Office, 99, "ログインの一覧", "/office/sessions")).AddSingleton(new StaffMenu(StaffDoor.Operator, 99, "ログインの一覧", "/operator/sessions"));
}
