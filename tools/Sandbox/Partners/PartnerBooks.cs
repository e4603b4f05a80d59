using System.Security.Cryptography;
using System.Text.Json;
using MyKey.Kernel;

namespace MyKey.Sandbox.Partners;

/// <summary>What can go wrong with a partner.</summary>
public enum PartnerFault
{
    None,

    /// <summary>Every call is answered 503.</summary>
    Down,

    /// <summary>Debits late: whoever asked has long hung up.</summary>
    Slow,

    /// <summary>Debits, then hangs up without an answer.</summary>
    Silent,

    /// <summary>Debits and answers with an error; asked again it answers that it has debited.</summary>
    Twice,

    /// <summary>Says another amount than it debited.</summary>
    Lies,

    /// <summary>Takes no order.</summary>
    Refuses,
}

/// <param name="State"><c>debited</c> or <c>refused</c>.</param>
public sealed record PartnerOrder(string Member, long Points, string State, string? Reason);

/// <summary>An exchange that a member began on the partner's own page; its state is MyKey's word, or <c>asking</c> while the answer is not there, or a code of its refusal.</summary>
public sealed record BegunOrder(Guid Id, string Member, long Points, string State);

/// <summary>A code on its way from the login to the tokens.</summary>
internal sealed record PartnerCode(string Partner, string Member, string Challenge, string Back, long UntilMs);

/// <summary>
/// The books of the made-up partner companies: members with points, orders, tokens. Kept in one JSON file, or in memory only; log-ins and codes end
/// with the process.
/// </summary>
public sealed class PartnerBooks
{
    public const string ClientId = "mykey", ClientSecret = "sandbox-hanamizuki-7315", Password = "sakura-no-kawa-2046";
    public const int AccessLivesMs = 600_000, CodeLivesMs = 60_000;

    /// <summary>Somebody of the months before the demonstration.</summary>
    public const string EarlierMember = "member03";

