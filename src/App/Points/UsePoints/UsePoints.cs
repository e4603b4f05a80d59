using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>What a terminal asks for.</summary>
/// <param name="Id">Made by the caller, a UUID (v7 is best): the same again answers again.</param>
/// <param name="CitizenToken">From a tap, a code or a signature at this terminal; 5 minutes.</param>
/// <param name="Issuer">Municipality code of the points, 6 digits.</param>
/// <param name="Amount">Points, from 1.</param>
public sealed record UseOrder(TransferId Id, string CitizenToken, string Issuer, long Amount);

/// <summary>A citizen pays with points at an acceptor's terminal (S0-4016a, S2-P7c).</summary>
public sealed class UsePoints(CitizenTokens tokens, RegistryCache registry, Settings settings, Ledger.Ledger ledger, TimeProvider clock)
{
    private const string TakeDay = """
        insert into pts_tap_day(bucket, citizen, issuer, civil_day, used) values (@DayBucket, @DayCitizen, @DayIssuer, @Day, @DayAmount)
        on conflict (bucket, citizen, issuer, civil_day) do update set used = pts_tap_day.used + excluded.used where pts_tap_day.used + excluded.used <= @DayLimit
        """;

    /// <returns>
    /// What was posted; or <c>amount_format</c>, <c>number_format</c>, <c>role_forbidden</c>, <c>token_expired</c>, <c>id_suspended</c>,
    /// <c>not_accepted_here</c>, <c>step_up_required</c>, and the ledger's refusals.
    /// </returns>
    public async Task<Result<Posted>> Run(Terminal terminal, UseOrder order, CancellationToken stop = default)
    {
        var amount = Points.From(order.Amount);
        if (amount.Refused is { } noAmount) return noAmount;
        var issuer = MunicipalityCode.Read(order.Issuer);
        if (issuer.Refused is { } noIssuer) return noIssuer;
        if (terminal.Require(TerminalCall.UsePoints).Refused is { } noCall) return noCall;
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        var acceptor = (await registry.View()).AcceptedHere(issuer.Value, new AcceptorId(holder));
        if (acceptor.Refused is { } notHere) return notHere;
        var shown = await tokens.Find(order.CitizenToken, terminal, order.Id, stop);
        if (shown.Refused is { } nobody) return nobody;
        return await Post(terminal, order, new Payment(shown.Value, issuer.Value, amount.Value, acceptor.Value.Id));
    }

    private async Task<Result<Posted>> Post(Terminal terminal, UseOrder order, Payment payment)
    {
        var now = clock.NowMs();
        var view = await settings.View();
        var scope = new SettingScope(Issuer: payment.Issuer, Place: terminal.Municipality, Terminal: terminal.Id);
        if (Assure(view, scope, now, order, payment) is { } no) return no;
        var tapped = payment.Shown.Way == Way.Tap;
        return await ledger.Post(Transfer.Use(order.Id, payment.Shown.Citizen.Id, payment.Issuer, payment.Amount, payment.Acceptor, Actor.Of(terminal.Id)) with
        {
            Terminal = terminal.Id,
            Order = view.Get("consume.order", scope, now).Text == "earliest_expiry" ? ConsumeOrder.EarliestExpiry : ConsumeOrder.GrantDate,
            Settings = $"{view.InForce(scope, now, tapped)};way={payment.Shown.Way.ToString().ToLowerInvariant()}",
            Companions = tapped
                ? [Take(order, payment), Day(payment, view.Number("spend.tap.limit_per_day", scope, now), Jst.Day(now))]
                : [Take(order, payment)],
        });
    }

    /// <summary>Is this way of showing oneself enough for this amount (K-02, identity.md "At terminals")?</summary>
    private static Refusal? Assure(SettingsView view, SettingScope scope, long now, UseOrder order, Payment payment)
    {
        // A signature is for one payment by one citizen, and for no other.
        if (payment.Shown.Way == Way.Signature)
            return SignedUse.Read(payment.Shown.Binding) == new SignedUse(order.Id, payment.Issuer, payment.Amount, payment.Shown.Citizen.Id) ? null : Refusal.Of("auth_failed", ("why", "binding"));
        return IsEnough(view, scope, now, payment.Shown, payment.Amount) ? null : Refusal.Of("step_up_required");
    }

    /// <summary>Whether a use needs card and PIN, for the page that asks before it (the day's limit is found when it is posted).</summary>
    public async Task<bool> NeedsPin(Terminal terminal, CitizenAtTerminal shown, MunicipalityCode issuer, Points amount) =>
        !IsEnough(await settings.View(), new SettingScope(Issuer: issuer, Place: terminal.Municipality, Terminal: terminal.Id), clock.NowMs(), shown, amount);

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

    /// <summary>The token is taken by this use and serves no other.</summary>
    private Companion Take(UseOrder order, Payment payment) =>
        new(CitizenTokens.TakeSql, tokens.TakeParameters(order.CitizenToken, payment.Shown, order.Id), 1, Refusal.Of("token_expired"));

    /// <summary>What is used by tap alone counts over all acceptors of a day.</summary>
    private Companion Day(Payment payment, long limit, DateOnly day) => new(TakeDay,
    [
        ("DayBucket", ledger.Buckets.Of(payment.Shown.Citizen.Id.Value)), ("DayCitizen", payment.Shown.Citizen.Id), ("DayIssuer", payment.Issuer.Value), ("Day", day.ToNumber()),
        ("DayAmount", payment.Amount.Value), ("DayLimit", limit),
    ], 1, Refusal.Of("step_up_required"));

    private sealed record Payment(CitizenAtTerminal Shown, MunicipalityCode Issuer, Points Amount, AcceptorId Acceptor);
}
