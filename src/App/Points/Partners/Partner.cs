using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>Under which heading lists show a partner (S4-05).</summary>
public enum PartnerCategory { Card, Airline, Retail, Bank, Utility }

/// <summary>How points of a partner come here (S2-P11). <see cref="IdLink"/>: over the partner's own login; the others by a code.</summary>
public enum ExchangeMode { IdLink, CouponPaper, CouponMail, CouponUrl }

public sealed record PartnerMode(ExchangeMode Mode, DateOnly From, DateOnly? Until)
{
    public bool HoldsOn(DateOnly day) => From <= day && (Until is null || day <= Until);
}

/// <summary>So many of the partner's points are so many municipal points.</summary>
public readonly record struct ExchangeRate(int Partner, int Municipal)
{
    public const int Most = 10_000;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partner}:{Municipal}");
}

/// <summary>When exchanges are accepted, every day, in minutes of the day in Japan (S2-P1a).</summary>
public readonly record struct AcceptanceHours(int Opens, int Closes)
{
    public const int MinutesOfDay = 1_440;

    public bool AllDay => (Opens, Closes) == (0, MinutesOfDay);

    public override string ToString() => AllDay ? "24時間" : $"{Clock(Opens)}から{Clock(Closes)}まで";

    /// <returns>null when open; else <c>partner_closed</c> (hours, opens).</returns>
    public Refusal? Closed(long nowMs)
    {
        var now = Jst.At(nowMs);
        var minute = now.Hour * 60 + now.Minute;
        if (Opens <= minute && minute < Closes) return null;
        return Refusal.Of("partner_closed", ("hours", ToString()), ("opens", $"{(minute < Opens ? "きょう" : "あす")}の{Clock(Opens)}"));
    }

    private static string Clock(int minute) => minute == MinutesOfDay ? "夜12時" : minute % 60 == 0 ? $"{minute / 60}時" : $"{minute / 60}時{minute % 60}分";
}

/// <summary>What was agreed with a partner from a day on (S2-P12b). Unit, minimum and most are the partner's points, at one exchange.</summary>
public sealed record PartnerTerms(DateOnly From, ExchangeRate Rate, long Unit, long Minimum, long? Most, AcceptanceHours Hours)
{
    /// <returns>null when so many of the partner's points can be exchanged; <c>exchange_min</c>, <c>exchange_unit</c>, <c>exchange_limit</c> (S0-4003, S0-4005).</returns>
    public Refusal? Takes(long points)
    {
        if (points < Minimum) return Refusal.Of("exchange_min", ("minimum", Minimum));
        if (points > Most) return Refusal.Of("exchange_limit", ("most", Most.Value));
        return points % Unit == 0 ? null : Refusal.Of("exchange_unit", ("unit", Unit), ("minimum", Minimum));
    }
}

/// <summary>Where a partner's own login and interface are, from a day on (docs/partner-interface.md). Its secret stays in the database.</summary>
/// <param name="Authorize">To which a citizen's browser goes.</param>
/// <param name="Token">Where a code becomes tokens.</param>
/// <param name="Api">Begins the addresses of balance and orders.</param>
/// <param name="ClientId">What we are called there.</param>
public sealed record PartnerSite(DateOnly From, Uri Authorize, Uri Token, Uri Api, string ClientId);

/// <summary>A better rate for some days (S0-4006a).</summary>
public sealed record PartnerCampaign(DateOnly From, DateOnly Until, ExchangeRate Rate);

/// <summary>A company whose points become municipal points.</summary>
/// <param name="Key">Stands in addresses and never changes.</param>
/// <param name="Contact">Whom its members ask: an address of its own.</param>
/// <param name="Landing">Its page about this exchange.</param>
public sealed record Partner(PartnerId Id, string Key, string Name, string Kana, PartnerCategory Category, string Contact, string Landing, DateOnly From, DateOnly? Until)
{
    public IReadOnlyList<PartnerMode> Modes { get; init; } = [];

