using Dapper;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Rights;

/// <summary>Members of staff and their roles: what the lines give and take, one after the other, is what there is.</summary>
internal sealed class StaffRights(RightsLook look)
{
    private readonly Dictionary<Guid, Told> told = [];

    public async Task Run()
    {
        foreach (var line in await look.Lines(0, "staff.invited", "staff.enrolled", "staff.role_given", "staff.role_taken", "staff.ended"))
            Tell(line.Subject!.Value, line.Action, (line.After ?? "").Split(' '));
        foreach (var line in await look.Lines(0, "staff.invited", "staff.ended", "staff.passkey_added", "staff.passkey_removed"))
            TellPasskey(line);
        var members = (await look.Connection.QueryAsync<(Guid Id, int State)>("select id, state from idn_staff", transaction: look.Handle)).AsList();
        foreach (var (id, state) in members)
        {
            var of = told.GetValueOrDefault(id);
            look.Unless(of is not null, $"idn_staff {id}: no line has invited this member");
            look.Unless(state != 2 || of is null or { Enrolled: true, Ended: false }, $"idn_staff {id}: active, {(of?.Ended == true ? "the log has ended this member" : "no line says that this member has enrolled")}");
        }
        var roles = (await look.Connection.QueryAsync<(Guid Staff, string Role, string Municipality)>("select staff, role, municipality from idn_staff_role", transaction: look.Handle)).ToHashSet();
        foreach (var (staff, role, municipality) in roles.Order())
            look.Unless(told.GetValueOrDefault(staff)?.Roles.Contains((role, municipality)) == true, $"idn_staff_role {staff} {role} {municipality}: no line has given this role");
        foreach (var (staff, of) in told)
            foreach (var (role, municipality) in of.Roles.Order())
                look.Unless(roles.Contains((staff, role, municipality)), $"idn_staff_role {staff} {role} {municipality}: missing, the log has given this role");
        var passkeys = (await look.Connection.QueryAsync<(Guid Staff, string Label)>("select staff, label from idn_passkey", transaction: look.Handle)).AsList();
        foreach (var (staff, label) in passkeys.Order())
            look.Unless(told.GetValueOrDefault(staff)?.Passkeys.Remove(label) == true, $"idn_passkey {staff} {label}: no line has added this passkey");
        look.Rows += members.Count + roles.Count + passkeys.Count;
    }

    /// <summary>An invitation, also one that begins anew, and the end take all of a member's.</summary>
    private void TellPasskey(TellingLine line)
    {
        if (told.GetValueOrDefault(line.Subject!.Value) is not { } of) return;
        switch (line.Action)
        {
            case "staff.passkey_added": of.Passkeys.Add(line.After ?? ""); break;
            case "staff.passkey_removed": of.Passkeys.Remove(line.Before ?? ""); break;
            default: of.Passkeys.Clear(); break;
        }
    }

    /// <param name="words">Of the first operator: the role alone; else kind, number of an invitation, role, municipality.</param>
    private void Tell(Guid staff, string action, string[] words)
    {
        if (!told.TryGetValue(staff, out var of)) told[staff] = of = new Told();
        switch (action)
        {
            case "staff.invited":
                (of.Enrolled, of.Ended) = (false, false);
                if (words is ["Invite", _, var role, ..]) of.Roles.Add((role, words.ElementAtOrDefault(3) ?? ""));
                else if (words is [var first] && first != "InviteAgain") of.Roles.Add((first, ""));
                break;
            case "staff.enrolled": of.Enrolled = true; break;
            case "staff.role_given": of.Roles.Add((words[1], words.ElementAtOrDefault(2) ?? "")); break;
            case "staff.role_taken": of.Roles.Remove((words[1], words.ElementAtOrDefault(2) ?? "")); break;
            default: of.Ended = true; break;
        }
    }

    private sealed class Told
    {
        public HashSet<(string Role, string Municipality)> Roles { get; } = [];
        public List<string> Passkeys { get; } = [];
        public bool Enrolled { get; set; }
        public bool Ended { get; set; }
    }
}
