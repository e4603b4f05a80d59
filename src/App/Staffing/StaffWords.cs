using MyKey.App.Registry;
using MyKey.Identity.Staffing;

namespace MyKey.App.Staffing;

/// <summary>Roles and changes as screens name them.</summary>
public static class StaffWords
{
    public static string Of(Role role) => role switch
    {
        Role.Operator => "運用",
        Role.Officer => "付与の担当",
        Role.Approver => "承認の担当",
        Role.TerminalAdmin => "お店と端末の担当",
        Role.StaffAdmin => "職員の担当",
        _ => "窓口の案内",
    };

    public static string Of(GivenRole given, RegistryView registry) =>
        given.Municipality is { } code ? $"{registry.Find(code)?.Name ?? code.Value} {Of(given.Role)}" : Of(given.Role);

    public static string Of(StaffState state) => state switch
    {
        StaffState.Active => "使えます",
        StaffState.Invited => "登録を待っています",
        _ => "終わりました",
    };

    public static string Of(StaffChange change, string? number, RegistryView registry)
    {
        var who = change.Number ?? number ?? "";
        var role = change.Role is { } r ? Of(new GivenRole(r, change.Municipality), registry) : "";
        return change.Kind switch
        {
            StaffChangeKind.Invite => $"{who}を招く（{role}）",
            StaffChangeKind.GiveRole => $"{who}に役わりをわたす（{role}）",
            StaffChangeKind.TakeRole => $"{who}の役わりを外す（{role}）",
            StaffChangeKind.InviteAgain => $"{who}をもう一度招く",
            _ => $"{who}の登録を終える",
        };
    }
}
