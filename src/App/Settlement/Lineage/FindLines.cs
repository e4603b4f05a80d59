using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Postings of a line, and where looking goes on.</summary>
/// <param name="Next">null: there are no more.</param>
public sealed record FoundPostings(IReadOnlyList<SettledPosting> Found, string? Next);

/// <summary>
/// From a line to its transfers. They stand in the chains in no order of lines, so a leaf looks through a bounded number of entries and says where it stopped; it may find nothing and still go on.
/// </summary>
public sealed class FindLines(Database database, FindMonths months, SettlementReading reading, Buckets buckets)
{
    public const int AtOnce = 200, PostingsAtOnce = 50;

    private const int EntriesAtOnce = 2_000, MostEntries = 40_000;

    private const string Columns = $"select {SettlementLineRow.Columns} from stl_line where month = @Number";

    private const string Leaf = Columns + " and id > @after order by id limit @AtOnce";

    private const string LeafOfIssuer = Columns + " and issuer = @Issuer and id > @after order by id limit @AtOnce";

    private const string One = Columns + " and id = @id";

    /// <summary>In the order of their ids.</summary>
    /// <param name="issuer">null: of all.</param>
    /// <param name="after">The last one of the leaf before.</param>
    public async Task<IReadOnlyList<SettlementLine>> Of(ClosedMonth month, MunicipalityCode? issuer, Guid after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = issuer is { } one ? await connection.QueryAsync<SettlementLineRow>(LeafOfIssuer, new { month.Month.Number, Issuer = one, after, AtOnce })
            : await connection.QueryAsync<SettlementLineRow>(Leaf, new { month.Month.Number, after, AtOnce });
        return [.. rows.Select(r => r.Read())];
    }

    public async Task<SettlementLine?> Find(ClosedMonth month, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<SettlementLineRow>(One, new { month.Month.Number, id }))?.Read();
    }

    /// <summary>The transfers of one line.</summary>
    /// <param name="after">As the leaf before said; null: from the beginning.</param>
    /// <returns>Or <c>number_format</c> (field) for a place that is none.</returns>
    public async Task<Result<FoundPostings>> Postings(SettlementLine line, string? after, CancellationToken stop = default)
    {
        var before = await months.CutsBefore(line.Month, stop);
        return await Look(line.Month, after, g => SettlementLine.Of(line.Month, before.Months, g, default).Id == line.Id, stop);
    }

    /// <summary>Everything for which a claim is owed, by receipts: what its creditor took and gave back himself.</summary>
    public Task<Result<FoundPostings>> Postings(MonthClaim claim, string? after, CancellationToken stop = default)
    {
        var account = new Account(claim.CreditorKind, claim.Issuer, claim.Creditor);
        return Look(claim.Month, after, g => g.Account == account, stop);
    }

    private async Task<Result<FoundPostings>> Look(SettlementMonth month, string? after, Func<SettledAs, bool> which, CancellationToken stop)
    {
        if (Read(after) is not { } start || start.Bucket >= buckets.Count) return Refusal.Of("number_format", ("field", "after"));
        var (cuts, upTo) = (await months.CutsBefore(month, stop), await months.CutsBefore(month.Next, stop));
        var found = new List<SettledPosting>();
        var looked = 0;
        for (var bucket = start.Bucket; bucket < buckets.Count; bucket++)
        {
            var part = cuts.To(upTo, bucket);
            ChainPlace? place = bucket == start.Bucket && start.Place is { } there && there.Height >= part.After.Height ? there : part.After;
            while (place is { } at)
            {
                if (looked >= MostEntries) return new FoundPostings(found, Text(bucket, at));
                var (some, next) = await reading.Postings(part with { After = at }, which, EntriesAtOnce, stop);
                found.AddRange(some);
                looked += EntriesAtOnce;
                if (found.Count > PostingsAtOnce) return Cut(found);
                place = next;
            }
        }
        return new FoundPostings(found, null);
    }

    /// <summary>After the last entry of which there is room for all postings.</summary>
    private static FoundPostings Cut(List<SettledPosting> found)
    {
        var last = found[PostingsAtOnce - 1].Receipt;
        return new FoundPostings([.. found.TakeWhile((p, i) => i < PostingsAtOnce || p.Receipt == last)], Text(last.Bucket, new ChainPlace(last.Height, last.Position)));
    }

    private static string Text(int bucket, ChainPlace place) => string.Create(CultureInfo.InvariantCulture, $"{bucket}.{place.Height}.{place.Position}");

    private static (int Bucket, ChainPlace? Place)? Read(string? after)
    {
        if (string.IsNullOrEmpty(after)) return (0, null);
        var parts = after.Split('.');
        return parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? (bucket, new ChainPlace(height, position)) : null;
    }
}
