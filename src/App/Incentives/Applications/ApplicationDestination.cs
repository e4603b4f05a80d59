using MyKey.App.Claims;
using MyKey.App.Entitlements;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Applications;

/// <summary>Where a grant is to go, chosen and signed with the application where the dated setting <c>destination.when</c> of the municipality or programme says so (S1-35a); else it is chosen with the claim.</summary>
public sealed class ApplicationDestination(JudgeClaim judge, Settings settings, TimeProvider clock)
{
    /// <summary>Whether an application of today names it.</summary>
    public async Task<bool> Asked(Offered offered) =>
        offered.Offer.IsClaimed && (await settings.View()).Get("destination.when", new SettingScope(Issuer: offered.Offer.Municipality, Programme: offered.Offer.Programme), clock.NowMs()).Text == "application";

    /// <summary>What can be chosen today (S1-36).</summary>
    public Task<IReadOnlyList<ClaimTarget>> Targets(CitizenId citizen, Offered offered, CancellationToken stop = default) => judge.Targets(citizen, offered.Offer.Programme, offered.Offer.Municipality, stop);

    /// <param name="to">As <see cref="ClaimTarget.Key"/>; null: the only one that there is.</param>
    /// <returns>Null where it is chosen with the claim; <c>field_unknown</c> (field) for one that nobody asks for, and as <see cref="JudgeClaim.Choose"/>.</returns>
    public async Task<Result<ClaimTarget?>> Read(CitizenId citizen, Offered offered, string? to, CancellationToken stop = default)
    {
        if (!await Asked(offered)) return string.IsNullOrEmpty(to) ? (ClaimTarget?)null : Refusal.Of("field_unknown", ("field", "to"));
        return await Signed(citizen, offered, to, stop);
    }

    /// <summary>What was asked for when the card signed holds, whatever the setting says a moment later.</summary>
    public async Task<Result<ClaimTarget?>> Signed(CitizenId citizen, Offered offered, string? to, CancellationToken stop = default)
    {
        var target = await judge.Choose(citizen, offered.Offer.Programme, offered.Offer.Municipality, to, stop);
        return target.Refused is { } no ? no : (ClaimTarget?)target.Value;
    }

    /// <summary>As people read what was chosen; null: it is chosen with the claim.</summary>
    public async Task<string?> Word(Application application, CancellationToken stop = default) =>
        application.Destination is { } chosen ? await judge.WordOf(application.Citizen, application.Municipality, chosen, stop) : null;
}
