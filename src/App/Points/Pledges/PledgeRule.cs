using MyKey.App.OnlineSites;
using MyKey.App.Shared.Refusals;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Pledges;

/// <summary>How much may be pledged, and for how long: settings.</summary>
public sealed class PledgeRule(Settings settings, PasswordSum sum, Ledger.Ledger ledger, TimeProvider clock)
{
    private const string TakeDay = """
        insert into pts_pledge_day(bucket, citizen, issuer, civil_day, pledged) values (@DayBucket, @DayCitizen, @DayIssuer, @Day, @DayAmount)
        on conflict (bucket, citizen, issuer, civil_day) do update set pledged = pts_pledge_day.pledged + excluded.pledged where pts_pledge_day.pledged + excluded.pledged <= @DayLimit
        """;

    /// <summary>A shop's pledge lives some days; one to a project until its end, and some days more for the site to capture it.</summary>
    /// <returns>The first instant at which it is over; <c>out_of_period</c> (from, until), <c>field_required</c>, <c>field_unknown</c> (field).</returns>
    public async Task<Result<long>> ExpiresMs(OnlineSite site, DateOnly? endsOn)
    {
        var (view, now, today) = (await settings.View(), clock.NowMs(), clock.Today());
        if (!site.ActiveOn(today)) return Periods.Outside(site.From, site.Until ?? today);
        if (site.Kind == OnlineSiteKind.Shop)
            return endsOn is null ? now + view.Number("online.hold_days", default, now) * Jst.DayMs : Refusal.Of("field_unknown", ("field", "endsOn"));
        if (endsOn is not { } end) return Refusal.Of("field_required", ("field", "endsOn"));
        var last = today.AddDays((int)view.Number("online.project_days", default, now));
        return end < today || end > last ? Periods.Outside(today, last) : Jst.EndOf(end.AddDays((int)view.Number("online.pledge_days", default, now)));
    }

    /// <summary>The limits of a use and of a day of an issuer's points.</summary>
    public async Task<(long PerUse, long PerDay)> Limits(MunicipalityCode issuer)
    {
        var (view, scope, now) = (await settings.View(), new SettingScope(Issuer: issuer), clock.NowMs());
        return (view.Number("online.limit_per_use", scope, now), view.Number("online.limit_per_day", scope, now));
    }

    /// <summary>The same transfer with what goes with it: the order of use, the settings in force, the day's sum.</summary>
    /// <param name="confirmed">The citizen has confirmed it in MyKey, with the card: it counts in the day's sum, and no limit holds it; and it is none of what moves without card.</param>
    /// <returns>Or <c>online_limit</c> (perUse, perDay); posted, it may be refused with that or with <c>password_limit</c> (perDay).</returns>
    public async Task<Result<Transfer>> Allow(Transfer transfer, bool confirmed)
    {
        var (view, scope, now) = (await settings.View(), new SettingScope(Issuer: transfer.From.Issuer), clock.NowMs());
        var (perUse, perDay) = (view.Get("online.limit_per_use", scope, now), view.Get("online.limit_per_day", scope, now));
        var above = Refusal.Of("online_limit", ("perUse", perUse.Number), ("perDay", perDay.Number));
        if (!confirmed && transfer.Amount.Value > Math.Min(perUse.Number, perDay.Number)) return above;
        var limited = transfer with
        {
            Order = view.Get("consume.order", scope, now).Text == "earliest_expiry" ? ConsumeOrder.EarliestExpiry : ConsumeOrder.GrantDate,
            Settings = $"{view.InForce(scope, now)};{perDay.Pair};{perUse.Pair}",
            Companions =
            [
                new Companion(TakeDay,
                [
                    ("DayBucket", ledger.BucketOf(transfer)), ("DayCitizen", transfer.Citizen), ("DayIssuer", transfer.From.Issuer.Value), ("Day", Jst.Day(now).ToNumber()),
                    ("DayAmount", transfer.Amount.Value), ("DayLimit", confirmed ? long.MaxValue : perDay.Number),
                ], 1, above),
            ],
        };
        return confirmed ? limited : await sum.Count(limited);
    }
}
