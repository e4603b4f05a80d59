using System.Data.Common;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Registry;

/// <summary>What is looked for among the places that everybody may see (S0-1008).</summary>
/// <param name="Prefecture">1 to 47.</param>
/// <param name="Kind">A code of a kind of place.</param>
/// <param name="Text">Words that all have to be in name, kana or old names; one of them may name a municipality, one a kind.</param>
/// <param name="OpenOn">Only what is known to be open on this day.</param>
/// <param name="Points">Only where points of this municipality pay.</param>
/// <param name="After">Where the leaf before ended.</param>
public sealed record PlaceQuery(int? Prefecture = null, MunicipalityCode? Municipality = null, string? Kind = null, string? Text = null, DateOnly? OpenOn = null, MunicipalityCode? Points = null, PlaceMark? After = null);

/// <summary>Where a leaf of results ends, in their order: by municipality, then as they were registered. Written <c>132985-17</c>.</summary>
public readonly record struct PlaceMark(string Municipality, int No)
{
    public static PlaceMark Start { get; } = new("", 0);

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Municipality}-{No}");

    /// <returns>The mark, or <c>number_format</c>.</returns>
    public static Result<PlaceMark> Read(string text)
    {
        var at = text.IndexOf('-', StringComparison.Ordinal);
        return at > 0 && MunicipalityCode.Read(text[..at]) is { Ok: true } code && int.TryParse(text.AsSpan(at + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var no)
            ? new PlaceMark(code.Value.Value, no) : Refusal.Of("number_format");
    }

    public static PlaceMark Of(Place place) => new(place.Municipality.Value, place.No);
}

/// <param name="Next">Where to go on; null: that was all.</param>
public sealed record PlaceLeaf(IReadOnlyList<Place> Places, PlaceMark? Next);

/// <summary>The public search of places: every part of it goes along an index in the order of the results and stops when a leaf is full (S2-P10g).</summary>
public sealed class FindPlaces(Database database, RegistryCache registry, TimeProvider clock)
{
    public const int PerPage = 20;

    /// <summary>So many are read to fill a leaf of those that are open or take certain points; then the reader is asked whether to go on.</summary>
    private const int AtOnce = 200, MostRounds = 10;

    private const int EnoughToChoose = 2_000, FewEnough = 100;

    private const string Ones = """
        p.listed = 1 and (p.from_day is null or p.from_day <= @Today) and (p.until_day is null or p.until_day >= @Today) and p.search like @Word1 and p.search like @Word2 and p.search like @Word3
        """;

    private const string ByTown = $"{PlaceRow.Columns} from reg_place p where (p.municipality, p.no) > (@AtTown, @AtNo) and p.municipality <= @Until and {Ones} order by p.municipality, p.no limit @Count";

    private const string ByKind = $"{PlaceRow.Columns} from reg_place p where p.kind = @Kind and (p.municipality, p.no) > (@AtTown, @AtNo) and p.municipality <= @Until and {Ones} order by p.municipality, p.no limit @Count";

    private const string ByToken = $"""
        {PlaceRow.Columns} from reg_place_token t join reg_place p on p.no = t.place
        where t.token = @Token and (t.municipality, t.place) > (@AtTownNo, @AtNo) and t.municipality <= @UntilNo and (@Kind = '' or p.kind = @Kind) and {Ones} order by t.municipality, t.place limit @Count
        """;

    private const string HowMany = "select count(*) from (select 1 from reg_place_token t where t.token = @token and t.municipality >= @from and t.municipality <= @until limit @EnoughToChoose) c";

    private const string ById = $"{PlaceRow.Columns} from reg_place p where p.id = @id and p.listed = 1";

    /// <returns>A place that everybody may see; <c>not_found</c>.</returns>
    public async Task<Result<Place>> One(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<PlaceRow>(ById, new { id }) is { } row ? row.Read() : Refusal.Of("not_found");
    }

    /// <returns>A leaf; <c>keyword_short</c> for one character where neither prefecture nor municipality is chosen.</returns>
    public async Task<Result<PlaceLeaf>> Run(PlaceQuery query, CancellationToken stop = default)
    {
        var view = await registry.View();
        var ways = Ways(query, PlaceText.Words(query.Text), view);
        if (ways.Refused is { } no) return no;
        await using var connection = await database.Open(stop);
        foreach (var way in ways.Value) await Choose(connection, way);
        var (found, at, sieve) = (new List<Place>(), query.After ?? PlaceMark.Start, query.OpenOn is not null || query.Points is not null);
        for (var round = 0; round < MostRounds; round++)
        {
            var count = sieve ? AtOnce : PerPage + 1;
            var rows = await Next(connection, ways.Value, at, count);
            foreach (var place in rows.Where(p => Fits(query, p, view)))
            {
                if (found.Count == PerPage) return new PlaceLeaf(found, PlaceMark.Of(found[^1]));
                found.Add(place);
            }
            if (rows.Count < count) return new PlaceLeaf(found, null);
            at = PlaceMark.Of(rows[^1]);
        }
        return new PlaceLeaf(found, at);
    }

    private static bool Fits(PlaceQuery query, Place place, RegistryView view) =>
        (query.OpenOn is not { } day || place.Details.Opening.On(day) is not null)
        && (query.Points is not { } issuer || place.Source == PlaceSource.Acceptor && view.AcceptedHere(issuer, new AcceptorId(place.Id)).Ok);

