using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using Kind = MyKey.App.Programmes.GrantKind;

namespace MyKey.App.Programmes;

/// <summary>What a grant is for: each time somebody takes part, a life event, once a year, a benefit, anything else (S2-P19c–e, S2-P2c).</summary>
public enum GrantKind { Activity, LifeEvent, Yearly, Benefit, Other }

public enum ProgrammeState { Open, Closed }

/// <summary>Who may get anything: anyone; whose MyKeyId is on the office's list; of whom the officer has seen a proof (S4-04). No birthday is stored.</summary>
public enum Eligibility { Anyone, List, Proof }

/// <summary>What a programme says about each of its grants.</summary>
/// <param name="YearCap">What one person gets out of it in a fiscal year at most (S4-03); null: no end but the budget.</param>
/// <param name="Usual">What it usually gives (S2-P19c): a form begins with it, a line of a file may leave the points out.</param>
/// <param name="Leader">The same for who leads (S4-02b).</param>
public sealed record GrantRules(Kernel.Points? YearCap = null, Eligibility Eligibility = Eligibility.Anyone, Kernel.Points? Usual = null, Kernel.Points? Leader = null)
{
    public static Result<GrantRules> From(long? yearCap, Eligibility eligibility, long? usual, long? leader)
    {
        foreach (var amount in new[] { yearCap, usual, leader }.OfType<long>())
            if (Kernel.Points.From(amount).Refused is { } no) return no;
        return new GrantRules(Read(yearCap), eligibility, Read(usual), Read(leader));
    }

    internal static Kernel.Points? Read(long? amount) => amount is { } points ? new Kernel.Points(points) : null;
}

/// <summary>One measure of a municipality.</summary>
/// <param name="From">First and last day on which it grants.</param>
/// <param name="Expiry">How long its points are valid; null: as the municipality's points are.</param>
/// <param name="Budget">The limit out of which it grants; null: none set.</param>
public sealed record Programme(ProgrammeId Id, MunicipalityCode Municipality, string Name, GrantKind Kind, DateOnly From, DateOnly Until, ExpiryRule? Expiry, Guid? Budget, ProgrammeState State)
{
    public GrantRules Rules { get; init; } = new();

    /// <summary>Whether somebody's being there gives something: each time, or over a year (S2-P3d).</summary>
    public bool TakesAttendance => Kind is GrantKind.Activity or GrantKind.Yearly or GrantKind.Other;

    /// <returns>null when it grants on this day; else <c>not_started</c> (from) or <c>out_of_period</c> (from, until; S4-14).</returns>
    public Refusal? GrantsOn(DateOnly day) =>
        day < From ? Refusal.Of("not_started", ("from", Shared.Components.Words.Day(From)))
        : day > Until || State == ProgrammeState.Closed ? Periods.Outside(From, Until)
        : null;

    /// <summary>The last day on which points that are granted on <paramref name="day"/> can be used.</summary>
    /// <returns>The day, or <c>municipality_unknown</c> when the municipality has no rule: it is not a live issuer.</returns>
    public Result<DateOnly> ExpiresOn(DateOnly day, Municipality municipality)
    {
        Must.Hold(municipality.Code == Municipality, "a programme asks its own municipality");
        return (Expiry ?? municipality.Expiry) is { } rule ? rule.ExpiresOn(day) : Refusal.Of("municipality_unknown");
    }
}

internal sealed record ProgrammeRow
{
    private const string All = "select id, municipality, name, grant_kind, from_day, until_day, expiry_days, expiry_months, budget, state, year_cap, eligibility, usual_points, leader_points from pts_programme";

    public const string ById = All + " where id = @Id";

    public const string OfMunicipality = All + " where municipality = @municipality order by from_day desc, id desc";

    public ProgrammeId Id { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string Name { get; init; } = "";
    public string GrantKind { get; init; } = "";
    public DateOnly FromDay { get; init; }
    public DateOnly UntilDay { get; init; }
    public int? ExpiryDays { get; init; }
    public int? ExpiryMonths { get; init; }
    public Guid? Budget { get; init; }
    public string State { get; init; } = "";
    public long? YearCap { get; init; }
    public string Eligibility { get; init; } = "";
    public long? UsualPoints { get; init; }
    public long? LeaderPoints { get; init; }

    public Programme Read() => new(Id, Municipality, Name, Words<Kind>.Stored(GrantKind), FromDay, UntilDay,
        ExpiryDays is null && ExpiryMonths is null ? null : new ExpiryRule(ExpiryDays ?? 0, ExpiryMonths ?? 0), Budget, Words<ProgrammeState>.Stored(State))
    {
        Rules = new GrantRules(GrantRules.Read(YearCap), Words<Programmes.Eligibility>.Stored(Eligibility), GrantRules.Read(UsualPoints), GrantRules.Read(LeaderPoints)),
    };
}
