using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>A line of <c>capabilities.csv</c>: what a municipality can take part in.</summary>
/// <param name="Name">Japanese, as a sentence.</param>
/// <param name="Short">Head of a column.</param>
public sealed record CapabilityKind(string Code, string Name, string Short, string Source)
{
    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<CapabilityKind> All { get; } = [.. Embedded.Rows(typeof(CapabilityKind), "capabilities.csv", 4).Select(c => new CapabilityKind(c[0], c[1], c[2], c[3]))];

    /// <returns>The kind, or <c>field_unknown</c> (field).</returns>
    public static Result<CapabilityKind> Find(string? code) => All.FirstOrDefault(k => k.Code == code) is { } kind ? kind : Refusal.Of("field_unknown", ("field", code ?? ""));

    /// <exception cref="BrokenProperty">A stored code that is not in the list.</exception>
    public static CapabilityKind Stored(string code) => Must.Have(All.FirstOrDefault(k => k.Code == code), $"{code} is in capabilities.csv");
}

/// <summary>Dated: from a day on. WhenReady: ※. Undecided: in words of its own. Ended: until a day.</summary>
public enum CapabilityState { Dated, WhenReady, Undecided, Ended }

/// <summary>That a municipality takes part in something (S2-P15).</summary>
/// <param name="Day">First day when dated, last day when ended.</param>
/// <param name="Said">The remark; of an undecided one what is shown instead of a day.</param>
public sealed record Capability(MunicipalityCode Municipality, CapabilityKind Kind, CapabilityState State, DateOnly? Day, string? Said)
{
    public bool IsLive(DateOnly today) => State switch { CapabilityState.Dated => Day <= today, CapabilityState.Ended => today <= Day, _ => false };

    /// <summary>As the table has it: ●, the first day, 準備中, or its own words (S2-P15).</summary>
    public string Shown(DateOnly today) => State switch
    {
        CapabilityState.Dated => Day <= today ? "●" : $"{Shared.Components.Words.Day(Day!.Value)}から",
        CapabilityState.WhenReady => "※準備中",
        CapabilityState.Undecided => Said!,
        _ => today <= Day ? $"●{Shared.Components.Words.Day(Day!.Value)}まで" : "終わりました",
    };
}