    /// <summary>Members of each company, and what they have at the beginning.</summary>
    public static readonly IReadOnlyDictionary<string, long> Members = new Dictionary<string, long> { ["member01"] = 5_000, ["member02"] = 300, [EarlierMember] = 20_000 };

    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Partner, string Member)> logins = [];
    private readonly Dictionary<string, PartnerCode> codes = [];
    private readonly Dictionary<string, List<string>> given = [];
    private readonly Dictionary<string, PartnerFault> faults = [];
    private readonly Content content;
    private readonly string? file;
    private readonly TimeProvider clock;

    public PartnerBooks(string? file, TimeProvider clock)
    {
        (this.file, this.clock) = (file, clock);
        content = file is not null && File.Exists(file) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(file))! : new Content([], [], [], []);
    }

    private sealed record Grant(string Partner, string Member, long UntilMs);

    private sealed record Content(Dictionary<string, long> Points, Dictionary<string, PartnerOrder> Orders, Dictionary<string, Grant> Access, Dictionary<string, Grant> Refresh)
    {
        /// <summary>Of each company's system at MyKey.</summary>
        public Dictionary<string, string> Keys { get; init; } = [];

        /// <summary>By which word a member's link with MyKey is known.</summary>
        public Dictionary<string, string> Links { get; init; } = [];

        public Dictionary<string, BegunOrder> Begun { get; init; } = [];
    }

    /// <summary>What the operators of MyKey have given a company.</summary>
    public void SetUp(string partner, string key)
    {
        lock (gate)
        {
            content.Keys[partner] = key;
            Save();
        }
    }

    public string? KeyOf(string partner)
    {
        lock (gate) return content.Keys.GetValueOrDefault(partner);
    }

    public string? LinkOf(string partner, string member)
    {
        lock (gate) return content.Links.GetValueOrDefault($"{partner}/{member}");
    }

    public IReadOnlyList<BegunOrder> BegunOf(string partner)
    {
        lock (gate) return [.. content.Begun.Where(b => b.Key.StartsWith($"{partner}/", StringComparison.Ordinal)).Select(b => b.Value)];
    }

    /// <summary>The row stands before MyKey is asked: then a lost answer can be asked for.</summary>
    internal void Put(string partner, BegunOrder order)
    {
        lock (gate)
        {
            content.Begun[$"{partner}/{order.Id}"] = order;
            Save();
        }
    }

    /// <summary>How late <see cref="PartnerFault.Slow"/> is.</summary>
    public int SlowMs { get; set; } = 15_000;

    public PartnerFault FaultOf(string partner)
    {
        lock (gate) return faults.GetValueOrDefault(partner);
    }

    public void Set(string partner, PartnerFault fault)
    {
        lock (gate) faults[partner] = fault;
    }

    public long PointsOf(string partner, string member)
    {
        lock (gate) return content.Points.GetValueOrDefault($"{partner}/{member}", Members[member]);
    }

    public IReadOnlyList<(string Id, PartnerOrder Order)> OrdersOf(string partner)
    {
        lock (gate) return [.. content.Orders.Where(o => o.Key.StartsWith($"{partner}/", StringComparison.Ordinal)).Select(o => (o.Key[(partner.Length + 1)..], o.Value))];
    }

    public PartnerOrder? Order(string partner, Guid id)
    {
        lock (gate) return content.Orders.GetValueOrDefault($"{partner}/{id}");
    }

    /// <returns>The cookie of a log-in, or null for a wrong number or password.</returns>
    public string? LogIn(string partner, string? member, string? password)
    {
        if (member is null || !Members.ContainsKey(member) || password != Password) return null;
        var cookie = Secret();
        lock (gate) logins[cookie] = (partner, member);
        return cookie;
    }

    public string? MemberOf(string partner, string? cookie)
    {
        lock (gate) return cookie is not null && logins.TryGetValue(cookie, out var login) && login.Partner == partner ? login.Member : null;
    }

    internal string Code(string partner, string member, string challenge, string back)
    {
        var code = Secret();
        lock (gate) codes[code] = new PartnerCode(partner, member, challenge, back, clock.NowMs() + CodeLivesMs);
        return code;
    }

    /// <summary>A code serves once; if it comes again, what it gave is taken back (RFC 6749 4.1.2).</summary>
    internal (string Access, string Refresh, string? Link)? Redeem(string partner, string code, string back, string verifier)
    {
        lock (gate)
        {
            if (given.TryGetValue(code, out var before))
            {
                foreach (var token in before) _ = content.Access.Remove(token) | content.Refresh.Remove(token);
                Save();
                return null;
            }
            if (!codes.Remove(code, out var found) || found.Partner != partner || found.Back != back || found.UntilMs <= clock.NowMs()) return null;
            if (found.Challenge != System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier)))) return null;
            var tokens = Tokens(partner, found.Member);
            given[code] = [tokens.Access, tokens.Refresh];
            var word = content.Links[$"{partner}/{found.Member}"] = Secret();
            Save();
            return (tokens.Access, tokens.Refresh, word);
        }
    }

    /// <summary>A refresh token serves once and gives the next.</summary>
    internal (string Access, string Refresh, string? Link)? Renew(string partner, string refresh)
    {
        lock (gate) return content.Refresh.Remove(refresh, out var grant) && grant.Partner == partner && Tokens(partner, grant.Member) is var next ? (next.Access, next.Refresh, null) : null;
    }

    internal string? Holder(string partner, string access)
    {
        lock (gate) return content.Access.TryGetValue(access, out var grant) && grant.Partner == partner && grant.UntilMs > clock.NowMs() ? grant.Member : null;
    }

    /// <summary>What a member does on the partner's own page: no token of MyKey serves any more.</summary>
    public void Revoke(string partner, string member)
    {
        lock (gate)
        {
            content.Links.Remove($"{partner}/{member}");
            foreach (var kind in (Dictionary<string, Grant>[])[content.Access, content.Refresh])
                foreach (var token in kind.Where(t => t.Value.Partner == partner && t.Value.Member == member).Select(t => t.Key).ToList()) kind.Remove(token);
            Save();
        }
    }

    /// <summary>Debits once for each number, as long as it is time; what was said of a number stays.</summary>
    /// <returns>null where the number belongs to something else.</returns>
    internal PartnerOrder? Debit(string partner, string member, (Guid Id, long Points, long NotAfterMs) debit)
    {
        lock (gate)
        {
            var key = $"{partner}/{debit.Id}";
            if (content.Orders.TryGetValue(key, out var known)) return known.Member == member && known.Points == debit.Points ? known : null;
            var rest = content.Points.GetValueOrDefault($"{partner}/{member}", Members[member]);
            var no = clock.NowMs() >= debit.NotAfterMs ? "expired" : faults.GetValueOrDefault(partner) == PartnerFault.Refuses ? "refused" : debit.Points > rest ? "insufficient_points" : null;
            if (no is null) content.Points[$"{partner}/{member}"] = rest - debit.Points;
            content.Orders[key] = new PartnerOrder(member, debit.Points, no is null ? "debited" : "refused", no);
            Save();
            return content.Orders[key];
        }
    }

    private (string Access, string Refresh) Tokens(string partner, string member)
    {
        var (access, refresh, now) = (Secret(), Secret(), clock.NowMs());
        content.Access[access] = new Grant(partner, member, now + AccessLivesMs);
        content.Refresh[refresh] = new Grant(partner, member, long.MaxValue);
        Save();
        return (access, refresh);
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
