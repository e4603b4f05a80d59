namespace MyKey.Identity.Certificates.Lineage;

/// <summary>
/// Asks the authority which certificate came before a renewed or reissued one (S0-4029). The authority is an outside party; where it
/// gives no answer, people join their old ID by hand.
/// </summary>
public interface ISerialLineage
{
    /// <summary>One step back; whoever renewed twice without coming by is found by asking again with the predecessor.</summary>
    Task<LineageAnswer> Before(string authority, string serial, CancellationToken stop);
}

public enum LineageState
{
    /// <summary>No answer, or none that can be believed.</summary>
    Unknown = 0,
    /// <summary>The holder's first certificate.</summary>
    First = 1,
    Succeeds = 2,
}

public enum LineageCause { None = 0, Renewed = 1, Reissued = 2 }

/// <summary>The authority's answer. Authority and serial of the predecessor are written as in <see cref="AuthCertificate"/>.</summary>
public readonly record struct LineageAnswer(LineageState State, string Authority = "", string Serial = "", LineageCause Cause = LineageCause.None)
{
    public static LineageAnswer Unknown => default;

    public static LineageAnswer First => new(LineageState.First);
}
