using System.Globalization;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Operator.DatedSettings;

/// <summary>A change as it is asked for.</summary>
/// <param name="Id">UUID made by the caller: the same again proposes nothing new.</param>
/// <param name="Place">Where it holds: <c>platform</c>, <c>municipality/132985</c>, <c>place/132985</c>, <c>programme/…</c>, <c>terminal/…</c>, <c>scheme/national</c>, <c>site/…</c> with its key.</param>
/// <param name="Value">Null: taken back, so that the wider place decides again.</param>
/// <param name="From">First day, yyyy-MM-dd, from midnight in Japan; null: as soon as it is approved.</param>
/// <param name="Reason">1 to 200 characters.</param>
public sealed record WantedSetting(Guid Id, string? Key, string? Place, string? Value, string? From, string? Reason);

/// <summary>One line of a setting's past, present and future at one place.</summary>
/// <param name="When"><c>past</c>, <c>now</c> or <c>coming</c>.</param>
public sealed record SettingLine(SettingStep Step, string When);

/// <summary>The dated settings as the operators see and change them (Z1), behind page and API alike. Two people from the second operator on (decision 4).</summary>
public sealed class PlatformSettings(Settings settings, SettingChanges changes, FindStaff staff, RegistryCache registry, OnlineSiteCache sites, TimeProvider clock)
{
    public const int LongestReason = 200;

    /// <summary>Every setting with the platform's value now.</summary>
    public async Task<Result<(Setting Setting, SettingValue Value)[]>> All(StaffAtWork work)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var (view, now) = (await settings.View(), clock.NowMs());
        return Setting.All.Select(s => (s, view.Get(s, default, now))).ToArray();
    }

    /// <returns>What is in force or coming first, then what was; <c>field_unknown</c> for a key that is none.</returns>
    public async Task<Result<SettingLine[]>> Lines(StaffAtWork work, string key, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var setting = Setting.Find(key);
        if (setting.Refused is { } unknown) return unknown;
        var now = clock.NowMs();
        var steps = await changes.History(setting.Value, stop);
        var standards = setting.Value.Defaults.Select(d => new SettingStep(d.Place, d.Value, 0, 0, default));
        return steps.Concat(standards).GroupBy(s => s.Place).OrderBy(g => g.Key.Kind).ThenBy(g => g.Key.Name, StringComparer.Ordinal).SelectMany(g => Mark(g, now)).ToArray();
    }

    public async Task<Result<WaitingSetting[]>> Waiting(StaffAtWork work, CancellationToken stop) =>
        work.Require(Role.Operator).Refused is { } no ? no : (await changes.Waiting(stop)).ToArray();

    /// <returns>As <see cref="SettingChanges.Propose"/>, and <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (field), <c>municipality_unknown</c>, <c>too_large</c>.</returns>
    public async Task<Result<SettingAsked>> Propose(StaffAtWork work, WantedSetting wanted, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        var reason = Typed.HalfWidth(wanted.Reason);
        if (reason.Length == 0) return Refusal.Of("field_required", ("field", "reason"));
        if (reason.Length > LongestReason) return Refusal.Of("too_large");
        var place = await Place(wanted.Place);
        if (place.Refused is { } nowhere) return nowhere;
        long? from = null;
        if (!string.IsNullOrWhiteSpace(wanted.From))
        {
            if (!DateOnly.TryParseExact(wanted.From, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return Refusal.Of("field_required", ("field", "from"));
            if (day != clock.Today()) from = Jst.EndOf(day.AddDays(-1));
        }
        var alone = (await staff.All(stop: stop)).Count(m => m.State == StaffState.Active && m.Holds(Role.Operator)) < 2;
        return await changes.Propose(wanted.Id, new SetSetting.Change(wanted.Key ?? "", place.Value, wanted.Value, work.Actor, from, reason), alone, stop);
    }

    /// <returns>As <see cref="SettingChanges.Approve"/>, and <c>role_forbidden</c>, <c>confirm_required</c>.</returns>
    public async Task<Result<SettingAsked>> Approve(StaffAtWork work, Guid id, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        return ConfirmTotp.Require(work.Session, clock).Refused is { } again ? again : await changes.Approve(id, work.Actor, stop);
    }

    /// <returns>As <see cref="SettingChanges.Refuse"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<bool>> Refuse(StaffAtWork work, Guid id, CancellationToken stop) =>
        work.Require(Role.Operator).Refused is { } no ? no : await changes.Refuse(id, work.Actor, stop);

    private async Task<Result<SettingPlace>> Place(string? typed)
    {
        var text = Typed.HalfWidth(typed).ToLowerInvariant();
        if (text.Length == 0) return Refusal.Of("field_required", ("field", "place"));
        var place = SettingPlace.Read(text);
        if (place is { Ok: true, Value.Kind: ScopeKind.Site } && (await sites.View()).Find(place.Value.Name) is null) return Refusal.Of("field_unknown", ("field", text));
        if (place.Refused is not null || place.Value.Kind is not (ScopeKind.Municipality or ScopeKind.Place)) return place;
        return (await registry.View()).Find(MunicipalityCode.Of(place.Value.Name)) is null ? Refusal.Of("municipality_unknown") : place;
    }

    // Latest first, and of one instant the one set last: the first that has begun is in force.
    private static IEnumerable<SettingLine> Mark(IEnumerable<SettingStep> latestFirst, long now)
    {
        var found = false;
        foreach (var step in latestFirst)
        {
            var when = step.ValidFromMs > now ? "coming" : found ? "past" : "now";
            found |= when == "now";
            yield return new SettingLine(step, when);
        }
    }
}
