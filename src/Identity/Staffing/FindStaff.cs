using System.Data.Common;
using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Staffing;

/// <summary>Finds members of staff with the roles they have now.</summary>
public sealed class FindStaff(Database database)
{
    private const string Columns = "select s.id, s.number, s.state, r.role, r.municipality from idn_staff s left join idn_staff_role r on r.staff = s.id";

    private const string Everybody = $"{Columns} order by s.number, r.municipality, r.role";

    private const string OneMember = $"{Columns} where s.id = @Id order by r.municipality, r.role";

    /// <summary>Who is signed in; <c>login_required</c> when nobody of staff is, or the account has ended.</summary>
    public async Task<Result<StaffMember>> Of(Session session, CancellationToken stop = default)
    {
        if (session.Staff is not { } id) return Refusal.Of("login_required");
        await using var connection = await database.Open(stop);
        return await Get(connection, null, id) is { State: StaffState.Active } member ? member : Refusal.Of("login_required");
    }

    /// <summary>All of a municipality, or with null all there are.</summary>
    public async Task<IReadOnlyList<StaffMember>> All(MunicipalityCode? municipality = null, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var staff = await Read(connection, null, Everybody, new { });
        return [.. staff.Where(s => municipality is null || s.Roles.Any(r => r.Municipality == municipality))];
    }

    internal static async Task<StaffMember?> Get(DbConnection connection, DbTransaction? handle, StaffId id) =>
        (await Read(connection, handle, OneMember, new { Id = id })).SingleOrDefault();

    private static async Task<List<StaffMember>> Read(DbConnection connection, DbTransaction? handle, string sql, object values)
    {
        var rows = await connection.QueryAsync<(StaffId Id, string Number, StaffState State, string? Role, string? Municipality)>(sql, values, handle);
        return [.. rows.GroupBy(r => (r.Id, r.Number, r.State)).Select(g => new StaffMember(g.Key.Id, g.Key.Number, g.Key.State,
            [.. g.Where(r => r.Role is not null).Select(r => new GivenRole(Roles.Read(r.Role!), r.Municipality is "" or null ? null : MunicipalityCode.Of(r.Municipality)))]))];
    }
}
