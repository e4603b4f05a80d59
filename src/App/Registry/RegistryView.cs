using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>How far from the issuer acceptors of a kind may be: nowhere, in its own area (a prefecture's is the prefecture), in its prefecture, anywhere.</summary>
public enum UsageArea { None, Own, Prefecture, Anywhere }

/// <summary>The registry as it stood at one moment; asking makes no database call and no garbage.</summary>
public sealed class RegistryView
{
    private static readonly Refusal NotHere = Refusal.Of("not_accepted_here");

    private TakenCounts? counts;

    /// <summary>Nothing is known yet.</summary>
    internal static RegistryView Empty { get; } = new();

    /// <summary>The last change it knows.</summary>
    internal long No { get; init; } = -1;

    internal Dictionary<MunicipalityCode, Municipality> Known { get; init; } = [];

    internal MunicipalityNames Names { get; init; } = new([]);

    public Shards<AcceptorId, Acceptor> Takers { get; internal init; } = Shards<AcceptorId, Acceptor>.None;

    /// <summary>Acceptors by their municipality, which never changes.</summary>
    internal Dictionary<MunicipalityCode, AcceptorId[]> Placed { get; init; } = [];

    /// <summary>How many acceptors of a kind take points in a municipality.</summary>
    internal Shards<(string Kind, MunicipalityCode Town), int> Standing { get; init; } = Shards<(string Kind, MunicipalityCode Town), int>.None;

    internal Dictionary<(MunicipalityCode Issuer, string Kind), UsageArea> Kinds { get; init; } = [];

    internal Shards<(MunicipalityCode Issuer, AcceptorId Acceptor), bool?> Single { get; init; } = Shards<(MunicipalityCode Issuer, AcceptorId Acceptor), bool?>.None;

    internal Dictionary<ShopGroupId, ShopGroup> Streets { get; init; } = [];

    internal Dictionary<SupportEventId, SupportEvent> Supported { get; init; } = [];

    internal Shards<(SupportEventId Event, AcceptorId Acceptor), bool> EventTakers { get; init; } = Shards<(SupportEventId Event, AcceptorId Acceptor), bool>.None;

    internal Dictionary<string, ProviderKind> KindsOfProviders { get; init; } = [];

    internal KindWords KindWords { get; init; } = new([]);

    internal Dictionary<ServiceProviderId, ServiceProvider> KnownProviders { get; init; } = [];

    /// <summary>By code.</summary>
    public IEnumerable<ProviderKind> ProviderKinds => KindsOfProviders.Values.OrderBy(k => k.Code, StringComparer.Ordinal);

    public IEnumerable<ServiceProvider> Providers => KnownProviders.Values;

    public IEnumerable<SupportEvent> Events => Supported.Values;

    public IEnumerable<ShopGroup> Groups => Streets.Values;

    public IEnumerable<Municipality> Municipalities => Known.Values;

    /// <summary>All of the country; those of a municipality are <see cref="AcceptorsOf(MunicipalityCode)"/>.</summary>
    public IEnumerable<Acceptor> Acceptors => Takers.Values;

    /// <summary>A municipality's own; of a prefecture only what belongs to the prefecture itself.</summary>
    public IEnumerable<Acceptor> AcceptorsOf(MunicipalityCode code) => Placed.GetValueOrDefault(code, []).Select(id => Find(id)!);

    /// <summary>What lies in a municipality; in a prefecture that of all its municipalities, too (K-11).</summary>
    public IEnumerable<Acceptor> AcceptorsWithin(MunicipalityCode code) => Placed.Keys.Where(code.Contains).SelectMany(AcceptorsOf);

    /// <summary>Those at which an event's points pay.</summary>
    public IEnumerable<Acceptor> AcceptorsOf(SupportEventId supported) => EventTakers.Rows.Where(r => r.Key.Event == supported && r.Value).Select(r => Find(r.Key.Acceptor)).OfType<Acceptor>();

    public Municipality? Find(MunicipalityCode code) => Known.GetValueOrDefault(code);

    public Acceptor? Find(AcceptorId id) => Takers.GetValueOrDefault(id);

    public ShopGroup? Find(ShopGroupId id) => Streets.GetValueOrDefault(id);

    public ServiceProvider? Find(ServiceProviderId id) => KnownProviders.GetValueOrDefault(id);

    public ServiceProvider? FindProvider(string? code) => KnownProviders.Values.FirstOrDefault(p => p.Code.Equals(code, StringComparison.OrdinalIgnoreCase));

    public SupportEvent? Find(SupportEventId id) => Supported.GetValueOrDefault(id);

    /// <summary>Whether an acceptor is one of an event's.</summary>
    public bool Joins(SupportEventId supported, AcceptorId acceptor) => EventTakers.GetValueOrDefault((supported, acceptor));

    /// <summary>The municipality of which somebody wants to have points.</summary>
    /// <returns>It; <c>field_required</c> (field) for nothing, <c>municipality_unknown</c> for one that gives none now.</returns>
    public Result<Municipality> Issuing(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return Refusal.Of("field_required", ("field", "municipality"));
        var code = MunicipalityCode.Read(typed);
        return code.Ok && Find(code.Value) is { Issues: true } town ? town : Refusal.Of("municipality_unknown");
    }

    /// <summary>What the points of an issuer are called; its code if it is not registered. Reserved points have no municipality yet.</summary>
    public string NameOfPoints(MunicipalityCode issuer) => issuer == MunicipalityCode.Pool ? "留保ポイント" : Find(issuer)?.PointName ?? issuer.Value;

    /// <summary>The same for those of an event, too.</summary>
    public string NameOfPoints(Purse purse) => purse.Event is { } id ? Find(id)?.PointName ?? "イベントのポイント" : NameOfPoints(purse.Issuer);

    /// <summary>
    /// Whether points of a purse pay at an acceptor on a day: from the issuer's first day on (S4-14), an event's only at its own acceptors (S0-5010a), in its days (S0-5010b).
    /// </summary>
    /// <returns>The acceptor; <c>not_accepted_here</c>, <c>not_started</c> (from), <c>event_closed</c> (from, until).</returns>
    public Result<Acceptor> TakenHere(Purse purse, AcceptorId id, DateOnly day)
    {
        if (purse.Event is not { } supported) return AcceptedHere(purse.Issuer, id).Then<Acceptor>(a => Find(purse.Issuer)?.PaysOn(day) is { } early ? early : a);
        if (Find(supported) is not { } found || found.Municipality != purse.Issuer || !Joins(supported, id)) return NotHere;
        if (Find(id) is not { Takes: true } acceptor) return NotHere;
        return found.PaysOn(day) is { } closed ? closed : acceptor;
    }

    /// <summary>Whether points of an issuer pay at an acceptor (S2-P6c): its rule for this acceptor, else for this kind; without a rule, no.</summary>
    /// <returns>The acceptor, or <c>not_accepted_here</c>.</returns>
    public Result<Acceptor> AcceptedHere(MunicipalityCode issuer, AcceptorId id)
    {
        if (!Takers.TryGetValue(id, out var acceptor) || !acceptor.Takes) return NotHere;
        if (Single.TryGetValue((issuer, id), out var rule) && rule is { } allowed) return allowed ? acceptor : NotHere;
        return Kinds.TryGetValue((issuer, acceptor.Kind.Code), out var area) && Within(area, issuer, acceptor.Municipality) ? acceptor : NotHere;
    }

    /// <summary>Whose points pay at an acceptor, by code (S0-4001b): those of municipalities that give points, or gave some.</summary>
    public IEnumerable<Municipality> PayingAt(AcceptorId id) =>
        Known.Values.Where(m => m.State != MunicipalityState.Listed && AcceptedHere(m.Code, id).Ok).OrderBy(m => m.Code);

    /// <summary>
    /// The municipalities that a folded word means: by name with or without its last character, by the way it is read, by a former name; a prefecture means all of it. The same name may be that of
    /// several (Y-D1): then all of them.
    /// </summary>
    public IReadOnlyList<Municipality> Named(string word) => Names.Named(word);

    /// <summary>Codes of the kinds of places that a folded word means.</summary>
    public IReadOnlyList<string> KindsNamed(string word) => KindWords.Named(word);

    public UsageArea AreaOf(MunicipalityCode issuer, string kind) => Kinds.GetValueOrDefault((issuer, kind));

    /// <summary>An issuer's rule for one acceptor; null: its kind decides.</summary>
    public bool? RuleOf(MunicipalityCode issuer, AcceptorId acceptor) => Single.GetValueOrDefault((issuer, acceptor));

    /// <summary>How many acceptors take whose points; put together when somebody asks.</summary>
    public TakenCounts Counts => LazyInitializer.EnsureInitialized(ref counts, () => new TakenCounts(this));

    /// <summary>A municipality as files and people name it: by code (5 or 6 digits), else by name, which never keys alone (Y-D1).</summary>
    /// <param name="prefecture">May be empty.</param>
    /// <returns>
    /// The municipality; <c>number_format</c> for what is no code, <c>municipality_unknown</c> when it is not registered,
    /// <c>ambiguous_name</c> when several have the name, <c>field_required</c> when both are empty.
    /// </returns>
    public Result<Municipality> Resolve(string code, string prefecture, string name)
    {
        if (code.Length > 0)
            return MunicipalityCode.Read(code).Then<Municipality>(c => Find(c) is { } known ? known : Refusal.Of("municipality_unknown"));
        if (name.Length == 0) return Refusal.Of("field_required", ("field", "code"));
        var named = Names.Called(name).Where(m => prefecture.Length == 0 || m.Prefecture == prefecture).ToList();
        return named.Count switch { 0 => Refusal.Of("municipality_unknown"), 1 => named[0], _ => Refusal.Of("ambiguous_name", ("name", name)) };
    }

    internal static bool Within(UsageArea area, MunicipalityCode issuer, MunicipalityCode place) => area switch
    {
        UsageArea.Anywhere => true,
        UsageArea.Prefecture => issuer.Prefecture == place.Prefecture,
        UsageArea.Own => issuer.Contains(place),
        _ => false,
    };
}
