using System.Text.Json;
using MyKey.Kernel;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.StreetCards;

/// <param name="State"><c>charged</c> or <c>refused</c>.</param>
/// <param name="City">How much of the points the municipality gave; the rest was exchanged.</param>
public sealed record CentreCharge(string Card, long Points, string State, string? Reason, long City = 0);

/// <param name="State"><c>reversed</c> or <c>refused</c>.</param>
public sealed record CentreReversal(Guid Charge, long Points, string State, string? Reason);

/// <summary>
/// The books of the made-up card centres: cards with what is on them by source, charges, and a till of their own, at which 100 yen are a point of the shops'
/// association (K-31, S4-07d). Kept in one JSON file, or in memory only.
/// </summary>
public sealed class CardCentreBooks
{
    public const string ClientId = "mykey", ClientSecret = "sandbox-yamabuki-4162";
    public const string Exchanged = "exchanged", FromCity = "city", Association = "association";

    /// <summary>Cards that every centre has issued.</summary>
    public static readonly IReadOnlyList<string> Cards = ["SANO0001", "SANO0002", "SANO0003"];

    private const int YenPerPoint = 100;

    private readonly Lock gate = new();
    private readonly Dictionary<string, PartnerFault> faults = [];
    private readonly Content content;
    private readonly string? file;
    private readonly TimeProvider clock;

    public CardCentreBooks(string? file, TimeProvider clock)
    {
        (this.file, this.clock) = (file, clock);
        content = file is not null && File.Exists(file) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(file))! : new Content([], []);
        content.Reversals ??= [];
    }

    private sealed record Content(Dictionary<string, Dictionary<string, long>> Balances, Dictionary<string, CentreCharge> Charges)
    {
        public Dictionary<string, CentreReversal> Reversals { get; set; } = [];
    }

    /// <summary>How late <see cref="PartnerFault.Slow"/> is.</summary>
    public int SlowMs { get; set; } = 15_000;

    public PartnerFault FaultOf(string centre)
    {
        lock (gate) return faults.GetValueOrDefault(centre);
    }

    public void Set(string centre, PartnerFault fault)
    {
        lock (gate) faults[centre] = fault;
    }

    /// <returns>By source, or null for a card that the centre has not issued.</returns>
    public IReadOnlyDictionary<string, long>? On(string centre, string card)
    {
        lock (gate) return Cards.Contains(card) ? new Dictionary<string, long>(Of(centre, card)) : null;
    }

    public CentreCharge? Charge(string centre, Guid id)
    {
        lock (gate) return content.Charges.GetValueOrDefault($"{centre}/{id}");
    }

    public IReadOnlyList<(string Id, CentreCharge Charge)> ChargesOf(string centre)
    {
        lock (gate) return [.. content.Charges.Where(o => o.Key.StartsWith($"{centre}/", StringComparison.Ordinal)).Select(o => (o.Key[(centre.Length + 1)..], o.Value))];
    }

    public CentreReversal? Reversal(string centre, Guid id)
    {
        lock (gate) return content.Reversals.GetValueOrDefault($"{centre}/{id}");
    }

    /// <summary>Somebody pays with what is on the card, the city's points first.</summary>
    public void Pay(string centre, string card, long points)
    {
        lock (gate)
        {
            var on = Of(centre, card);
            foreach (var source in new[] { FromCity, Exchanged, Association })
            {
                var part = Math.Min(points, on[source]);
                (on[source], points) = (on[source] - part, points - part);
            }
            Save();
        }
    }

    /// <summary>Takes a charge off its card once for each number, whole or not at all.</summary>
    /// <returns>null where the number belongs to something else, or there is no such charge.</returns>
    internal CentreReversal? Reverse(string centre, Guid charge, ReversalCall call)
    {
        lock (gate)
        {
            var key = $"{centre}/{call.Id}";
            if (content.Reversals.TryGetValue(key, out var known)) return known.Charge == charge ? known : null;
            if (content.Charges.GetValueOrDefault($"{centre}/{charge}") is not { State: "charged" } done) return null;
            var (on, city) = (Of(centre, done.Card), done.City);
            var gone = content.Reversals.Any(r => r.Key.StartsWith($"{centre}/", StringComparison.Ordinal) && r.Value is { State: "reversed" } && r.Value.Charge == charge);
            var no = clock.NowMs() >= call.NotAfterMs ? "expired" : gone || faults.GetValueOrDefault(centre) == PartnerFault.Refuses ? "refused"
                : on[FromCity] < city || on[Exchanged] < done.Points - city ? "spent" : null;
            if (no is null)
            {
                on[FromCity] -= city;
                on[Exchanged] -= done.Points - city;
            }
            content.Reversals[key] = new CentreReversal(charge, done.Points, no is null ? "reversed" : "refused", no);
            Save();
            return content.Reversals[key];
        }
    }

    /// <summary>Somebody buys something with the card: whole hundreds of yen count.</summary>
    public void Buy(string centre, string card, long yen)
    {
        lock (gate)
        {
            Of(centre, card)[Association] += yen / YenPerPoint;
            Save();
        }
    }

    /// <summary>Charges once for each number, as long as it is time; what was said of a number stays.</summary>
    /// <returns>null where the number belongs to something else, or the sources are not the whole.</returns>
    internal CentreCharge? Post(string centre, ChargeCall call)
    {
        lock (gate)
        {
            var key = $"{centre}/{call.Id}";
            if (content.Charges.TryGetValue(key, out var known)) return known.Card == call.Card && known.Points == call.Points ? known : null;
            if (call.Sources.Exchanged + call.Sources.City != call.Points) return null;
            var no = clock.NowMs() >= call.NotAfterMs ? "expired" : faults.GetValueOrDefault(centre) == PartnerFault.Refuses ? "refused" : !Cards.Contains(call.Card) ? "card_unknown" : null;
            if (no is null)
            {
                var on = Of(centre, call.Card);
                on[Exchanged] += call.Sources.Exchanged;
                on[FromCity] += call.Sources.City;
            }
            content.Charges[key] = new CentreCharge(call.Card, call.Points, no is null ? "charged" : "refused", no, call.Sources.City);
            Save();
            return content.Charges[key];
        }
    }

    private Dictionary<string, long> Of(string centre, string card)
    {
        if (!content.Balances.TryGetValue($"{centre}/{card}", out var on)) content.Balances[$"{centre}/{card}"] = on = new() { [Exchanged] = 0, [FromCity] = 0, [Association] = 0 };
        return on;
    }

    private void Save()
    {
        if (file is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(content));
        File.Move(file + ".new", file, overwrite: true);
    }
}

internal sealed record ChargeSources(long Exchanged, long City);

internal sealed record ChargeCall(Guid Id, string Card, long Points, ChargeSources Sources, long NotAfterMs);

internal sealed record ReversalCall(Guid Id, long NotAfterMs);
