using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.Online;

/// <summary>What can go wrong with a site.</summary>
public enum OnlineFault
{
    None,

    /// <summary>Loses the answer of every call to MyKey; what it asked for has happened all the same.</summary>
    LosesAnswers,

    /// <summary>Does not hear what MyKey tells it: every message is answered 503.</summary>
    Deaf,

    /// <summary>Is silent when it is handed a link.</summary>
    Silent,
}

/// <summary>A link that MyKey has handed over.</summary>
public sealed record MemberLink(Guid Id, string Token);

/// <summary>An order of the shop, or a pledge to a project. What it is worth in points stands at MyKey under <paramref name="Pledge"/>.</summary>
/// <param name="State"><c>asking</c>: the answer was lost; <c>confirming</c>: its member has to confirm it in MyKey; <c>held</c>, <c>paid</c>, <c>cancelled</c>, <c>returned</c>, <c>refused</c>.</param>
/// <param name="Goods">Id of the item or project.</param>
/// <param name="Why">Code of MyKey's refusal.</param>
/// <param name="Confirm">Where in MyKey it is confirmed.</param>
public sealed record SiteOrder(string No, string Member, string Goods, string Municipality, string Issuer, long Price, long Points, Guid Pledge, string State, long Refunded = 0, string? Why = null, string? Confirm = null);

/// <summary>A message of MyKey that was verified.</summary>
public sealed record HeardEvent(string Id, string Type, string Data);

/// <summary>
/// The books of the made-up shop and crowdfunding site: members' links, orders, what MyKey has told. Kept in one JSON file, or in memory only; log-ins and codes
/// end with the process.
/// </summary>
public sealed class OnlineBooks(string? file, TimeProvider clock)
{
    public const string ClientId = "mykey", ClientSecret = "sandbox-yamabuki-5230";
    private const int CodeLivesMs = 60_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Site, string Member)> logins = [];
    private readonly Dictionary<string, OnlineCode> codes = [];
    private readonly Dictionary<string, (string Site, string Member)> access = [];
    private readonly Dictionary<string, OnlineFault> faults = [];
    private readonly Content content = file is not null && File.Exists(file) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(file))! : new Content([], [], [], [], []);

    private sealed record OnlineCode(string Site, string Member, string Challenge, string Back, long UntilMs);

    /// <param name="Keys">Of each site's system at MyKey; <paramref name="Hooks"/>: its secret there.</param>
    private sealed record Content(Dictionary<string, string> Keys, Dictionary<string, string> Hooks, Dictionary<string, MemberLink> Links, Dictionary<string, SiteOrder> Orders, List<HeardEvent> Events)
    {
        /// <summary>The made-up projects begin when the site does, so that there is always one to support.</summary>
        public DateOnly? Begun { get; set; }
    }

    public OnlineFault FaultOf(string site)
    {
        lock (gate) return faults.GetValueOrDefault(site);
    }

    public void Set(string site, OnlineFault fault)
    {
        lock (gate) faults[site] = fault;
    }

    /// <summary>What the operators of MyKey have given the site: the key of its system, and the secret that signs what it is told.</summary>
    public void SetUp(string site, string key, string? hook)
    {
        lock (gate)
        {
            content.Keys[site] = key;
            if (hook is not null) content.Hooks[site] = hook;
            Save();
        }
    }

    public string? KeyOf(string site)
    {
        lock (gate) return content.Keys.GetValueOrDefault(site);
    }

    public string? HookOf(string site)
    {
        lock (gate) return content.Hooks.GetValueOrDefault(site);
    }

    /// <returns>The cookie of a log-in, or null for a wrong number or password.</returns>
    public string? LogIn(string site, string? member, string? password)
    {
        if (member is null || !PartnerBooks.Members.ContainsKey(member) || password != PartnerBooks.Password) return null;
        var cookie = Secret();
        lock (gate) logins[cookie] = (site, member);
        return cookie;
    }

    public string? MemberOf(string site, string? cookie)
    {
        lock (gate) return cookie is not null && logins.TryGetValue(cookie, out var login) && login.Site == site ? login.Member : null;
    }

    internal string Code(string site, string member, string challenge, string back)
    {
        var code = Secret();
        lock (gate) codes[code] = new OnlineCode(site, member, challenge, back, clock.NowMs() + CodeLivesMs);
        return code;
    }

    /// <summary>A code serves once, for who has the verifier.</summary>
    internal string? Redeem(string site, string code, string back, string verifier)
    {
        lock (gate)
        {
            if (!codes.Remove(code, out var found) || found.Site != site || found.Back != back || found.UntilMs <= clock.NowMs()) return null;
            if (found.Challenge != System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))) return null;
            var token = Secret();
            access[token] = (site, found.Member);
            return token;
        }
    }

    /// <summary>Leave given at the login serves once: to hand over a link.</summary>
    /// <returns>The member, or null.</returns>
    internal string? Take(string site, string? token)
    {
        lock (gate) return token is not null && access.Remove(token, out var grant) && grant.Site == site ? grant.Member : null;
    }

    public MemberLink? LinkOf(string site, string member)
    {
        lock (gate) return content.Links.GetValueOrDefault($"{site}/{member}");
    }

    internal void Keep(string site, string member, MemberLink link)
    {
        lock (gate)
        {
            content.Links[$"{site}/{member}"] = link;
            Save();
        }
    }

    internal void Forget(string site, Guid link)
    {
        lock (gate)
        {
            foreach (var key in content.Links.Where(l => l.Value.Id == link && l.Key.StartsWith($"{site}/", StringComparison.Ordinal)).Select(l => l.Key).ToList()) content.Links.Remove(key);
            Save();
        }
    }

    /// <summary>An order's row stands before MyKey is asked: then a lost answer can be asked for.</summary>
    internal SiteOrder Begin(string site, SiteOrder order)
    {
        lock (gate)
        {
            var numbered = order with { No = $"{site[0]}-{content.Orders.Count + 1:0000}" };
            content.Orders[$"{site}/{numbered.No}"] = numbered;
            Save();
            return numbered;
        }
    }

    internal void Put(string site, SiteOrder order)
    {
        lock (gate)
        {
            content.Orders[$"{site}/{order.No}"] = order;
            Save();
        }
    }

    public SiteOrder? Order(string site, string? no)
    {
        lock (gate) return content.Orders.GetValueOrDefault($"{site}/{no}");
    }

    public IReadOnlyList<SiteOrder> OrdersOf(string site)
    {
        lock (gate) return [.. content.Orders.Where(o => o.Key.StartsWith($"{site}/", StringComparison.Ordinal)).Select(o => o.Value)];
    }

    /// <returns>false when it was heard before.</returns>
    internal bool Hear(HeardEvent message)
    {
        lock (gate)
        {
            if (content.Events.Any(e => e.Id == message.Id)) return false;
            content.Events.Add(message);
            Save();
            return true;
        }
    }

    public IReadOnlyList<HeardEvent> Events
    {
        get
        {
            lock (gate) return [.. content.Events];
        }
    }

    /// <summary>Last day of a project.</summary>
    public DateOnly EndOf(Project project)
    {
        lock (gate) return (content.Begun ??= clock.Today()).AddDays(project.Days);
    }

    private void Save()
    {
        if (file is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(content));
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string Secret() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
