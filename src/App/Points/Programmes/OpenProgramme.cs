using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Programmes;

/// <summary>A municipality begins a programme.</summary>
public sealed class OpenProgramme(Database database, OperationLog log, RegistryCache registry)
{
    public const int LongestName = 60;

    private const string Insert = """
        insert into pts_programme(id, municipality, name, grant_kind, from_day, until_day, expiry_days, expiry_months, budget, state,
          year_cap, eligibility, usual_points, leader_points)
        values (@Id, @Municipality, @Name, @Kind, @From, @Until, @ExpiryDays, @ExpiryMonths, @Budget, 'open', @YearCap, @Eligibility, @Usual, @Leader)
        on conflict do nothing
        """;

    /// <param name="Id">Made by the caller: the same again answers again.</param>
    /// <param name="ExpiryDays">This or months; neither: as the municipality's points.</param>
    public sealed record Plan(ProgrammeId Id, MunicipalityCode Municipality, string Name, GrantKind Kind, DateOnly From, DateOnly Until, Actor By,
        int? ExpiryDays = null, int? ExpiryMonths = null, Guid? Budget = null, GrantRules? Rules = null);

    /// <returns>
    /// The programme; or <c>municipality_unknown</c> for one that is no live issuer, <c>field_required</c> (field), <c>out_of_period</c>
    /// (from, until) when it ends before it begins or its points are valid too long, <c>id_reused</c>, <c>too_large</c>.
    /// </returns>
    public async Task<Result<Programme>> Run(Plan plan, CancellationToken stop = default)
    {
        var name = NameText.Read("name", plan.Name, LongestName);
        if (name.Refused is { } no) return no;
        if (plan.Until < plan.From) return Refusal.Of("out_of_period", ("from", plan.From.ToString("yyyy-MM-dd")), ("until", plan.Until.ToString("yyyy-MM-dd")));
        if ((await registry.View()).Find(plan.Municipality) is not { State: MunicipalityState.Live } issuer) return Refusal.Of("municipality_unknown");
        ExpiryRule? expiry = null;
        if (plan.ExpiryDays is not null || plan.ExpiryMonths is not null)
        {
            var rule = ExpiryRule.From(plan.ExpiryDays, plan.ExpiryMonths, issuer.Issuer);
            if (rule.Refused is { } bad) return bad;
            expiry = rule.Value;
        }
        var programme = new Programme(plan.Id, plan.Municipality, name.Value, plan.Kind, plan.From, plan.Until, expiry, plan.Budget, ProgrammeState.Open) { Rules = plan.Rules ?? new GrantRules() };
        return await database.WriteOrRefuse(tx => Write(tx, plan, programme), stop);
    }

    private async Task<Result<Programme>> Write(Transaction tx, Plan plan, Programme programme)
    {
        var row = new
        {
            programme.Id, programme.Municipality, programme.Name, Kind = Words<GrantKind>.Of(programme.Kind), programme.From, programme.Until,
            plan.ExpiryDays, plan.ExpiryMonths, programme.Budget, programme.Rules.YearCap, Eligibility = Words<Eligibility>.Of(programme.Rules.Eligibility), programme.Rules.Usual, programme.Rules.Leader,
        };
        if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0)
        {
            var there = (await tx.Connection.QuerySingleAsync<ProgrammeRow>(ProgrammeRow.ById, row, tx.Handle)).Read();
            return there with { State = ProgrammeState.Open } == programme ? there : Refusal.Of("id_reused");
        }
        await log.Write(tx, new Operation("programme.opened", plan.By, programme.Id.Value,
            After: $"{programme.Municipality} {row.Kind} {programme.From:yyyy-MM-dd} to {programme.Until:yyyy-MM-dd} {programme.Name}{Said(programme.Rules)}"));
        return programme;
    }

    private static string Said(GrantRules rules) =>
        (rules.YearCap is { } cap ? $" cap {cap}" : "") + (rules.Eligibility == Eligibility.Anyone ? "" : $" {Words<Eligibility>.Of(rules.Eligibility)}");
}

/// <summary>A programme grants no more; what it granted stays.</summary>
public sealed class CloseProgramme(Database database, OperationLog log)
{
    /// <returns>True when it was open; or <c>not_found</c>, or what <see cref="FreeText"/> refuses in the reason.</returns>
    public Task<Result<bool>> Run(ProgrammeId id, Actor by, string? reason, CancellationToken stop = default) => database.WriteOrRefuse<bool>(async tx =>
    {
        if (FreeText.Check(reason) is { } no) return no;
        if (await tx.Connection.ExecuteAsync("update pts_programme set state = 'closed' where id = @id and state = 'open'", new { id }, tx.Handle) == 0)
            return await tx.Connection.ExecuteScalarAsync<long>("select count(*) from pts_programme where id = @id", new { id }, tx.Handle) > 0 ? false : Refusal.Of("not_found");
        await log.Write(tx, new Operation("programme.closed", by, id.Value, Before: "open", After: "closed", Reason: reason));
        return true;
    }, stop);
}
