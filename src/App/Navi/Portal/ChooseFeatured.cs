using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Navi.Portal;

/// <summary>Operators recommend municipal points (S2-P17a).</summary>
public sealed class ChooseFeatured(PortalCache portal, RegistryCache registry, OperationLog log)
{
    private const string Upsert = """
        insert into nav_featured(municipality, words, place) values (@Municipality, @Words, @Place)
        on conflict(municipality) do update set words = excluded.words, place = excluded.place
        """;

    /// <returns>It; <c>role_forbidden</c>, <c>municipality_unknown</c> for one that gives no points, <c>field_required</c> (municipality, words), <c>number_format</c> (place), <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<Featured>> Set(StaffAtWork work, string? municipality, string? words, string? place, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        var (issuer, text, at) = ((await registry.View()).Issuing(municipality), NameText.Read("words", words, PortalEntry.LongestWords), PortalEntry.Place(place));
        if ((issuer.Refused ?? text.Refused ?? at.Refused) is { } no) return no;
        var after = new Featured(issuer.Value.Code, text.Value, at.Value);
        return await portal.Change<Featured>(async tx =>
        {
            await tx.Connection.ExecuteAsync(Upsert, new { after.Municipality, after.Words, after.Place }, tx.Handle);
            await log.Write(tx, new Operation("featured.set", work.Actor, After: string.Create(CultureInfo.InvariantCulture, $"{after.Municipality} place {after.Place} {after.Words}")));
            return after;
        }, stop);
    }

    /// <returns>What it was; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<Featured>> Remove(StaffAtWork work, string municipality, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        var code = MunicipalityCode.Read(municipality);
        if (!code.Ok || (await portal.View()).Featured.FirstOrDefault(f => f.Municipality == code.Value) is not { } before) return Refusal.Of("not_found");
        return await portal.Change<Featured>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync("delete from nav_featured where municipality = @Municipality", new { before.Municipality }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("featured.removed", work.Actor, Before: before.Municipality.Value));
            return before;
        }, stop);
    }
}
