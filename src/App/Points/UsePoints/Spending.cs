using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Mail;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>
/// Whether a citizen who stands at a terminal has shown himself well enough for an amount (K-02, identity.md "At terminals"): to pay with points,
/// or to have paper made of them.
/// </summary>
public sealed class Spending(CitizenTokens tokens, Settings settings, PointNotices notices, PasswordSum sum, Ledger.Ledger ledger, TimeProvider clock)
{
    private const string TakeDay = """
        insert into pts_tap_day(bucket, citizen, issuer, civil_day, used) values (@DayBucket, @DayCitizen, @DayIssuer, @Day, @DayAmount)
        on conflict (bucket, citizen, issuer, civil_day) do update set used = pts_tap_day.used + excluded.used where pts_tap_day.used + excluded.used <= @DayLimit
        """;

    private const string WayMark = ";way=";

    /// <summary>How the citizen showed himself for a transfer at a terminal, as its record says; null for any other.</summary>
    public static Way? WayOf(HistoryLine line) =>
        line.Settings.LastIndexOf(WayMark, StringComparison.Ordinal) is >= 0 and var at ? Words<Way>.Find(line.Settings[(at + WayMark.Length)..]) : null;

    /// <summary>The same transfer with what goes with it: the order of use, the settings in force, the token that it takes, the day's sum by tap, or by what a password opens.</summary>
    /// <returns>Or <c>step_up_required</c>, <c>auth_failed</c>; posted, it may be refused with <c>password_limit</c> (perDay).</returns>
    public async Task<Result<Transfer>> Allow(Terminal terminal, CitizenAtTerminal shown, string token, Transfer transfer)
    {
        var now = clock.NowMs();
        var view = await settings.View();
        var scope = ScopeOf(terminal, transfer.From.Issuer);
        if (Assure(view, scope, now, shown, transfer) is { } no) return no;
        var tapped = shown.Way == Way.Tap;
        var told = shown.Way is Way.Tap or Way.Password ? await notices.For(shown.Citizen.Id, Notice.UsedWithoutPin, Purse.Of(transfer.From)) : [];
        var shownBy = transfer with
        {
            Terminal = terminal.Id,
            Order = view.Get("consume.order", scope, now).Text == "earliest_expiry" ? ConsumeOrder.EarliestExpiry : ConsumeOrder.GrantDate,
            Settings = view.InForce(scope, now, tapped),
            Companions = tapped
                ? [Take(token, shown, transfer), Day(transfer, view.Number("spend.tap.limit_per_day", scope, now), Jst.Day(now)), .. told]
                : [Take(token, shown, transfer), .. told],
        };
        // The number for shops is made with a password, or typed beside it (K-02).
        var counted = shown.Way is Way.Code or Way.Password ? await sum.Count(shownBy) : shownBy;
        return counted with { Settings = $"{counted.Settings}{WayMark}{Words<Way>.Of(shown.Way)}" };
    }

    /// <summary>Whether it needs card and PIN, for the page that asks before it (the day's limit is found when it is posted).</summary>
    public async Task<bool> NeedsPin(Terminal terminal, CitizenAtTerminal shown, MunicipalityCode issuer, Points amount) =>
        !IsEnough(await settings.View(), ScopeOf(terminal, issuer), clock.NowMs(), shown, amount);

    private static SettingScope ScopeOf(Terminal terminal, MunicipalityCode issuer) => new(Issuer: issuer, Place: terminal.Municipality, Terminal: terminal.Id);

    private static Refusal? Assure(SettingsView view, SettingScope scope, long now, CitizenAtTerminal shown, Transfer transfer)
    {
        // A signature is for one payment by one citizen, and for no other.
        if (shown.Way == Way.Signature)
        {
            var meant = new SignedUse(transfer.Id, Purse.Of(transfer.From), transfer.Amount, shown.Citizen.Id, transfer.Kind == TransferKind.TicketIssue);
            // What the transfer does not know, the caller has compared: a voucher's product, the operator of a street card.
            return SignedUse.Read(shown.Binding) is { } signed && signed.Product is not null == (transfer.Kind == TransferKind.Voucher)
                && signed.Card is not null == (transfer.Kind == TransferKind.Charge) && signed with { Product = null, Card = null } == meant
                ? null : Refusal.Of("auth_failed", ("why", "binding"));
        }
        return IsEnough(view, scope, now, shown, transfer.Amount) ? null : Refusal.Of("step_up_required");
    }

    private static bool IsEnough(SettingsView view, SettingScope scope, long now, CitizenAtTerminal shown, Points amount)
    {
        var allowed = shown.Way switch
        {
            Way.Tap => view.On("spend.tap", scope, now) && !shown.Citizen.TapOff && amount.Value <= view.Number("spend.tap.limit_per_use", scope, now),
            Way.Password => view.On("spend.password", scope, now),
            _ => view.On("spend.code", scope, now),
        };
        return allowed && amount.Value <= view.Number("spend.pin_above", scope, now);
    }

    /// <summary>The token is taken by this transfer and serves no other.</summary>
    private Companion Take(string token, CitizenAtTerminal shown, Transfer transfer) =>
        new(CitizenTokens.TakeSql, tokens.TakeParameters(token, shown, transfer.Id), 1, Refusal.Of("token_expired"), CitizenTokens.TakeManySql);

    /// <summary>What is used by tap alone counts over all acceptors of a day.</summary>
    private Companion Day(Transfer transfer, long limit, DateOnly day) => new(TakeDay,
    [
        ("DayBucket", ledger.BucketOf(transfer)), ("DayCitizen", transfer.Citizen), ("DayIssuer", transfer.From.Issuer.Value), ("Day", day.ToNumber()),
        ("DayAmount", transfer.Amount.Value), ("DayLimit", limit),
    ], 1, Refusal.Of("step_up_required"));
}
