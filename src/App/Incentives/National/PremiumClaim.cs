using System.Globalization;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>Over: more is claimed than was granted, refused. Short: less is; an operator may close it so. Approved: closed for good.</summary>
public enum PremiumClaimState { Over, Short, Approved }

/// <summary>A month of civil days in Japan.</summary>
public readonly record struct ClaimMonth(int Number)
{
    public DateOnly First => new(Number / 100, Number % 100, 1);

    public DateOnly Last => First.AddMonths(1).AddDays(-1);

    public static ClaimMonth? Read(string? typed) =>
        DateOnly.TryParseExact(typed + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? new ClaimMonth(day.Year * 100 + day.Month) : null;

    public override string ToString() => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>What a service claims for a month against what was granted (R-D1).</summary>
public sealed record PremiumClaim(PaymentServiceId Service, ClaimMonth Month, string Sha256, PremiumClaimState State, int ClaimedLines, long Claimed, int GrantedLines, long Granted, int Differences, long MadeMs, long? DecidedMs)
{
    public static string Word(PremiumClaimState state) => state switch { PremiumClaimState.Over => "多すぎる請求です。受け付けていません", PremiumClaimState.Short => "付与より少ない請求です", _ => "承認しました" };
}

/// <summary>A line on which both do not agree.</summary>
public sealed record ClaimDifference(string Event, long Claimed, long Granted);

internal sealed class PremiumClaimRow
{
    public const string All = "select service, month, sha256, state, claimed_lines, claimed, granted_lines, granted, differences, made_ms, decided_ms from inc_premium_claim";

    public PaymentServiceId Service { get; init; }
    public int Month { get; init; }
    public string Sha256 { get; init; } = "";
    public string State { get; init; } = "";
    public int ClaimedLines { get; init; }
    public long Claimed { get; init; }
    public int GrantedLines { get; init; }
    public long Granted { get; init; }
    public int Differences { get; init; }
    public long MadeMs { get; init; }
    public long? DecidedMs { get; init; }

    public PremiumClaim Read() => new(Service, new ClaimMonth(Month), Sha256, Words<PremiumClaimState>.Stored(State), ClaimedLines, Claimed, GrantedLines, Granted, Differences, MadeMs, DecidedMs);
}
