using Dapper;
using MyKey.Identity.Sessions;

namespace MyKey.Identity.Rights;

/// <summary>Sessions of the last day: each began with a login that has a line. A card's session without an ID has none, and opens nothing but the way to one.</summary>
/// <param name="endsMs">Those that were to end after it.</param>
internal sealed class SessionRights(RightsLook look, long endsMs)
{
    /// <summary>The longest session that ends then began no earlier.</summary>
    private const long LongestMs = 8 * 3_600_000L;

    private const string Sessions = """
        select kind, assurance, citizen, staff, terminal, created_ms from idn_session where ends_ms > @endsMs and assurance > 1 and (citizen is not null or staff is not null or terminal is not null)
        order by created_ms, token_hash
        """;

    private readonly Dictionary<(string Way, Guid Who), List<long>> logins = [];

    public async Task Run()
    {
        foreach (var line in await look.Lines(endsMs - LongestMs - RightsTime.WithinMs, "citizen.logged_in", "staff.logged_in", "shop.opened")) Add(line.Action == "shop.opened" ? ("terminal", line.Terminal!.Value) : (line.After!, line.Actor), line.TimeMs);
        var issued = (await look.Lines(endsMs - LongestMs, "id.issued")).ToLookup(l => l.Citizen!.Value, l => l.TimeMs);
        foreach (var row in await look.Connection.QueryAsync<Row>(Sessions, new { endsMs }, look.Handle))
        {
            look.Rows++;
            var way = row.Way();
            // A card's session gets to know its citizen when the ID is issued in it, or in another at the same time.
            var told = Take(way, row.CreatedMs) || row is { Assurance: Assurance.A3, Citizen: { } citizen } && issued[citizen].Any(ms => ms >= row.CreatedMs - RightsTime.WithinMs);
            look.Unless(told, $"idn_session of {way.Way} {way.Who}, opened at {row.CreatedMs}: no line tells this login");
        }
    }

    private void Add((string, Guid) of, long timeMs)
    {
        if (!logins.TryGetValue(of, out var times)) logins[of] = times = [];
        times.Add(timeMs);
    }

    /// <summary>One login opens one session.</summary>
    private bool Take((string, Guid) of, long createdMs)
    {
        if (logins.GetValueOrDefault(of) is not { } times) return false;
        var found = times.FindIndex(ms => RightsTime.Same(ms, createdMs));
        if (found >= 0) times.RemoveAt(found);
        return found >= 0;
    }

    private sealed record Row
    {
        public SessionKind Kind { get; init; }
        public Assurance Assurance { get; init; }
        public Guid? Citizen { get; init; }
        public Guid? Staff { get; init; }
        public Guid? Terminal { get; init; }
        public long CreatedMs { get; init; }

        public (string Way, Guid Who) Way() => Kind switch
        {
            SessionKind.Office => ("office", Staff!.Value),
            SessionKind.Operator => ("operator", Staff!.Value),
            SessionKind.Terminal => ("terminal", Terminal!.Value),
            _ => (Assurance.ToString(), Citizen!.Value),
        };
    }
}
