using MyKey.App.Registry;
using MyKey.App.UsePoints;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Donations;

/// <summary>What a citizen gives.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Municipality">Whose points they are, and who gets them.</param>
public sealed record WantedDonation(Guid Id, string? Municipality, long Amount);

/// <summary>
/// A citizen gives points to the municipality that issued them, where it takes them (S0-4047). There is no tax certificate, and no way back; ふるさと納税 is another thing and has none here (S0-4013).
/// </summary>
public sealed class Donate(Settings settings, PasswordSum sum, RegistryCache registry, Ledger.Ledger ledger, TimeProvider clock)
{
    private const string Open = "donation.open";

    /// <summary>The municipalities that take donations now.</summary>
    public async Task<IReadOnlyList<Municipality>> Takers()
    {
        var (view, now) = (await settings.View(), clock.NowMs());
        return [.. (await registry.View()).Municipalities.Where(m => m.Issues && view.On(Open, new SettingScope(Issuer: m.Code), now)).OrderBy(m => m.Code)];
    }

    /// <summary>Whether it could be given now; nothing moves.</summary>
    /// <returns>The municipality; <c>amount_format</c>, <c>field_required</c> (field), <c>municipality_unknown</c>, <c>not_started</c> (from), <c>donation_closed</c>, <c>id_suspended</c>.</returns>
    public async Task<Result<Municipality>> Judge(Citizen citizen, WantedDonation wanted)
    {
        if (Points.From(wanted.Amount).Refused is { } unreadable) return unreadable;
        if (citizen.RequireActive().Refused is { } stopped) return stopped;
        var town = (await registry.View()).Issuing(wanted.Municipality);
        if (town.Refused is { } nowhere) return nowhere;
        if (town.Value.PaysOn(clock.Today()) is { } early) return early;
        return (await settings.View()).On(Open, new SettingScope(Issuer: town.Value.Code), clock.NowMs()) ? town : Refusal.Of("donation_closed");
    }

    /// <param name="byCard">The session was opened with card and PIN.</param>
    /// <returns>What was posted; as <see cref="Judge"/>, <c>password_limit</c> (perDay), and the ledger's refusals.</returns>
    public async Task<Result<Posted>> Run(Citizen citizen, bool byCard, WantedDonation wanted)
    {
        var town = await Judge(citizen, wanted);
        if (town.Refused is { } no) return no;
        var (view, scope, now) = (await settings.View(), new SettingScope(Issuer: town.Value.Code), clock.NowMs());
        var gift = Transfer.Donate(new TransferId(wanted.Id), citizen.Id, town.Value.Code, new Points(wanted.Amount), Actor.Of(citizen.Id)) with
        {
            Order = view.Get("consume.order", scope, now).Text == "earliest_expiry" ? ConsumeOrder.EarliestExpiry : ConsumeOrder.GrantDate,
            Settings = view.InForce(scope, now),
        };
        return await ledger.Post(byCard ? gift : await sum.Count(gift));
    }
}