    /// <summary>Where the words lead: into names, where one of them names a municipality also into all of that, where one names a kind also to all of that kind.</summary>
    private static Result<List<Way>> Ways(PlaceQuery query, IReadOnlyList<string> words, RegistryView view)
    {
        var here = Spans(query, view);
        var ways = new List<Way>();
        if (words.Select(w => (Word: w, Towns: view.Named(w))).FirstOrDefault(w => w.Towns.Count > 0) is { Word: { } word } named)
        {
            var spans = named.Towns.SelectMany(m => Spans(m, view)).Distinct().Where(s => here.Any(h => h.Holds(s))).ToList();
            ways.Add(new Way([.. spans.Where(s => !spans.Any(o => o != s && o.Holds(s))).Order()], query.Kind ?? "", [.. words.Where(w => w != word)]));
        }
        var shortWords = words.Count > 0 && words.All(w => w.Length == 1);
        if (shortWords && query.Prefecture is null && query.Municipality is null && ways.Count == 0) return Refusal.Of("keyword_short");
        ways.Add(new Way(here, query.Kind ?? "", words));
        return (List<Way>)[.. ways, .. ways.SelectMany(w => OfKinds(w, view))];
    }

    private static IEnumerable<Way> OfKinds(Way way, RegistryView view) =>
        from word in way.Words
        from kind in view.KindsNamed(word)
        where way.Kind.Length == 0 || way.Kind == kind
        select new Way(way.Spans, kind, [.. way.Words.Where(w => w != word)]);

    private static List<Span> Spans(PlaceQuery query, RegistryView view) =>
        query.Municipality is { } code ? view.Find(code) is { } town ? [.. Spans(town, view).Distinct().Order()] : [new Span(code.Value, code.Value)]
        : query.Prefecture is { } number ? [Whole(number)] : [new Span("", "99")];

    /// <summary>A prefecture with all in it, a designated city with its wards.</summary>
    private static IEnumerable<Span> Spans(Municipality town, RegistryView view) => town.Kind switch
    {
        MunicipalityKind.Prefecture => [Whole(town.Code.Prefecture)],
        MunicipalityKind.DesignatedCity => view.Municipalities.Where(m => m.Code == town.Code || m.Kind == MunicipalityKind.Ward && m.Prefecture == town.Prefecture && m.Name.StartsWith(town.Name, StringComparison.Ordinal))
            .Select(m => new Span(m.Code.Value, m.Code.Value)),
        _ => [new Span(town.Code.Value, town.Code.Value)],
    };

    private static Span Whole(int prefecture) => new($"{prefecture:00}", $"{prefecture:00}9999");

    /// <summary>Of the pairs of characters of the longest word the one that the fewest places have.</summary>
    private static async Task Choose(DbConnection connection, Way way)
    {
        var longest = way.Words.MaxBy(w => w.Length);
        // One municipality is read through faster than any index of words.
        if (longest is not { Length: > 1 } || way.Spans.All(s => s.From == s.Until)) return;
        var (best, least) = (0, long.MaxValue);
        foreach (var token in PlaceText.Tokens(longest))
        {
            var count = await connection.ExecuteScalarAsync<long>(HowMany, new { token, from = Number(way.Spans[0].From, "0"), until = Number(way.Spans[^1].Until, "9"), EnoughToChoose });
            if (count < least) (best, least) = (token, count);
            if (least < FewEnough) break;
        }
        way.Token = best;
    }

    private async Task<List<Place>> Next(DbConnection connection, List<Way> ways, PlaceMark after, int count)
    {
        var found = new List<Place>();
        foreach (var way in ways)
        {
            var mine = new List<Place>();
            foreach (var span in way.Spans.Where(s => string.CompareOrdinal(s.Until, after.Municipality) >= 0))
            {
                if (mine.Count >= count) break;
                var at = string.CompareOrdinal(after.Municipality, span.From) < 0 ? new PlaceMark(span.From, 0) : after;
                mine.AddRange((await connection.QueryAsync<PlaceRow>(way.Token is null ? way.Kind.Length == 0 ? ByTown : ByKind : ByToken, new
                {
                    way.Token, way.Kind, AtTown = at.Municipality, AtTownNo = Number(at.Municipality, "0"), AtNo = at.No, span.Until, UntilNo = Number(span.Until, "9"), Today = clock.Today(),
                    Word1 = Like(way.Words, 0), Word2 = Like(way.Words, 1), Word3 = Like(way.Words, 2), Count = count - mine.Count,
                })).Select(r => r.Read()));
            }
            found.AddRange(mine);
        }
        return ways.Count == 1 ? found : [.. found.DistinctBy(p => p.No).OrderBy(p => p.Municipality).ThenBy(p => p.No).Take(count)];
    }

    // Folded words hold letters and digits only, so nothing in them means anything to like.
    private static string Like(IReadOnlyList<string> words, int at) => at < words.Count ? $"%{words[at]}%" : "%";

    private static int Number(string code, string filler) => int.Parse(code.PadRight(6, filler[0]), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Codes from the one to the other, both within.</summary>
    private readonly record struct Span(string From, string Until) : IComparable<Span>
    {
        public bool Holds(Span other) => string.CompareOrdinal(From, other.From) <= 0 && string.CompareOrdinal(other.Until, Until) <= 0;

        public int CompareTo(Span other) => string.CompareOrdinal(From, other.From);
    }

    private sealed class Way(List<Span> spans, string kind, IReadOnlyList<string> words)
    {
        public List<Span> Spans => spans;

        /// <summary>Of this kind only; empty: of any.</summary>
        public string Kind => kind;

        public IReadOnlyList<string> Words => words;

        /// <summary>The pair of characters by which its places are found; null: all are read.</summary>
        public int? Token { get; set; }
    }
}
