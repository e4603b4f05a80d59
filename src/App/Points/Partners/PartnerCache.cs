using System.Data.Common;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Partners;

/// <summary>The partners as they stood at one moment.</summary>
public sealed class PartnerView
{
    internal PartnerView(IReadOnlyList<Partner> all) => All = all;

    /// <summary>In the order of their kana (S2-P1b).</summary>
    public IReadOnlyList<Partner> All { get; }

    public Partner? Find(PartnerId id) => All.FirstOrDefault(p => p.Id == id);

    public Partner? Find(string? key) => All.FirstOrDefault(p => p.Key == key);

    /// <summary>Those from which something can be exchanged on a day.</summary>
    public IEnumerable<Partner> OpenOn(DateOnly day) => All.Where(p => p.ActiveOn(day) && p.WaysOn(day).Count > 0 && p.TermsOn(day) is not null);
}

/// <summary>The partners in memory, at most a second stale. There are few, so they are read whole.</summary>
public sealed class PartnerCache(Database database, TimeProvider clock) : IDisposable
{
    private readonly Cached<PartnerView> view = new(clock, _ => Load(database));

    /// <summary>Ask once per request and use it throughout.</summary>
    public ValueTask<PartnerView> View() => view.Get();

    public void Dispose() => view.Dispose();

    /// <summary>What was changed is seen by this process at once.</summary>
    internal void Drop() => view.Drop();

    /// <summary>A change in a transaction of its own, seen by this process at once.</summary>
    internal async Task<Result<Partner>> Change(PartnerId id, Func<Transaction, Task<Refusal?>> work, CancellationToken stop)
    {
        var done = await database.WriteOrRefuse<bool>(async tx => await work(tx) is { } no ? no : true, stop);
        view.Drop();
        if (done.Refused is { } refused) return refused;
        return Must.Have((await View()).Find(id), "a partner that was changed is there");
    }

    private static async Task<PartnerView> Load(Database database)
    {
        await using var connection = await database.Open();
        var modes = (await Rows<ModeRow>(connection, "select partner, mode, from_day, until_day from pts_partner_mode order by from_day, mode")).ToLookup(r => r.Partner, r => r.Read());
        var terms = (await Rows<TermsRow>(connection, "select partner, from_day, partner_points, municipal_points, unit, minimum, most, opens_minute, closes_minute from pts_partner_terms order by from_day desc"))
            .ToLookup(r => r.Partner, r => r.Read());
        var campaigns = (await Rows<CampaignRow>(connection, "select partner, from_day, until_day, partner_points, municipal_points from pts_partner_campaign order by from_day desc")).ToLookup(r => r.Partner, r => r.Read());
        var sites = (await Rows<SiteRow>(connection, "select partner, from_day, authorize_url, token_url, api_url, client_id from pts_partner_site order by from_day desc")).ToLookup(r => r.Partner, r => r.Read());
        var partners = await Rows<PartnerRow>(connection, "select id, stable_key, name, kana, category, contact, landing, from_day, until_day from pts_partner");
        return new PartnerView([.. partners.Select(r => r.Read() with { Modes = [.. modes[r.Id]], Terms = [.. terms[r.Id]], Campaigns = [.. campaigns[r.Id]], Sites = [.. sites[r.Id]] }).OrderBy(p => p.Kana, StringComparer.Ordinal)]);
    }

    private static Task<IEnumerable<T>> Rows<T>(DbConnection connection, string sql) => connection.QueryAsync<T>(sql);

    private sealed record PartnerRow
    {
        public PartnerId Id { get; init; }
        public string StableKey { get; init; } = "";
        public string Name { get; init; } = "";
        public string Kana { get; init; } = "";
        public string Category { get; init; } = "";
        public string Contact { get; init; } = "";
        public string Landing { get; init; } = "";
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }

        public Partner Read() => new(Id, StableKey, Name, Kana, Words<PartnerCategory>.Stored(Category), Contact, Landing, FromDay, UntilDay);
    }

    private sealed record ModeRow
    {
        public PartnerId Partner { get; init; }
        public string Mode { get; init; } = "";
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }

        public PartnerMode Read() => new(Words<ExchangeMode>.Stored(Mode), FromDay, UntilDay);
    }

    private sealed record TermsRow
    {
        public PartnerId Partner { get; init; }
        public DateOnly FromDay { get; init; }
        public int PartnerPoints { get; init; }
        public int MunicipalPoints { get; init; }
        public long Unit { get; init; }
        public long Minimum { get; init; }
        public long? Most { get; init; }
        public int OpensMinute { get; init; }
        public int ClosesMinute { get; init; }

        public PartnerTerms Read() => new(FromDay, new ExchangeRate(PartnerPoints, MunicipalPoints), Unit, Minimum, Most, new AcceptanceHours(OpensMinute, ClosesMinute));
    }

    private sealed record CampaignRow
    {
        public PartnerId Partner { get; init; }
        public DateOnly FromDay { get; init; }
        public DateOnly UntilDay { get; init; }
        public int PartnerPoints { get; init; }
        public int MunicipalPoints { get; init; }

        public PartnerCampaign Read() => new(FromDay, UntilDay, new ExchangeRate(PartnerPoints, MunicipalPoints));
    }

    private sealed record SiteRow
    {
        public PartnerId Partner { get; init; }
        public DateOnly FromDay { get; init; }
        public string AuthorizeUrl { get; init; } = "";
        public string TokenUrl { get; init; } = "";
        public string ApiUrl { get; init; } = "";
        public string ClientId { get; init; } = "";

        public PartnerSite Read() => new(FromDay, new Uri(AuthorizeUrl), new Uri(TokenUrl), new Uri(ApiUrl), ClientId);
    }
}