    /// <summary>The latest first.</summary>
    public IReadOnlyList<PartnerTerms> Terms { get; init; } = [];

    public IReadOnlyList<PartnerCampaign> Campaigns { get; init; } = [];

    /// <summary>The latest first.</summary>
    public IReadOnlyList<PartnerSite> Sites { get; init; } = [];

    public bool ActiveOn(DateOnly day) => From <= day && (Until is null || day <= Until);

    /// <summary>The ways by code that are open on a day.</summary>
    public IReadOnlyList<ExchangeMode> CouponsOn(DateOnly day) =>
        [.. Modes.Where(m => m.Mode != ExchangeMode.IdLink && m.HoldsOn(day)).Select(m => m.Mode).Distinct().Order()];

    public PartnerSite? SiteOn(DateOnly day) => Sites.FirstOrDefault(s => s.From <= day);

    /// <summary>Its points come over its own login on a day (S2-P11a).</summary>
    public bool LinksOn(DateOnly day) => SiteOn(day) is not null && Modes.Any(m => m.Mode == ExchangeMode.IdLink && m.HoldsOn(day));

    /// <summary>Every way that is open on a day.</summary>
    public IReadOnlyList<ExchangeMode> WaysOn(DateOnly day) => LinksOn(day) ? [ExchangeMode.IdLink, .. CouponsOn(day)] : CouponsOn(day);

    public PartnerTerms? TermsOn(DateOnly day) => Terms.FirstOrDefault(t => t.From <= day);

    /// <summary>The best rate of the day.</summary>
    public ExchangeRate? RateOn(DateOnly day) => TermsOn(day) is { } terms ? CampaignOn(day)?.Rate ?? terms.Rate : null;

    public PartnerCampaign? CampaignOn(DateOnly day) => Campaigns.FirstOrDefault(c => c.From <= day && day <= c.Until);

    /// <summary>Whether it takes coupons now, and under which terms.</summary>
    /// <returns>The terms; <c>not_started</c> (from), <c>out_of_period</c> (from, until), <c>partner_closed</c> (hours, opens).</returns>
    public Result<PartnerTerms> TakesCoupons(long nowMs) => Takes(nowMs, CouponsOn(Jst.Day(nowMs)).Count > 0);

    /// <summary>The same for points that come over its own login.</summary>
    public Result<PartnerTerms> TakesLinks(long nowMs) => Takes(nowMs, LinksOn(Jst.Day(nowMs)));

    private Result<PartnerTerms> Takes(long nowMs, bool open)
    {
        var today = Jst.Day(nowMs);
        if (today < From) return Refusal.Of("not_started", ("from", Shared.Components.Words.Day(From)));
        if (!ActiveOn(today) || !open || TermsOn(today) is not { } terms) return Ended();
        return terms.Hours.Closed(nowMs) is { } closed ? closed : terms;
    }

    private Refusal Ended()
    {
        var until = Until ?? Modes.Select(m => m.Until).Max();
        return Refusal.Of("out_of_period", ("from", Shared.Components.Words.Day(From)), ("until", until is { } day ? Shared.Components.Words.Day(day) : "お知らせの日"));
    }

    /// <summary>So many of its points as municipal points on a day, whole points only; what is less than one is the partner's.</summary>
    /// <returns>The points and the rate that made them; the refusals of <see cref="PartnerTerms.Takes"/>.</returns>
    public Result<(Points Points, ExchangeRate Rate)> Convert(long points, DateOnly day)
    {
        if (TermsOn(day) is not { } terms) return Ended();
        if (terms.Takes(points) is { } no) return no;
        var rate = RateOn(day)!.Value;
        var worth = checked(points * rate.Municipal) / rate.Partner;
        return worth is < 1 or > Points.Max ? Refusal.Of("exchange_min", ("minimum", terms.Minimum)) : (new Points(worth), rate);
    }
}
