using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>A shop takes what was pledged when it sends the goods; a crowdfunding site when its project has succeeded (S4-12a, S4-13a).</summary>
public enum OnlineSiteKind { Shop, Crowdfunding }

/// <summary>Where a site's own login and interface are, from a day on (docs/online-interface.md). Its secret stays in the database.</summary>
/// <param name="Authorize">To which a citizen's browser goes.</param>
/// <param name="Token">Where a code becomes a token.</param>
/// <param name="Api">Begins the address at which the site is given a link.</param>
/// <param name="ClientId">What we are called there.</param>
public sealed record OnlineLogin(DateOnly From, Uri Authorize, Uri Token, Uri Api, string ClientId);

/// <summary>A site sells for a municipality on these days.</summary>
/// <param name="Acceptor">What takes the points; the municipality is where it stands.</param>
public sealed record OnlineSeller(MunicipalityCode Municipality, AcceptorId Acceptor, DateOnly From, DateOnly? Until)
{
    public bool HoldsOn(DateOnly day) => From <= day && (Until is null || day <= Until);
}

/// <summary>Where a site hears of what it did not do itself.</summary>
/// <param name="KeyNo">Number of the secret that signs.</param>
public sealed record OnlineHook(Uri Url, int KeyNo);

/// <summary>An online shop or a crowdfunding site where points pay.</summary>
/// <param name="Key">Stands in addresses and never changes.</param>
/// <param name="Home">Its own first page.</param>
/// <param name="About">One sentence for the list.</param>
public sealed record OnlineSite(OnlineSiteId Id, string Key, string Name, OnlineSiteKind Kind, string Home, string About, DateOnly From, DateOnly? Until)
{
    /// <summary>The latest first.</summary>
    public IReadOnlyList<OnlineLogin> Logins { get; init; } = [];

    public IReadOnlyList<OnlineSeller> Sellers { get; init; } = [];

    public OnlineHook? Hook { get; init; }

    public bool ActiveOn(DateOnly day) => From <= day && (Until is null || day <= Until);

    public OnlineLogin? LoginOn(DateOnly day) => Logins.FirstOrDefault(l => l.From <= day);

    /// <summary>Whether citizens can link and use it on a day.</summary>
    public bool OpenOn(DateOnly day) => ActiveOn(day) && LoginOn(day) is not null;

    /// <summary>What takes the points for goods of a municipality; null when it sells none of them on that day.</summary>
    public AcceptorId? AcceptorOf(MunicipalityCode municipality, DateOnly day) => Sellers.FirstOrDefault(s => s.Municipality == municipality && s.HoldsOn(day))?.Acceptor;

    public IEnumerable<MunicipalityCode> MunicipalitiesOn(DateOnly day) => Sellers.Where(s => s.HoldsOn(day)).Select(s => s.Municipality).Distinct().Order();
}
