using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Budgets;

/// <summary>The programmes as the office of their municipality works with them.</summary>
public sealed class OfficeProgrammes(ProgrammeList programmes, OpenProgramme open, ChangeProgramme change, CloseProgramme close, Limits limits)
{
    public async Task<IReadOnlyList<(Programme Programme, LimitState Budget)>> All(MunicipalityCode municipality, CancellationToken stop = default)
    {
        var all = new List<(Programme, LimitState)>();
        foreach (var programme in await programmes.Of(municipality, stop)) all.Add((programme, await Budget(programme.Id)));
        return all;
    }

    /// <summary>A budget that nobody has set is empty.</summary>
    public async Task<LimitState> Budget(ProgrammeId programme) => await limits.Read(LimitId.Budget(programme)) ?? new LimitState(Points.Zero, Points.Zero);

    /// <returns>A programme of this office, or <c>not_found</c>.</returns>
    public async Task<Result<Programme>> One(StaffAtWork work, ProgrammeId id, CancellationToken stop = default) =>
        await programmes.Find(id, stop) is { } programme && programme.Municipality == work.Office.Code ? programme : Refusal.Of("not_found");

    /// <returns>The programme; <c>role_forbidden</c> and the refusals of <see cref="OpenProgramme"/>.</returns>
    public async Task<Result<Programme>> Open(StaffAtWork work, OpenProgramme.Plan plan, CancellationToken stop = default) =>
        work.Require(Role.Officer).Refused is { } no ? no : await open.Run(plan, stop);

    /// <returns>The programme; <c>role_forbidden</c> and the refusals of <see cref="ChangeProgramme"/>.</returns>
    public async Task<Result<Programme>> Change(StaffAtWork work, ChangeProgramme.Change wanted, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var programme = await One(work, wanted.Id, stop);
        return programme.Refused is { } no ? no : await change.Run(wanted, stop);
    }

    /// <returns>true when it was open; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<bool>> Close(StaffAtWork work, ProgrammeId id, string? reason, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var programme = await One(work, id, stop);
        return programme.Refused is { } no ? no : await close.Run(id, work.Actor, reason, stop);
    }
}
