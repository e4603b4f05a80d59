using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Voided;

public sealed record VoidedDayReply(DateOnly Day, long Amount, int Lots);

/// <param name="Year">Fiscal year.</param>
public sealed record VoidedReply(int Year, long Total, IReadOnlyList<VoidedDayReply> Days);

/// <summary>What became void of one municipality's points in a fiscal year, by day: no persons (S0-5017).</summary>
public sealed class VoidedPoints(VoidPoints voids, TimeProvider clock)
{
    public const int FirstYear = 2016;

    public int ThisYear => Jst.FiscalYear(clock.Today());

    /// <param name="year">null: this one.</param>
    /// <returns><c>role_forbidden</c>, <c>out_of_period</c> for a year before the platform or to come.</returns>
    public async Task<Result<VoidedReply>> Of(StaffAtWork work, int? year, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        var of = year ?? ThisYear;
        if (of < FirstYear || of > ThisYear) return Refusal.Of("out_of_period", ("from", new DateOnly(FirstYear, 4, 1)), ("until", new DateOnly(ThisYear + 1, 3, 31)));
        var days = await voids.Of(work.Office.Code, new DateOnly(of, 4, 1), new DateOnly(of + 1, 3, 31), stop);
        return new VoidedReply(of, days.Sum(d => d.Amount.Value), [.. days.Select(d => new VoidedDayReply(d.Day, d.Amount.Value, d.Lots))]);
    }
}

/// <summary><c>/api/v1/office/voided</c>.</summary>
public static class VoidedEndpoint
{
    public static void AddVoided(this WebApplicationBuilder builder) => builder.Services.AddSingleton<VoidedPoints>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 28, "失効したポイント", "/office/voided", Role.Officer, Role.Approver));

    public static void MapVoided(this WebApplication app) => app.MapGet("/api/v1/office/voided", Get);

    private static async Task<Answer<VoidedReply>> Get(int? year, HttpContext context, VoidedPoints voided, CancellationToken stop) =>
        await context.InOffice(work => voided.Of(work, year, stop));
}
