using Dapper;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.Identity.Rights;

/// <summary>Keys of machines: each was issued by a line of its time that says the same of it, and what was revoked stays so.</summary>
internal sealed class KeyRights(RightsLook look)
{
    public async Task Run()
    {
        var issued = (await look.Lines(0, "machine_key.issued")).ToLookup(l => (l.Subject!.Value, l.After!)).ToDictionary(g => g.Key, g => g.ToList());
        var revoked = (await look.Lines(0, "machine_key.revoked")).ToLookup(l => l.Subject!.Value);
        var rows = (await look.Connection.QueryAsync<KeyRow>(
            "select id, machine, municipality, scopes, networks, created_ms, expires_ms, revoked_ms from idn_machine_key order by created_ms, id", transaction: look.Handle)).AsList();
        foreach (var row in rows)
        {
            var line = issued.GetValueOrDefault((row.Machine, row.Describe()))?.Find(l => RightsTime.Same(l.TimeMs, row.CreatedMs));
            look.Unless(line is not null, $"idn_machine_key {row.Id}: no line has issued this key as it is");
            if (line is not null) issued[(row.Machine, row.Describe())].Remove(line);
        }
        foreach (var machine in rows.GroupBy(r => r.Machine))
        {
            var (live, told) = (machine.Count(r => r.RevokedMs is null), machine.Count() - revoked[machine.Key].Count());
            look.Unless(live <= told, $"idn_machine_key of machine {machine.Key}: {live} are not revoked, the log leaves {told}");
        }
        foreach (var line in issued.Values.SelectMany(l => l)) look.Unless(false, $"idn_machine_key of machine {line.Subject}: a key that the log has issued at {line.TimeMs} is missing, or is another");
        look.Rows += rows.Count;
    }

    private sealed record KeyRow
    {
        public Guid Id { get; init; }
        public Guid Machine { get; init; }
        public string Municipality { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string Networks { get; init; } = "";
        public long CreatedMs { get; init; }
        public long ExpiresMs { get; init; }
        public long? RevokedMs { get; init; }

        /// <summary>As <see cref="NewMachineKey.Describe"/>.</summary>
        public string Describe() => string.Join(' ', [Municipality, Scopes, $"{(ExpiresMs - CreatedMs) / Jst.DayMs}d", .. Networks.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }
}

/// <summary>A row and its line are written in one transaction, each with the time it was made at.</summary>
internal static class RightsTime
{
    public const long WithinMs = 10_000;

    public static bool Same(long a, long b) => Math.Abs(a - b) <= WithinMs;
}
