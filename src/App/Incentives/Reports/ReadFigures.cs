using System.Data.Common;
using Dapper;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Reports;

/// <summary>One that nobody received.</summary>
/// <param name="ShownId">null: it was not applied for by this person.</param>
public sealed record LapsedLine(string? ShownId, Points Amount, DateOnly Day);

/// <summary>Reads how offers stand: our rows and the ledger in one snapshot, so that the figures of a page are of one moment and add up.</summary>
public sealed class ReadFigures(Database database, ProgrammeReading ledger, OfficeOffers offers, TimeProvider clock)
{
    public const int LapsedPerPage = 50, MostPages = 2_000;

    private const string ByDay = "select (made_ms + 32400000) / 86400000 as day, state, count(*) as people from inc_application where programme = @programme group by 1, 2";

    private const string GrantedOf = "select count(*) as people, cast(coalesce(sum(credited), 0) as bigint) as points from inc_application where programme = @programme and state = 'granted'";

    private const string EntitledOf = "select count(*) as people, cast(coalesce(sum(amount), 0) as bigint) as points from inc_entitlement where programme = @programme";

    private const string ShownOnSqlite = "select citizen, shown_id from inc_application where programme = @programme and citizen in @citizens";

    private const string ShownOnPostgres = "select citizen, shown_id from inc_application where programme = @programme and citizen = any(@citizens)";

    /// <returns><c>role_forbidden</c>, <c>not_found</c>, also for a draft.</returns>
    public async Task<Result<OfferFigures>> One(StaffAtWork work, ProgrammeId id, CancellationToken stop = default)
    {
        var found = await offers.One(work, id, stop);
        if (found.Refused is { } no) return no;
        return found.Value.State == OfferState.Draft ? Refusal.Of("not_found") : (await Read(work.Office.Code, id, [found.Value], stop))[0];
    }

    /// <summary>All that the office has published, the latest to end first.</summary>
    public async Task<Result<List<OfferFigures>>> All(StaffAtWork work, CancellationToken stop = default)
    {
        var all = await offers.All(work, stop);
        return all.Refused is { } no ? no : await Read(work.Office.Code, null, [.. all.Value.Where(o => o.State != OfferState.Draft)], stop);
    }

    /// <summary>What lapsed because nobody received it (S1-S1): each with what staff know the person by in this programme.</summary>
    public async Task<Result<(IReadOnlyList<LapsedLine> Lines, bool More)>> Lapsed(StaffAtWork work, ProgrammeId id, int page, CancellationToken stop = default)
    {
        var found = await offers.One(work, id, stop);
        if (found.Refused is { } no) return no;
        if (page is < 1 or > MostPages) return Refusal.Of("field_unknown", ("field", "page"));
        return await database.Snapshot<(IReadOnlyList<LapsedLine>, bool)>(async snapshot =>
        {
            var lapsed = await ledger.Lapsed(snapshot, id, clock.Today(), (LapsedPerPage + 1, (page - 1) * LapsedPerPage));
            var shown = await Shown(snapshot, id, [.. lapsed.Select(l => l.Citizen).Distinct()]);
            return ([.. lapsed.Take(LapsedPerPage).Select(l => new LapsedLine(shown.GetValueOrDefault(l.Citizen), l.Amount, l.Day))], lapsed.Count > LapsedPerPage);
        }, stop);
    }

    private Task<List<OfferFigures>> Read(MunicipalityCode municipality, ProgrammeId? only, IReadOnlyList<Offer> wanted, CancellationToken stop) => database.Snapshot(async snapshot =>
    {
        var today = clock.Today();
        var parts = (await ledger.Parts(snapshot, municipality, only, today, today.AddDays(OfferFigures.SoonDays))).ToLookup(p => p.Programme);
        var all = new List<OfferFigures>();
        foreach (var offer in wanted) all.Add(await Of(snapshot, offer, [.. parts[offer.Programme]]));
        return all;
    }, stop);

    private async Task<OfferFigures> Of(DbConnection snapshot, Offer offer, IReadOnlyList<EntitledPart> parts)
    {
        var programme = offer.Programme;
        var rows = (await snapshot.QueryAsync<(long Day, string State, long People)>(ByDay, new { programme })).AsList();
        var days = rows.GroupBy(r => r.Day).OrderBy(g => g.Key).Select(g => (DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(g.Key)), g.Sum(r => r.People))).ToList();
        var states = rows.GroupBy(r => Words<ApplicationState>.Stored(r.State)).ToDictionary(g => g.Key, g => g.Sum(r => r.People));
        var (granted, entitled) = (await Sum(snapshot, GrantedOf, programme), await Sum(snapshot, EntitledOf, programme));
        return new OfferFigures(offer, days, states, granted, entitled, parts, await ledger.Budget(snapshot, programme));
    }

    private static async Task<Sum> Sum(DbConnection snapshot, string sql, ProgrammeId programme)
    {
        var (people, points) = await snapshot.QuerySingleAsync<(long People, long Points)>(sql, new { programme });
        return new Sum(people, points);
    }

    private async Task<IReadOnlyDictionary<CitizenId, string>> Shown(DbConnection snapshot, ProgrammeId programme, IReadOnlyList<CitizenId> citizens)
    {
        if (citizens.Count == 0) return new Dictionary<CitizenId, string>();
        var rows = database.Engine == Engine.Postgres
            ? await snapshot.QueryAsync<(CitizenId Citizen, string Shown)>(ShownOnPostgres, new { programme, citizens = citizens.Select(c => c.Value).ToArray() })
            : await snapshot.QueryAsync<(CitizenId Citizen, string Shown)>(ShownOnSqlite, new { programme, citizens = citizens.Select(c => c.Value.Bytes()).ToArray() });
        return rows.GroupBy(r => r.Citizen).ToDictionary(g => g.Key, g => g.First().Shown);
    }
}
