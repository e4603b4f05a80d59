using System.Text.Json;
using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
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

/// <summary>The operators keep the sites. Value depends on it, so the one-time password is asked again, and it takes two to say where a site is and for whom it sells (V-D3).</summary>
public sealed class ChangeOnlineSite(OnlineSiteCache sites, OnlineSecrets secrets, PartnerAddresses addresses, RegisterAcceptor register, RegistryCache registry, ProposeChange propose,
    OlderSecrets older, OperationLog log, TimeProvider clock)
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

    /// <returns>
    /// As <see cref="Run"/> and <see cref="ProposeChange.Run"/>; <c>not_found</c> for the site, <c>number_format</c> (field) for what is no printable ASCII, <c>out_of_period</c> (from, until) for
    /// a day that has passed.
    /// </returns>
    public async Task<Result<Asked<OnlineSite>>> Login(StaffAtWork work, string key, WantedOnlineLogin wanted, CancellationToken stop = default)
    {
        var known = await Known(work, key);
        if (known.Refused is { } no) return no;
        var read = addresses.Read(wanted, clock.Today());
        if (read.Refused is { } unreadable) return unreadable;
        return await Ask(work, key, Ready(known.Value, wanted, read.Value, await secrets.WrapLogin(known.Value.Id, wanted.From, wanted.ClientSecret, stop)), smaller: false, stop);
    }

    /// <summary>
    /// It sells for a municipality from a day on. What takes the points there is registered with it; whose points pay is up to each municipality's rules. To sell no longer holds at once.
    /// </summary>
    /// <returns>As <see cref="Run"/> and <see cref="ProposeChange.Run"/>; <c>not_found</c> for the site, <c>municipality_unknown</c>, <c>out_of_period</c> (from, until) for a day that has passed.</returns>
    public async Task<Result<Asked<OnlineSite>>> Seller(StaffAtWork work, string key, WantedSeller wanted, CancellationToken stop = default)
    {
        var known = await Known(work, key);
        if (known.Refused is { } no) return no;
        var ready = await Ready(key, wanted, stop);
        if (ready.Refused is { } unfit) return unfit;
        var before = known.Value.Sellers.FirstOrDefault(s => s.Municipality.Value == wanted.Municipality && s.From == wanted.From);
        var smaller = before is not null && wanted.Until is { } last && (before.Until is null || last <= before.Until);
        return await Ask(work, key, ready.Value, smaller, stop);
    }

    /// <summary>A login by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(string key, WantedOnlineLogin wanted, byte[] secret)
    {
        if ((await sites.View()).Find(key) is not { } site) return Refusal.Of("not_found");
        // The secret was read when it was typed, and is wrapped since.
        var read = addresses.Read(wanted with { ClientSecret = "x" }, clock.Today());
        return read.Refused is { } no ? no : Ready(site, wanted, read.Value, new WrappedSecret(secret, OnlineSecrets.LoginOwner(site.Id, wanted.From)));
    }

    /// <summary>A municipality to sell for by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(string key, WantedSeller wanted, CancellationToken stop)
    {
        if ((await sites.View()).Find(key) is not { } site) return Refusal.Of("not_found");
        var code = MunicipalityCode.Read(wanted.Municipality);
        var view = await registry.View();
        if (!code.Ok || view.Find(code.Value) is null) return Refusal.Of("municipality_unknown");
        if (wanted.Until < wanted.From) return Periods.Outside(wanted.From, wanted.Until.Value);
        var today = clock.Today();
        if (wanted.From < today && !site.Sellers.Any(s => s.Municipality == code.Value && s.From == wanted.From)) return Refusal.Of("out_of_period", ("from", "きょう"), ("until", "先の日"));
        if (wanted.Until < today) return Periods.Outside(today, wanted.Until.Value);
        var acceptor = Ids.Named<AcceptorId>([.. "online-acceptor"u8, .. site.Id.Value.Bytes(), .. System.Text.Encoding.ASCII.GetBytes(code.Value.Value)]);
        var row = new { site.Id, Code = code.Value, wanted.From, wanted.Until, Acceptor = acceptor };
        var draft = new ProposalDraft(ProposalKind.SiteSeller, key, $"{code.Value.Value} {Iso(wanted.From)}", JsonSerializer.Serialize(wanted));
        return new ReadyChange(draft, async (tx, by) =>
        {
            await tx.Connection.ExecuteAsync(PutSeller, row, tx.Handle);
            await log.Write(tx, new Operation("online_site.seller_set", by, site.Id.Value, After: $"{key} {code.Value.Value} from {Iso(wanted.From)}{(wanted.Until is { } last ? $" to {Iso(last)}" : "")}"));
        }, sites.Drop)
        {
            Prepare = async by => view.Find(acceptor) is not null ? null
                : (await register.Run(new(acceptor, code.Value, site.Kind == OnlineSiteKind.Shop ? "online_shop" : "crowdfunding", site.Name, by), stop)).Refused,
        };
    }

    /// <summary>Asks for a change of a site that was found good.</summary>
    /// <returns>The site, or what waits; as <see cref="ProposeChange.Run"/>.</returns>
    internal async Task<Result<Asked<OnlineSite>>> Ask(StaffAtWork work, string key, ReadyChange ready, bool smaller, CancellationToken stop)
    {
        var asked = await propose.Run(work, ready, smaller, stop);
        return asked.Refused is { } no ? no : new Asked<OnlineSite>(Must.Have((await sites.View()).Find(key), "a site that was asked about is there"), asked.Value.Id);
    }

    /// <returns>The site, for somebody who may change it; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>.</returns>
    internal async Task<Result<OnlineSite>> Known(StaffAtWork work, string key)
    {
        if (May(work) is { } forbidden) return forbidden;
        return (await sites.View()).Find(key) is { } site ? site : Refusal.Of("not_found");
    }

    private ReadyChange Ready(OnlineSite site, WantedOnlineLogin wanted, LoginAddresses read, WrappedSecret secret)
    {
        var row = new { site.Id, wanted.From, Authorize = read.Authorize.OriginalString, Token = read.Token.OriginalString, Api = read.Api.OriginalString, wanted.ClientId, Secret = secret.Wrapped };
        var draft = new ProposalDraft(ProposalKind.SiteLogin, site.Key, Iso(wanted.From), JsonSerializer.Serialize(wanted with { ClientSecret = "" }), secret);
        return new ReadyChange(draft, async (tx, by) =>
        {
            if (wanted.From == clock.Today() && await OnlineSecrets.InForce(tx, site.Id, wanted.From) is { } was) await older.Keep(tx, SecretKind.OnlineLogin, site.Id.Value, was);
            await tx.Connection.ExecuteAsync(PutLogin, row, tx.Handle);
            await log.Write(tx, new Operation("online_site.login_set", by, site.Id.Value, After: $"{site.Key} from {Iso(wanted.From)} {read.Authorize.Host} {read.Api.Host} {wanted.ClientId}"));
        }, sites.Drop);
    }

    private Refusal? May(StaffAtWork work) => work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused;

    private static string Short(OnlineSite s) => $"{s.Key} {Words<OnlineSiteKind>.Of(s.Kind)} {s.From:yyyy-MM-dd} to {(s.Until is { } last ? Iso(last) : "-")} {s.Name}";

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
