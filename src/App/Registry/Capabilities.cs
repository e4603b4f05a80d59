using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>What is to be said of a capability, as typed.</summary>
/// <param name="State"><c>dated</c>, <c>when_ready</c>, <c>undecided</c> or <c>ended</c>.</param>
/// <param name="Day">First day of a dated one, last day of an ended one.</param>
/// <param name="Said">The remark.</param>
public sealed record WantedCapability(string? State, DateOnly? Day = null, string? Said = null);

/// <summary>What municipalities take part in: few rows, read straight from their table.</summary>
public sealed class FindCapabilities(Database database)
{
    internal const string All = "select municipality, capability, state, on_day, said from reg_capability";

    /// <returns>Those of one municipality, or of all; by municipality, in the order of the table.</returns>
    public async Task<IReadOnlyList<Capability>> Of(MunicipalityCode? municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<CapabilityRow>($"{All} where (@code is null or municipality = @code)", new { code = municipality?.Value });
        var order = CapabilityKind.All.Select((k, i) => (k.Code, i)).ToDictionary();
        return [.. rows.Select(r => r.Read()).OrderBy(c => c.Municipality).ThenBy(c => order[c.Kind.Code])];
    }
}

/// <summary>Sets what a municipality takes part in, and since when (S2-P15).</summary>
public sealed class SaveCapability(Database database, OperationLog log)
{
    public const int LongestSaid = 60;

    private const string Upsert = """
        insert into reg_capability(municipality, capability, state, on_day, said) values (@Municipality, @Capability, @State, @Day, @Said)
        on conflict(municipality, capability) do update set state = excluded.state, on_day = excluded.on_day, said = excluded.said
        """;

    private const string One = $"{FindCapabilities.All} where municipality = @Municipality and capability = @Capability";

    /// <returns>
    /// The capability; <c>field_unknown</c> (field) for one that is not in the list, <c>field_required</c> (state, day, said), <c>municipality_unknown</c> (also for a ward of a designated city),
    /// <c>too_large</c>, and what free text is refused for.
    /// </returns>
    public async Task<Result<Capability>> Run(MunicipalityCode municipality, string? capability, WantedCapability wanted, Actor by, CancellationToken stop = default)
    {
        var kind = CapabilityKind.Find(capability);
        if (kind.Refused is { } unknown) return unknown;
        if (Words<CapabilityState>.Find(wanted.State ?? "") is not { } state) return Refusal.Of("field_required", ("field", "state"));
        var onDay = state is CapabilityState.Dated or CapabilityState.Ended;
        if (onDay && wanted.Day is null) return Refusal.Of("field_required", ("field", "day"));
        string? said = null;
        if (state == CapabilityState.Undecided || !string.IsNullOrWhiteSpace(wanted.Said))
        {
            var text = NameText.Read("said", wanted.Said, LongestSaid);
            if (text.Refused is { } no) return no;
            said = text.Value;
        }
        var after = new Capability(municipality, kind.Value, state, onDay ? wanted.Day : null, said);
        return await database.WriteOrRefuse<Capability>(async tx =>
        {
            if (await RegistryCache.Find(tx, municipality) is not { Kind: not MunicipalityKind.Ward }) return Refusal.Of("municipality_unknown");
            var row = new { after.Municipality, Capability = kind.Value.Code, State = Words<CapabilityState>.Of(state), after.Day, after.Said };
            var before = (await tx.Connection.QuerySingleOrDefaultAsync<CapabilityRow>(One, row, tx.Handle))?.Read();
            if (before == after) return after;
            await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle);
            await log.Write(tx, new Operation("capability.set", by, Before: before is null ? null : Short(before), After: $"{municipality} {Short(after)}"));
            return after;
        }, stop);
    }

    private static string Short(Capability c) =>
        $"{c.Kind.Code} {Words<CapabilityState>.Of(c.State)}{(c.Day is { } day ? day.ToString(" yyyy-MM-dd", CultureInfo.InvariantCulture) : "")}{(c.Said is { } said ? " " + said : "")}";
}

internal sealed record CapabilityRow
{
    public MunicipalityCode Municipality { get; init; }
    public string Capability { get; init; } = "";
    public string State { get; init; } = "";
    public DateOnly? OnDay { get; init; }
    public string? Said { get; init; }

    public Capability Read() => new(Municipality, CapabilityKind.Stored(Capability), Words<CapabilityState>.Stored(State), OnDay, Said);
}
