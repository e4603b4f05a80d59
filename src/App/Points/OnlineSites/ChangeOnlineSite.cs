using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.OnlineSites;

/// <summary>A site as it is asked for; the same again changes nothing.</summary>
/// <param name="Kind"><c>shop</c> or <c>crowdfunding</c>; it stays.</param>
/// <param name="Home">Address of its own first page, https.</param>
/// <param name="About">One sentence for the list.</param>
/// <param name="From">First day in the lists; <paramref name="Until"/> the last, or null.</param>
public sealed record WantedOnlineSite(string Name, string Kind, string Home, string About, DateOnly From, DateOnly? Until = null);

/// <summary>Where a site's own login and interface are, as it is asked for.</summary>
/// <param name="From">Names the row: the same day again changes it, as long as it has not passed.</param>
/// <param name="Api">Begins the address at which the site is given links.</param>
/// <param name="ClientId">What we are called there, 1 to 100 characters.</param>
/// <param name="ClientSecret">Kept wrapped and never shown again.</param>
public sealed record WantedOnlineLogin(DateOnly From, string Authorize, string Token, string Api, string ClientId, string ClientSecret) : IWantedLogin;

/// <param name="Municipality">Code, 6 digits.</param>
/// <param name="From">Names the row: the same day again changes its last day.</param>
public sealed record WantedSeller(string Municipality, DateOnly From, DateOnly? Until = null);

