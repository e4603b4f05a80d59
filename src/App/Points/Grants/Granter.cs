using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Grants;

/// <summary>Who grants, and for which municipality.</summary>
public sealed record Granter(Actor Actor, Municipality Municipality)
{
    /// <returns>The officer, or <c>role_forbidden</c>.</returns>
    public static Result<Granter> Of(StaffAtWork work) => work.Require(Role.Officer).Then<Granter>(m => new Granter(Actor.Of(m.Id), work.Office));

    /// <summary>Whoever asks over the API: a machine with <c>grants.write</c>, or the officer whose cookie came along.</summary>
    public static async Task<Result<Granter>> Of(HttpContext context, RegistryCache registry)
    {
        if (!MachineShell.HasKey(context)) return (await context.Staff(StaffDoor.Office)).Then(Of);
        var machine = (await context.Machine()).Then(m => m.Require(MachineScopes.GrantsWrite));
        if (machine.Refused is { } no) return no;
        return (await registry.View()).Find(machine.Value.Municipality) is { } town ? new Granter(Actor.Of(machine.Value.Id), town) : Refusal.Of("municipality_unknown");
    }
}

/// <summary>What holds for every grant, to one person or by file.</summary>
public sealed class GrantConditions(ProgrammeList programmes, Settings settings, TimeProvider clock)
{
    public const int LongestOccasion = 60;

    private const int MostMonths = 120;

    private const int MostMonthsPrivate = 6;

    /// <returns>A programme of this municipality that grants today; <c>not_found</c>, <c>not_started</c>, <c>out_of_period</c>.</returns>
    public async Task<Result<Programme>> Programme(Granter granter, ProgrammeId id, CancellationToken stop)
    {
        if (await programmes.Find(id, stop) is not { } programme || programme.Municipality != granter.Municipality.Code) return Refusal.Of("not_found");
        return programme.GrantsOn(clock.Today()) is { } no ? no : programme;
    }

    /// <summary>The last day of the points: as asked for (S0-1006b), else by the programme's rule (S0-4033a).</summary>
    /// <returns>The day; <c>out_of_period</c> (from, until) when it has passed or lies beyond what the issuer may give.</returns>
    public Result<DateOnly> ExpiresOn(Programme programme, Municipality municipality, DateOnly? asked)
    {
        var today = clock.Today();
        if (asked is not { } day) return programme.ExpiresOn(today, municipality);
        var last = today.AddMonths(municipality.Issuer == IssuerKind.Private ? MostMonthsPrivate : MostMonths);
        return day > today && day <= last ? day : Periods.Outside(today.AddDays(1), last);
    }

    /// <summary>
    /// What counts once per person; empty where nothing does. A life event or a benefit is its programme itself (S2-P19d, S2-P2c), a yearly one its fiscal year (S2-P19e).
    /// </summary>
    /// <returns>The occasion; <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>.</returns>
    public Result<string> Occasion(Programme programme, string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length > LongestOccasion) return Refusal.Of("too_large");
        if (FreeText.Check(text) is { } no) return no;
        // A benefit is paid once, whatever a file calls it (S2-P2c).
        if (text.Length > 0 && programme.Kind != GrantKind.Benefit) return text;
        return programme.Kind switch { GrantKind.LifeEvent or GrantKind.Benefit => programme.Name, GrantKind.Yearly => OccasionOf(Jst.FiscalYear(clock.Today())), _ => "" };
    }

    /// <summary>Under which occasion a fiscal year of a yearly programme becomes points, whichever way: each person once (S2-P19e).</summary>
    public static string OccasionOf(int fiscalYear) => $"{fiscalYear}年度";

    /// <summary>What one maker may do alone on a day: out of this programme, and out of all of the municipality together.</summary>
    public async Task<AloneMost> Alone(MunicipalityCode municipality, ProgrammeId programme)
    {
        var (view, now) = (await settings.View(), clock.NowMs());
        return new(view.Number("grant.four_eyes_above", new SettingScope(Issuer: municipality, Programme: programme), now), view.Number("grant.four_eyes_above", new SettingScope(Issuer: municipality), now));
    }
}
