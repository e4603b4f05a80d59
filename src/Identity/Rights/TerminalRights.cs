using Dapper;

namespace MyKey.Identity.Rights;

/// <summary>Terminals: registered as they are, in use only after their code was typed, and what was revoked stays so.</summary>
internal sealed class TerminalRights(RightsLook look)
{
    private const int InUse = 2, Revoked = 3;

    public async Task Run()
    {
        var registered = (await look.Lines(0, "terminal.registered")).ToDictionary(l => l.Subject!.Value, l => l.After);
        var enrolled = (await look.Lines(0, "terminal.enrolled")).Select(l => l.Subject!.Value).ToHashSet();
        var revoked = (await look.Lines(0, "terminal.revoked")).Select(l => l.Subject!.Value).ToHashSet();
        var rows = (await look.Connection.QueryAsync<(Guid Id, string Municipality, string Profiles, int State)>("select id, municipality, profiles, state from idn_terminal order by id", transaction: look.Handle)).AsList();
        foreach (var (id, municipality, profiles, state) in rows)
        {
            look.Unless(registered.GetValueOrDefault(id) == $"{municipality} {profiles}", $"idn_terminal {id}: no line has registered it for {municipality} with {profiles}");
            look.Unless(state != InUse || enrolled.Contains(id), $"idn_terminal {id}: in use, no line says that its code was typed");
            look.Unless(state == Revoked || !revoked.Contains(id), $"idn_terminal {id}: not revoked, the log has revoked it");
        }
        look.Rows += rows.Count;
    }
}