/// <summary>The operators keep the sites. Value depends on it, so the one-time password is asked again.</summary>
public sealed class ChangeOnlineSite(OnlineSiteCache sites, OnlineSecrets secrets, PartnerAddresses addresses, RegisterAcceptor register, RegistryCache registry, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 40, LongestAbout = 100;

    private const string Put = """
        insert into pts_online_site(id, stable_key, name, kind, home, about, from_day, until_day) values (@Id, @Key, @Name, @Kind, @Home, @About, @From, @Until)
        on conflict (stable_key) do update set name = @Name, home = @Home, about = @About, from_day = @From, until_day = @Until
        """;

    private const string PutLogin = """
        insert into pts_online_login(site, from_day, authorize_url, token_url, api_url, client_id, secret) values (@Id, @From, @Authorize, @Token, @Api, @ClientId, @Secret)
        on conflict (site, from_day) do update set authorize_url = @Authorize, token_url = @Token, api_url = @Api, client_id = @ClientId, secret = @Secret
        """;

    private const string PutSeller = """
        insert into pts_online_seller(site, municipality, from_day, until_day, acceptor) values (@Id, @Code, @From, @Until, @Acceptor)
        on conflict (site, municipality, from_day) do update set until_day = @Until
        """;

    /// <param name="key">2 to 32 small letters, digits and hyphens; it stays.</param>
    /// <returns>
    /// The site; <c>role_forbidden</c>, <c>confirm_required</c>, <c>number_format</c> (field) for the key, <c>field_required</c> (field), <c>field_unknown</c> (field) for another kind,
    /// <c>too_large</c>, <c>address_format</c> (field), <c>out_of_period</c> (from, until), and what free text is refused for.
    /// </returns>
    public async Task<Result<OnlineSite>> Run(StaffAtWork work, string key, WantedOnlineSite wanted, CancellationToken stop = default)
    {
        if (May(work) is { } forbidden) return forbidden;
        // "new" is the address of the form.
        if (key is "new" || key.Length is < 2 or > 32 || !key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) return Refusal.Of("number_format", ("field", "key"));
        var (name, about) = (NameText.Read("name", wanted.Name, LongestName), NameText.Read("about", wanted.About, LongestAbout));
        if ((name.Refused ?? about.Refused) is { } noName) return noName;
        if (Words<OnlineSiteKind>.Find(wanted.Kind ?? "") is not { } kind) return Refusal.Of("field_required", ("field", "kind"));
        var home = addresses.Read("home", wanted.Home);
        if (home.Refused is { } nowhere) return nowhere;
        if (wanted.Until < wanted.From) return Periods.Outside(wanted.From, wanted.Until.Value);
        var before = (await sites.View()).Find(key);
        if (before is not null && before.Kind != kind) return Refusal.Of("field_unknown", ("field", "kind"));
        var after = new OnlineSite(before?.Id ?? Ids.New<OnlineSiteId>(clock), key, name.Value, kind, home.Value.OriginalString, about.Value, wanted.From, wanted.Until);
        if (before is not null && before with { Logins = [], Sellers = [], Hook = null } == after) return before;
        return await sites.Change(after.Id, async tx =>
        {
            var row = new { after.Id, after.Key, after.Name, Kind = Words<OnlineSiteKind>.Of(kind), after.Home, after.About, after.From, after.Until };
            await tx.Connection.ExecuteAsync(Put, row, tx.Handle);
            await log.Write(tx, new Operation("online_site.changed", work.Actor, after.Id.Value, Before: before is null ? null : Short(before), After: Short(after)));
        }, stop);
    }

    /// <returns>As <see cref="Run"/>; <c>not_found</c> for the site, <c>number_format</c> (field) for what is no printable ASCII, <c>out_of_period</c> (from, until) for a day that has passed.</returns>
    public async Task<Result<OnlineSite>> Login(StaffAtWork work, string key, WantedOnlineLogin wanted, CancellationToken stop = default)
    {
        var known = await Known(work, key);
        if (known.Refused is { } no) return no;
        var read = addresses.Read(wanted, clock.Today());
        if (read.Refused is { } unreadable) return unreadable;
        var (authorize, token, api) = read.Value;
        var id = known.Value.Id;
        var row = new
        {
            Id = id, wanted.From, Authorize = authorize.OriginalString, Token = token.OriginalString, Api = api.OriginalString, wanted.ClientId,
            Secret = await secrets.WrapLogin(id, wanted.From, wanted.ClientSecret, stop),
        };
        return await Write(work, id, ("online_site.login_set", $"{key} from {wanted.From:yyyy-MM-dd} {authorize.Host} {api.Host} {wanted.ClientId}"), tx => tx.Connection.ExecuteAsync(PutLogin, row, tx.Handle), stop);
    }

    /// <summary>It sells for a municipality from a day on. What takes the points there is registered with it; whose points pay is up to each municipality's rules.</summary>
    /// <returns>As <see cref="Run"/>; <c>not_found</c> for the site, <c>municipality_unknown</c>, <c>out_of_period</c> (from, until) for a day that has passed.</returns>
    public async Task<Result<OnlineSite>> Seller(StaffAtWork work, string key, WantedSeller wanted, CancellationToken stop = default)
    {
        var known = await Known(work, key);
        if (known.Refused is { } no) return no;
        var code = MunicipalityCode.Read(wanted.Municipality);
        var view = await registry.View();
        if (!code.Ok || view.Find(code.Value) is null) return Refusal.Of("municipality_unknown");
        if (wanted.Until < wanted.From) return Periods.Outside(wanted.From, wanted.Until.Value);
        var (site, today) = (known.Value, clock.Today());
        if (wanted.From < today && !site.Sellers.Any(s => s.Municipality == code.Value && s.From == wanted.From)) return Refusal.Of("out_of_period", ("from", "きょう"), ("until", "先の日"));
        if (wanted.Until < today) return Periods.Outside(today, wanted.Until.Value);
        var acceptor = Ids.Named<AcceptorId>([.. "online-acceptor"u8, .. site.Id.Value.Bytes(), .. System.Text.Encoding.ASCII.GetBytes(code.Value.Value)]);
        if (view.Find(acceptor) is null)
        {
            var made = await register.Run(new(acceptor, code.Value, site.Kind == OnlineSiteKind.Shop ? "online_shop" : "crowdfunding", site.Name, work.Actor), stop);
            if (made.Refused is { } refused) return refused;
        }
        var row = new { site.Id, Code = code.Value, wanted.From, wanted.Until, Acceptor = acceptor };
        return await Write(work, site.Id, ("online_site.seller_set", $"{key} {code.Value.Value} from {wanted.From:yyyy-MM-dd}{(wanted.Until is { } last ? $" to {last:yyyy-MM-dd}" : "")}"),
            tx => tx.Connection.ExecuteAsync(PutSeller, row, tx.Handle), stop);
    }

    /// <returns>The site, for somebody who may change it; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>.</returns>
    internal async Task<Result<OnlineSite>> Known(StaffAtWork work, string key)
    {
        if (May(work) is { } forbidden) return forbidden;
        return (await sites.View()).Find(key) is { } site ? site : Refusal.Of("not_found");
    }

    private Task<Result<OnlineSite>> Write(StaffAtWork work, OnlineSiteId id, (string Action, string After) line, Func<Transaction, Task> write, CancellationToken stop) => sites.Change(id, async tx =>
    {
        await write(tx);
        await log.Write(tx, new Operation(line.Action, work.Actor, id.Value, After: line.After));
    }, stop);

    private Refusal? May(StaffAtWork work) => work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused;

    private static string Short(OnlineSite s) => $"{s.Key} {Words<OnlineSiteKind>.Of(s.Kind)} {s.From:yyyy-MM-dd} to {s.Until?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {s.Name}";
}
