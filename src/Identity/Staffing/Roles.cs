using System.Collections.Frozen;
using MyKey.Kernel;

namespace MyKey.Identity.Staffing;

/// <summary>What a member of staff may do, given per municipality; the roles of the platform have none (V-D3, least privilege).</summary>
public enum Role
{
    /// <summary>Runs the platform: suspends, resumes, extracts, invites staff.</summary>
    Operator = 1,

    /// <summary>Grants points and writes batches.</summary>
    Officer,

    /// <summary>Approves what another officer made.</summary>
    Approver,

    /// <summary>Registers and revokes terminals and keys of machines.</summary>
    TerminalAdmin,

    /// <summary>Invites staff of the own municipality and gives them roles.</summary>
    StaffAdmin,

    /// <summary>Helps citizens at a counter.</summary>
    SupportDesk,
}

/// <summary>The one list of roles with the names they are stored under.</summary>
public static class Roles
{
    private static readonly FrozenDictionary<Role, string> Names = new Dictionary<Role, string>
    {
        [Role.Operator] = "operator", [Role.Officer] = "officer", [Role.Approver] = "approver",
        [Role.TerminalAdmin] = "terminal_admin", [Role.StaffAdmin] = "staff_admin", [Role.SupportDesk] = "support_desk",
    }.ToFrozenDictionary();

    public static IReadOnlyList<Role> All { get; } = [.. Enum.GetValues<Role>()];

    public static bool IsOfPlatform(Role role) => role == Role.Operator;

    public static string Name(Role role) => Names[role];

    public static Role Read(string stored) => Names.Single(n => n.Value == stored).Key;
}

/// <summary>A role, and where it holds; null for the platform.</summary>
public readonly record struct GivenRole(Role Role, MunicipalityCode? Municipality);

/// <summary>A member of staff who is signed in or looked up: a number, never a name.</summary>
public sealed record StaffMember(StaffId Id, string Number, StaffState State, IReadOnlyList<GivenRole> Roles)
{
    /// <summary>This member, or <c>role_forbidden</c>.</summary>
    public Result<StaffMember> Require(Role role, MunicipalityCode? municipality = null) => Holds(role, municipality) ? this : Refusal.Of("role_forbidden");

    public bool Holds(Role role, MunicipalityCode? municipality = null) =>
        Roles.Any(r => r.Role == role && (Staffing.Roles.IsOfPlatform(role) || (municipality is not null && r.Municipality == municipality)));
}

public enum StaffState { Invited = 1, Active = 2, Ended = 3 }
