using System.Text.Json;
using System.Text.Json.Serialization;
using MyKey.Kernel;

namespace MyKey.Sandbox.PaymentServices;

/// <summary>What can go wrong with a payment service.</summary>
public enum ServiceFault
{
    None,

    /// <summary>Every call is answered 503.</summary>
    Down,

    /// <summary>Grants late: whoever asked has long hung up.</summary>
    Slow,

    /// <summary>Grants, then hangs up without an answer.</summary>
    Silent,

    /// <summary>Grants and answers with an error; asked again it answers that it has granted.</summary>
    Twice,

    /// <summary>Accepts, and grants when somebody lets it.</summary>
    Late,

    /// <summary>Does not know the account any more: the member has withdrawn.</summary>
    Invalid,

    /// <summary>Says another amount than it granted.</summary>
    Lies,

    /// <summary>One of the others for each order, by its number.</summary>
    Flaky,

    /// <summary>Keeps none of the three rules: grants whatever comes, as often as it comes.</summary>
    Careless,
}

/// <param name="State"><c>accepted</c>, <c>granted</c> or <c>refused</c>.</param>
/// <param name="Times">How often it was granted.</param>
public sealed record ServiceGrant(string Account, long Points, string State, string? Reason, int Times);

/// <param name="Said">What MyKey answered: the premium, or a code.</param>
public sealed record ServicePurchase(string Event, string Member, long Amount, string Said);

/// <summary>The books of the made-up payment services: members with what they hold, and the orders. Kept in one JSON file, or in memory only.</summary>
public sealed class ServiceBooks
{
    public const string ClientId = "mykey", ClientSecret = "sandbox-hinageshi-4162-8351";
    public const int Members = 300;

    private static readonly ServiceFault[] Turns = [ServiceFault.None, ServiceFault.Silent, ServiceFault.Twice, ServiceFault.Late, ServiceFault.Down];

    private readonly Lock gate = new();
    private readonly Dictionary<string, ServiceFault> faults = [];
    private readonly Content content;
    private readonly string? file;
    private readonly TimeProvider clock;

    public ServiceBooks(string? file, TimeProvider clock)
    {
        (this.file, this.clock) = (file, clock);
        content = file is not null && File.Exists(file) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(file))! : new Content([]);
    }

    private sealed record Content(Dictionary<string, ServiceGrant> Grants)
    {
        public Dictionary<string, string> Keys { get; init; } = [];

        [JsonIgnore]
        public List<(string Service, ServicePurchase Purchase)> Purchases { get; } = [];
    }

    /// <summary>How late <see cref="ServiceFault.Slow"/> is.</summary>
    public int SlowMs { get; set; } = 15_000;

    /// <summary>A member's ID and code, as the service's own pages would show them.</summary>
    public static (string Id, string Code) Member(int number) => ($"pay-{number:0000}", $"hina-{number * 7919 % 10_000:0000}");

    public ServiceFault FaultOf(string service)
    {
        lock (gate) return faults.GetValueOrDefault(service);
    }

    public void Set(string service, ServiceFault fault)
    {
        lock (gate) faults[service] = fault;
    }

    /// <returns>The service's own word for the account; null for a pair that is none.</returns>
    public static string? Verify(string id, string code) => Enumerable.Range(1, Members).Select(Member).FirstOrDefault(m => m.Id == id && m.Code == code).Id is { } known ? $"account-of-{known}" : null;

    public ServiceGrant? Grant(string service, Guid id)
    {
        lock (gate) return content.Grants.GetValueOrDefault($"{service}/{id}");
    }

    public IReadOnlyList<(Guid Id, ServiceGrant Grant)> GrantsOf(string service)
    {
        lock (gate) return [.. content.Grants.Where(g => g.Key.StartsWith($"{service}/", StringComparison.Ordinal)).Select(g => (Guid.Parse(g.Key[(service.Length + 1)..]), g.Value))];
    }

    /// <summary>The key of MyKey that its operators gave this service.</summary>
    public string? KeyOf(string service)
    {
        lock (gate) return content.Keys.GetValueOrDefault(service);
    }

    public void SetKey(string service, string key)
    {
        lock (gate)
        {
            content.Keys[service] = key;
            Save();
        }
    }

    /// <summary>What was bought here since it was started, newest first.</summary>
    public IReadOnlyList<ServicePurchase> PurchasesOf(string service)
    {
        lock (gate) return [.. content.Purchases.Where(p => p.Service == service).Select(p => p.Purchase).Reverse()];
    }

    internal void Note(string service, ServicePurchase purchase)
    {
        lock (gate) content.Purchases.Add((service, purchase));
    }

    /// <summary>What members of a service hold from us.</summary>
    public long Held(string service) => GrantsOf(service).Where(g => g.Grant.State == "granted").Sum(g => g.Grant.Points * g.Grant.Times);

    /// <summary>The one that goes wrong with this order.</summary>
    internal ServiceFault FaultFor(string service, Guid id)
    {
        var fault = FaultOf(service);
        return fault == ServiceFault.Flaky ? Turns[id.ToByteArray()[15] % Turns.Length] : fault;
    }

    /// <summary>Orders once for each number, as long as it is time; what was said of a number stays.</summary>
    /// <returns>null where the number belongs to something else.</returns>
    internal ServiceGrant? Post(string service, GrantCall call)
    {
        lock (gate)
        {
            var (key, fault) = ($"{service}/{call.Id}", FaultFor(service, call.Id));
            if (content.Grants.TryGetValue(key, out var known) && fault != ServiceFault.Careless) return known.Account == call.Account && known.Points == call.Points ? known : null;
            var no = fault == ServiceFault.Careless ? null
                : clock.NowMs() >= call.NotAfterMs ? "expired"
                : fault == ServiceFault.Invalid || !call.Account.StartsWith("account-of-pay-", StringComparison.Ordinal) ? "invalid_account" : null;
            content.Grants[key] = new ServiceGrant(call.Account, call.Points, no is not null ? "refused" : fault == ServiceFault.Late ? "accepted" : "granted", no, (known?.Times ?? 0) + (no is null ? 1 : 0));
            Save();
            return content.Grants[key];
        }
    }

    /// <summary>What was accepted is granted, or refused after all.</summary>
    public ServiceGrant? End(string service, Guid id, string? no)
    {
        lock (gate)
        {
            if (!content.Grants.TryGetValue($"{service}/{id}", out var grant) || grant.State != "accepted") return null;
            content.Grants[$"{service}/{id}"] = grant = grant with { State = no is null ? "granted" : "refused", Reason = no };
            Save();
            return grant;
        }
    }

    private void Save()
    {
        if (file is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(content));
        File.Move(file + ".new", file, overwrite: true);
    }
}

internal sealed record KeyCall(string Key);

internal sealed record VerifyCall(string ServiceId, string SecurityCode);

internal sealed record GrantCall(Guid Id, string Account, string Municipality, long Points, long NotAfterMs);
