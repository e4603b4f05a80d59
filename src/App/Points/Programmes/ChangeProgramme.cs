using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Programmes;

/// <summary>
/// What a programme says may change while it runs, for grants from then on: name, last day, usual points, cap (S4-03) and who may get anything (S4-04). A cap counts from its
/// first grant on, so it comes only to a programme that has granted nothing yet, and then stays: it may become any other amount.
/// </summary>
public sealed class ChangeProgramme(Database database, OperationLog log)
{
    private const string Update = """
        update pts_programme set name = @Name, until_day = @Until, year_cap = @YearCap, eligibility = @Eligibility, usual_points = @Usual, leader_points = @Leader where id = @Id
        """;

    private const string Granted = """
        select case when exists (select 1 from pts_grant where programme = @id) or exists (select 1 from pts_grant_batch where programme = @id and state <> 'stored') then 1 else 0 end
        """;

    public sealed record Change(ProgrammeId Id, string Name, DateOnly Until, GrantRules Rules, Actor By);

    /// <returns>
    /// The programme; or <c>not_found</c>, <c>field_required</c> (field), <c>too_large</c>, what free text is refused for, <c>out_of_period</c> (from, until) when it is
    /// closed or would end before it began, <c>cap_uncounted</c>.
    /// </returns>
    public async Task<Result<Programme>> Run(Change change, CancellationToken stop = default)
    {
        var name = NameText.Read("name", change.Name, OpenProgramme.LongestName);
        if (name.Refused is { } no) return no;
        return await database.WriteOrRefuse<Programme>(async tx =>
        {
            if ((await tx.Connection.QuerySingleOrDefaultAsync<ProgrammeRow>(ProgrammeRow.ById, new { change.Id }, tx.Handle))?.Read() is not { } before) return Refusal.Of("not_found");
            if (before.State == ProgrammeState.Closed) return Periods.Outside(before.From, before.Until);
            if (change.Until < before.From) return Periods.Outside(before.From, change.Until);
            var after = before with { Name = name.Value, Until = change.Until, Rules = change.Rules };
            if (after == before) return before;
            if (before.Rules.YearCap is null != change.Rules.YearCap is null && (before.Rules.YearCap is not null || await HasGranted(tx, change.Id))) return Refusal.Of("cap_uncounted");
            await tx.Connection.ExecuteAsync(Update, new
            {
                change.Id, after.Name, after.Until, change.Rules.YearCap, Eligibility = Words<Eligibility>.Of(change.Rules.Eligibility), change.Rules.Usual, change.Rules.Leader,
            }, tx.Handle);
            await log.Write(tx, new Operation("programme.changed", change.By, change.Id.Value, Before: Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    private static async Task<bool> HasGranted(Transaction tx, ProgrammeId id) => await tx.Connection.ExecuteScalarAsync<long>(Granted, new { id }, tx.Handle) > 0;

    private static string Short(Programme p) => string.Create(CultureInfo.InvariantCulture,
        $"until {p.Until:yyyy-MM-dd} cap {p.Rules.YearCap?.Value} {Words<Eligibility>.Of(p.Rules.Eligibility)} usual {p.Rules.Usual?.Value} leader {p.Rules.Leader?.Value} {p.Name}");
}
