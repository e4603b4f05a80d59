using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>What earns a premium (S3-02).</summary>
public enum RoundKinds { Charge, Purchase, Both }

/// <summary>First and last day.</summary>
public sealed record Days(DateOnly From, DateOnly Until)
{
    public bool Has(DateOnly day) => day >= From && day <= Until;

    public bool Meets(Days other) => From <= other.Until && other.From <= Until;
}

/// <summary>A round (campaign) of the national Mynapoint: all of it is data.</summary>
/// <param name="Apply">When one applies (S3-07).</param>
/// <param name="Buy">When charging or buying earns a premium.</param>
/// <param name="Rate">Percent.</param>
/// <param name="Cap">What one person gets at most (S3-03).</param>
public sealed record Round(ProgrammeId Id, string Name, Days Apply, Days Buy, int Rate, Points Cap, RoundKinds Kinds)
{
    /// <summary>The whole points of the rate, without the rest: 1,999 yen at 25 % earn 499.</summary>
    public long Earned(long amount) => checked(amount * Rate) / 100;

    public bool Takes(PremiumKind kind) => Kinds == RoundKinds.Both || (Kinds == RoundKinds.Charge ? kind == PremiumKind.Charge : kind == PremiumKind.Purchase);

    /// <returns>null on a day on which one can apply; <c>not_started</c> (from), <c>out_of_period</c> (from, until).</returns>
    public Refusal? AppliesOn(DateOnly day) =>
        day < Apply.From ? Refusal.Of("not_started", ("from", Shared.Components.Words.Day(Apply.From))) : day > Apply.Until ? Shared.Refusals.Periods.Outside(Apply.From, Apply.Until) : null;

    public static string Word(RoundKinds kinds) => kinds switch { RoundKinds.Charge => "チャージ", RoundKinds.Purchase => "買い物", _ => "チャージか買い物" };
}

/// <param name="Until">Null: as long as the round takes applications.</param>
public sealed record RoundRegistration(ProgrammeId Round, PaymentServiceId Service, DateOnly From, DateOnly? Until)
{
    public bool IsOpen(DateOnly day) => day >= From && (Until is null || day <= Until);
}

/// <summary>What a service reports. A return names an earlier event whose purchase was undone.</summary>
public enum PremiumKind { Charge, Purchase, Return }

internal sealed class RoundRow
{
    public const string All = "select id, name, apply_from, apply_until, buy_from, buy_until, rate, cap, kinds from inc_round";

    public ProgrammeId Id { get; init; }
    public string Name { get; init; } = "";
    public DateOnly ApplyFrom { get; init; }
    public DateOnly ApplyUntil { get; init; }
    public DateOnly BuyFrom { get; init; }
    public DateOnly BuyUntil { get; init; }
    public int Rate { get; init; }
    public long Cap { get; init; }
    public string Kinds { get; init; } = "";

    public Round Read() => new(Id, Name, new Days(ApplyFrom, ApplyUntil), new Days(BuyFrom, BuyUntil), Rate, new Points(Cap), Words<RoundKinds>.Stored(Kinds));
}
