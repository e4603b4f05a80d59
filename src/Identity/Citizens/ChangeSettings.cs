using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>A citizen's own settings; they hold at once (S0-5018).</summary>
public sealed class ChangeSettings(Database database, OperationLog log)
{
    /// <summary>Chooses the base municipality (S0-4048b). That such a municipality is a member is the registry's question, asked before.</summary>
    public Task<Result<Citizen>> SetBaseMunicipality(Session session, MunicipalityCode municipality, CancellationToken stop = default) =>
        Change(session, "citizen.base_set", "update idn_citizen set base_municipality = @Base where id = @Id", c => c with { BaseMunicipality = municipality }, c => c.BaseMunicipality?.Value, stop);

    /// <summary>Switches payment by a tapped card off or on.</summary>
    public Task<Result<Citizen>> SwitchTap(Session session, bool off, CancellationToken stop = default) =>
        Change(session, "citizen.tap_switched", "update idn_citizen set tap_off = @TapOff where id = @Id", c => c with { TapOff = off }, c => c.TapOff ? "off" : "on", stop);

    private Task<Result<Citizen>> Change(Session session, string action, string sql, Func<Citizen, Citizen> change, Func<Citizen, string?> shown, CancellationToken stop) =>
        database.WriteOrRefuse<Citizen>(async tx =>
        {
            if (session.RequireCitizen().Refused is { } nobody) return nobody;
            var before = Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, session.Citizen!.Value), "a session's citizen exists");
            if (before.RequireActive().Refused is { } no) return no;
            var after = change(before);
            if (after == before) return before;
            await tx.Connection.ExecuteAsync(sql, new { after.Id, Base = after.BaseMunicipality?.Value, TapOff = after.TapOff ? 1 : 0 }, tx.Handle);
            await log.Write(tx, new Operation(action, Actor.Of(after.Id), Citizen: after.Id, Before: shown(before), After: shown(after)));
            return after;
        }, stop);
}
