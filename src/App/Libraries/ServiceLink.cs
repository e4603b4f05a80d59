using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Libraries;

/// <summary>A citizen and the number by which a provider knows him (S2-P9a).</summary>
/// <param name="Notice">The provider is told that the address has changed (S0-5014a).</param>
public sealed record ServiceLink(ServiceProviderId Provider, string Number, bool Notice, long MadeMs)
{
    /// <summary>Enough to tell one's own card by.</summary>
    public string Masked => Number.Length <= 4 ? new string('＊', Number.Length) : $"{new string('＊', Number.Length - 3)}{Number[^3..]}";
}

/// <summary>Reads links.</summary>
public sealed class FindLinks(Database database, Buckets buckets)
{
    internal const string Columns = "select provider, number, notice, made_ms from lib_link where bucket = @Bucket and citizen = @citizen";

    private const string OfCitizen = Columns + " order by made_ms, provider";

    internal const string OfProvider = Columns + " and provider = @provider";

    public async Task<IReadOnlyList<ServiceLink>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LinkRow>(OfCitizen, new { Bucket = buckets.Of(citizen.Value), citizen })).Select(r => r.Read())];
    }

    public async Task<ServiceLink?> Of(CitizenId citizen, ServiceProviderId provider, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<LinkRow>(OfProvider, new { Bucket = buckets.Of(citizen.Value), citizen, provider }))?.Read();
    }
}

internal sealed class LinkRow
{
    public ServiceProviderId Provider { get; init; }
    public string Number { get; init; } = "";
    public int Notice { get; init; }
    public long MadeMs { get; init; }

    public ServiceLink Read() => new(Provider, Number, Notice == 1, MadeMs);
}
