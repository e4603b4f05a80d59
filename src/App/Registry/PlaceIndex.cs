using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Registry;

/// <summary>Writes places and what they are found by, in the transaction of whoever changes one; that one holds the registry's lock, so numbers are given once.</summary>
internal static class PlaceIndex
{
    private const string Upsert = """
        insert into reg_place(no, id, source, municipality, kind, name, kana, old_names, location, access, hours, telephone, web, ways, from_day, until_day, own_no, listed, search)
        values (@No, @Id, @Source, @Municipality, @Kind, @Name, @Kana, @OldNames, @Address, @Access, @Hours, @Phone, @Web, @Ways, @From, @Until, @OwnNo, @Listed, @Search)
        on conflict(no) do update set name = excluded.name, kana = excluded.kana, old_names = excluded.old_names, location = excluded.location, access = excluded.access, hours = excluded.hours,
          telephone = excluded.telephone, web = excluded.web, ways = excluded.ways, from_day = excluded.from_day, until_day = excluded.until_day, own_no = excluded.own_no, listed = excluded.listed,
          search = excluded.search
        """;

    private const string ManyTokens = "insert into reg_place_token(token, municipality, place) select k.token, @Town, @No from unnest(@Tokens) k(token) on conflict do nothing";

    private const string OneToken = "insert into reg_place_token(token, municipality, place) values (@token, @Town, @No) on conflict do nothing";

    private const string DropToken = "delete from reg_place_token where token = @token and municipality = @Town and place = @No";

    public const string ById = $"{PlaceRow.Columns} from reg_place p where p.id = @Id";

    public static async Task<Place?> Find(Transaction tx, Guid id) => (await tx.Connection.QuerySingleOrDefaultAsync<PlaceRow>(ById, new { Id = id }, tx.Handle))?.Read();

    /// <summary>A new place, or one as it is now.</summary>
    /// <param name="place">Its number is not looked at.</param>
    public static async Task Save(Transaction tx, Place place)
    {
        var before = await tx.Connection.QuerySingleOrDefaultAsync<PlaceRow>(ById, new { place.Id }, tx.Handle);
        var no = before?.No ?? await tx.Connection.ExecuteScalarAsync<int>("select coalesce(max(no), 0) + 1 from reg_place", transaction: tx.Handle);
        var d = place.Details;
        await tx.Connection.ExecuteAsync(Upsert, new
        {
            No = no, place.Id, Source = Words<PlaceSource>.Of(place.Source), place.Municipality, place.Kind, place.Name, d.Kana, d.OldNames, d.Address, d.Access, d.Hours, d.Phone, d.Web, d.Ways, d.From, place.Until,
            place.OwnNo, Listed = place.Listed ? 1 : 0, place.Search,
        }, tx.Handle);
        await Tokens(tx, (place.Municipality, no), before?.Search ?? "", place.Search);
    }

    internal static int Number(MunicipalityCode code) => int.Parse(code.Value, CultureInfo.InvariantCulture);

    internal static async Task Tokens(Transaction tx, (MunicipalityCode Municipality, int No) place, string before, string after)
    {
        var (old, now, town) = (PlaceText.Tokens(before), PlaceText.Tokens(after), Number(place.Municipality));
        var (gone, come) = (old.Where(t => !now.Contains(t)).ToArray(), now.Where(t => !old.Contains(t)).ToArray());
        if (gone.Length > 0) await tx.Connection.ExecuteAsync(DropToken, gone.Select(token => new { token, Town = town, place.No }), tx.Handle);
        if (come.Length == 0) return;
        if (tx.Engine == Engine.Postgres) await tx.Connection.ExecuteAsync(ManyTokens, new { Town = town, place.No, Tokens = come }, tx.Handle);
        else await tx.Connection.ExecuteAsync(OneToken, come.Select(token => new { token, Town = town, place.No }), tx.Handle);
    }
}

/// <summary>Folds the places that were there before they could be searched. A place that changes meanwhile has its words already.</summary>
public sealed class IndexPlaces(Database database) : IJob
{
    private const int AtOnce = 200;

    private const string Unfolded = $"{PlaceRow.Columns} from reg_place p where p.search is null order by p.no limit @AtOnce";

    private const string Folded = "update reg_place set search = @Search where no = @No and search is null";

    public string Name => "index-places";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var done = await database.Write(async tx =>
        {
            var places = (await tx.Connection.QueryAsync<PlaceRow>(Unfolded, new { AtOnce }, tx.Handle)).Select(r => r.Read()).ToList();
            foreach (var place in places)
                if (await tx.Connection.ExecuteAsync(Folded, new { place.Search, place.No }, tx.Handle) == 1) await PlaceIndex.Tokens(tx, (place.Municipality, place.No), "", place.Search);
            return places.Count;
        }, stop);
        return new JobResult($"folded {done} places", More: done == AtOnce);
    }
}
