using Dapper;
using MyKey.App.Budgets;
using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Facilities;

/// <summary>A system that could report the use of a facility.</summary>
/// <param name="May">The office lets it, for this programme.</param>
public sealed record FacilityMachine(MachineId Id, string Label, bool May);

/// <summary>Which machines of a municipality may report use for a programme (K-12).</summary>
public sealed class Facilities(Database database, OfficeProgrammes programmes, MachineKeys keys, OperationLog log)
{
    private const string Select = "select machine from pts_facility where programme = @id";

    public async Task<bool> May(ProgrammeId id, MachineId machine, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from pts_facility where programme = @id and machine = @machine", new { id, machine }) > 0;
    }

    /// <summary>The machines of the office whose keys open this, by name.</summary>
    /// <returns>Or <c>role_forbidden</c>, <c>not_found</c>, <c>programme_not_recorded</c> for a kind of programme that nobody records for.</returns>
    public async Task<Result<FacilityMachine[]>> Of(StaffAtWork work, ProgrammeId id, CancellationToken stop = default)
    {
        var programme = await Programme(work, id, stop);
        if (programme.Refused is { } no) return no;
        await using var connection = await database.Open(stop);
        var may = (await connection.QueryAsync<MachineId>(Select, new { id })).ToHashSet();
        return (await keys.All(work.Office.Code, stop)).Where(k => k.State == MachineKeyState.Live && k.Scopes.Contains(MachineScopes.AttendanceWrite)).DistinctBy(k => k.Machine)
            .Select(k => new FacilityMachine(k.Machine, k.Label, may.Contains(k.Machine))).OrderBy(m => m.Label, StringComparer.Ordinal).ToArray();
    }

    /// <summary>These and no others from now on.</summary>
    /// <returns>As <see cref="Of"/>; <c>not_found</c> also for a machine that is none of them.</returns>
    public async Task<Result<FacilityMachine[]>> Set(StaffAtWork work, ProgrammeId id, IReadOnlyCollection<Guid> machines, CancellationToken stop = default)
    {
        var all = await Of(work, id, stop);
        if (all.Refused is { } no) return no;
        var chosen = machines.Distinct().Order().Select(MachineId.Of).ToList();
        if (chosen.Exists(c => all.Value.All(m => m.Id != c))) return Refusal.Of("not_found");
        var before = all.Value.Count(m => m.May);
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("delete from pts_facility where programme = @id", new { id }, tx.Handle);
            await tx.Connection.ExecuteAsync("insert into pts_facility(programme, machine) values (@Programme, @Machine)", chosen.Select(c => new { Programme = id, Machine = c }), tx.Handle);
            await log.Write(tx, new Operation("programme.facilities_set", work.Actor, id.Value, Before: $"{before} machines", After: $"{chosen.Count} machines"));
        }, stop);
        return all.Value.Select(m => m with { May = chosen.Contains(m.Id) }).ToArray();
    }

    private async Task<Result<Programme>> Programme(StaffAtWork work, ProgrammeId id, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var programme = await programmes.One(work, id, stop);
        return programme.Then<Programme>(p => p.TakesAttendance ? p : Refusal.Of("programme_not_recorded"));
    }
}
