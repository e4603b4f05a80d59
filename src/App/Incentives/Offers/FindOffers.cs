using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Offers;

/// <summary>What is looked for among the offers that everybody may read (S1-14c).</summary>
/// <param name="Text">Words that all have to be in the text.</param>
/// <param name="Moment">Null: whenever.</param>
public sealed record OfferQuery(MunicipalityCode? Municipality = null, string? Text = null, OfferMoment? Moment = null, string? Category = null, int Page = 1);

/// <param name="More">There is a next page.</param>
public sealed record OfferLeaf(IReadOnlyList<Offer> Offers, bool More);

/// <summary>Reading offers.</summary>
public sealed class FindOffers(Database database, TimeProvider clock)
{
    public const int PerPage = 20, MostPages = 500, LongestText = 60;

    private const int MostWords = 3;

    private const string Wanted = """
        where state <> 'draft' and (@Town = '' or municipality = @Town) and (@Category = '' or category = @Category)
          and search_text like @Word1 escape '!' and search_text like @Word2 escape '!' and search_text like @Word3 escape '!'
          and (@Moment = '' or @Moment = case when state = 'closed' or apply_until < @Today then 'ended' when apply_from > @Today then 'coming' else 'open' end)
        """;

    // What ends first stands first; of what has ended, what ended last.
    private const string Search = $"""
        {OfferRow.All} {Wanted}
        order by case when state = 'closed' or apply_until < @Today then 1 else 0 end, case when state = 'closed' or apply_until < @Today then -apply_until else apply_until end, programme
        limit @Count offset @Skip
        """;

    /// <summary>An offer whatever its state.</summary>
    public async Task<Offer?> One(ProgrammeId programme, CancellationToken stop = default) => (await database.ReadTogether<OfferRow>(OfferRow.ById, new { Programme = programme }, stop))?.Read();

    /// <returns>One that everybody may read; <c>not_found</c> for a draft, too.</returns>
    public async Task<Result<Offer>> Public(ProgrammeId programme, CancellationToken stop = default) =>
        await One(programme, stop) is { State: not OfferState.Draft } offer ? offer : Refusal.Of("not_found");

    /// <summary>All of an office, the latest to end first.</summary>
    public async Task<IReadOnlyList<Offer>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<OfferRow>($"{OfferRow.All} where municipality = @municipality order by apply_until desc, programme", new { municipality })).Select(r => r.Read())];
    }

    public async Task<OfferLeaf> Find(OfferQuery query, CancellationToken stop = default)
    {
        var words = OfferText.Searched(query.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MostWords).Select(Like).Concat(Enumerable.Repeat("%", MostWords)).ToList();
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<OfferRow>(Search, new
        {
            Town = query.Municipality?.Value ?? "", Category = query.Category ?? "", Word1 = words[0], Word2 = words[1], Word3 = words[2], Moment = query.Moment is { } moment ? Words<OfferMoment>.Of(moment) : "",
            Today = clock.Today(), Count = PerPage + 1, Skip = (query.Page - 1) * PerPage,
        });
        var found = rows.Select(r => r.Read()).ToList();
        return new OfferLeaf([.. found.Take(PerPage)], found.Count > PerPage);
    }

    /// <summary>Municipalities of which there is anything to read.</summary>
    public async Task<IReadOnlyList<MunicipalityCode>> Municipalities(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<MunicipalityCode>("select distinct municipality from inc_offer where state <> 'draft' order by municipality")];
    }

    /// <summary>The payment services by which a programme may be received, each with its days (S1-36, S1-38); none: by every one that has started for the municipality.</summary>
    public async Task<IReadOnlyList<OfferPaymentService>> ServicesOf(ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(PaymentServiceId Service, DateOnly From, DateOnly? Until)>("""
            select service, from_day, until_day from inc_offer_service where programme = @programme order by from_day, service
            """, new { programme })).Select(r => new OfferPaymentService(r.Service, r.From, r.Until))];
    }

    private static string Like(string word) => $"%{word.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%";
}
