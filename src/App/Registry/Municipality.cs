using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>A ward of a designated city is listed, but issues nothing of its own.</summary>
public enum MunicipalityKind { Prefecture, DesignatedCity, City, SpecialWard, Town, Village, Ward }

/// <summary>Points of a public issuer are outside the Payment Services Act; a private one must let them lapse within 6 months (formats §7).</summary>
public enum IssuerKind { Public, Private }

/// <summary>Live: issues points. Listed: known, no points. Closed: gives no more points, those it gave stay usable.</summary>
public enum MunicipalityState { Listed, Live, Closed }

/// <summary>How long points are valid: so many days or months after the day on which they were acquired, that last day included.</summary>
public readonly record struct ExpiryRule(int Days, int Months)
{
    public const int MostDays = 3660;

    /// <returns>The rule, or <c>field_required</c> for none, <c>field_unknown</c> for both, <c>out_of_period</c> (from, until) outside 1 day to 10 years (private: 6 months).</returns>
    public static Result<ExpiryRule> From(int? days, int? months, IssuerKind issuer)
    {
        if (days is null && months is null) return Refusal.Of("field_required", ("field", "expiry"));
        if (days is not null && months is not null) return Refusal.Of("field_unknown", ("field", "expiry"));
        var most = issuer == IssuerKind.Private ? 6 : 120;
        // 181 days are the shortest six months.
        var fits = months is >= 1 && months <= most || days is >= 1 && days <= (issuer == IssuerKind.Private ? 181 : MostDays);
        return fits ? new ExpiryRule(days ?? 0, months ?? 0) : Refusal.Of("out_of_period", ("from", "1日"), ("until", $"{most}か月"));
    }

    public DateOnly ExpiresOn(DateOnly acquiredOn) => acquiredOn.AddMonths(Months).AddDays(Days);

    public override string ToString() => Months > 0 ? $"{Months} months" : $"{Days} days";
}

/// <summary>A prefecture, municipality or ward as the registry knows it.</summary>
/// <param name="Brand">The name it has given its points (S4-20), or null.</param>
/// <param name="MemberFrom">Member of the council from this day on.</param>
/// <param name="UseFrom">The first day on which its points pay (S4-14); null: they always did.</param>
public sealed record Municipality(MunicipalityCode Code, string Prefecture, string Name, string Kana, MunicipalityKind Kind, string? Brand, IssuerKind Issuer,
    ExpiryRule? Expiry, DateOnly? MemberFrom, DateOnly? MemberUntil, MunicipalityState State, DateOnly? UseFrom = null)
{
    /// <summary>What it was called before, with 、 between.</summary>
    public string FormerNames { get; init; } = "";

    /// <summary>What its points are called; the official name stands beside it (S4-20).</summary>
    public string PointName => Brand ?? $"{Name}ポイント";

    /// <summary>The name that is unique in the country: 熊本県小国町.</summary>
    public string FullName => Kind == MunicipalityKind.Prefecture ? Name : Prefecture + Name;

    /// <summary>Whether it gives points now, and for how long is settled.</summary>
    public bool Issues => State == MunicipalityState.Live && Expiry is not null;

    /// <returns>null when its points pay on this day; else <c>not_started</c> (from).</returns>
    public Refusal? PaysOn(DateOnly day) => UseFrom > day ? Refusal.Of("not_started", ("from", Shared.Components.Words.Day(UseFrom.Value))) : null;

    public bool IsMemberOn(DateOnly day) => MemberFrom <= day && (MemberUntil is null || day <= MemberUntil);
}

internal sealed record MunicipalityRow
{
    private const string All = """
        select code, prefecture, name, kana, kind, brand, issuer_kind, expiry_days, expiry_months, member_from, member_until, state, use_from, former_names
        from reg_municipality
        """;

    public const string ByCode = All + " where code = @code";

    public const string ChangedAfter = All + " where changed_no > @No";

    public MunicipalityCode Code { get; init; }
    public string Prefecture { get; init; } = "";
    public string Name { get; init; } = "";
    public string Kana { get; init; } = "";
    public string Kind { get; init; } = "";
    public string? Brand { get; init; }
    public string IssuerKind { get; init; } = "";
    public int? ExpiryDays { get; init; }
    public int? ExpiryMonths { get; init; }
    public DateOnly? MemberFrom { get; init; }
    public DateOnly? MemberUntil { get; init; }
    public string State { get; init; } = "";
    public DateOnly? UseFrom { get; init; }
    public string FormerNames { get; init; } = "";

    public Municipality Read() => new(Code, Prefecture, Name, Kana, Words<MunicipalityKind>.Stored(Kind), Brand, Words<IssuerKind>.Stored(IssuerKind),
        ExpiryDays is null && ExpiryMonths is null ? null : new ExpiryRule(ExpiryDays ?? 0, ExpiryMonths ?? 0), MemberFrom, MemberUntil, Words<MunicipalityState>.Stored(State), UseFrom)
    {
        FormerNames = FormerNames,
    };
}
