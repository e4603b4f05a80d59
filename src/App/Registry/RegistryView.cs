using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>How far from the issuer acceptors of a kind may be: nowhere, in its own area (a prefecture's is the prefecture), in its prefecture, anywhere.</summary>
public enum UsageArea { None, Own, Prefecture, Anywhere }

/// <summary>The registry as it stood at one moment; asking makes no database call and no garbage.</summary>
public sealed class RegistryView
{
    private static readonly Refusal NotHere = Refusal.Of("not_accepted_here");

    internal RegistryView(long no, Dictionary<MunicipalityCode, Municipality> municipalities, Dictionary<AcceptorId, Acceptor> acceptors,
        Dictionary<(MunicipalityCode, string), UsageArea> kinds, Dictionary<(MunicipalityCode, AcceptorId), bool?> single,
        Dictionary<ShopGroupId, ShopGroup> streets, Dictionary<SupportEventId, SupportEvent> events, Dictionary<(SupportEventId, AcceptorId), bool> eventTakers)
    {
        (No, Known, Takers, Kinds, Single, Streets, Supported, EventTakers) = (no, municipalities, acceptors, kinds, single, streets, events, eventTakers);
        byName = new(() => Known.Values.ToLookup(m => m.Name));
        byWord = new(() => Known.Values.SelectMany(m => WordsOf(m).Select(w => (Word: w, Municipality: m))).ToLookup(p => p.Word, p => p.Municipality));
    }

    private readonly Lazy<ILookup<string, Municipality>> byName, byWord;

    /// <summary>The last change it knows.</summary>
    internal long No { get; }

    internal Dictionary<MunicipalityCode, Municipality> Known { get; }

    internal Dictionary<AcceptorId, Acceptor> Takers { get; }

    internal Dictionary<(MunicipalityCode Issuer, string Kind), UsageArea> Kinds { get; }

    internal Dictionary<(MunicipalityCode Issuer, AcceptorId Acceptor), bool?> Single { get; }

    internal Dictionary<ShopGroupId, ShopGroup> Streets { get; }

    internal Dictionary<SupportEventId, SupportEvent> Supported { get; }

    internal Dictionary<(SupportEventId Event, AcceptorId Acceptor), bool> EventTakers { get; }

    internal Dictionary<string, ProviderKind> KindsOfProviders { get; init; } = [];

    internal Dictionary<ServiceProviderId, ServiceProvider> KnownProviders { get; init; } = [];

    /// <summary>By code.</summary>
    public IEnumerable<ProviderKind> ProviderKinds => KindsOfProviders.Values.OrderBy(k => k.Code, StringComparer.Ordinal);

    public IEnumerable<ServiceProvider> Providers => KnownProviders.Values;

    public IEnumerable<SupportEvent> Events => Supported.Values;

    public IEnumerable<ShopGroup> Groups => Streets.Values;

    public IEnumerable<Municipality> Municipalities => Known.Values;

    public IEnumerable<Acceptor> Acceptors => Takers.Values;

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
        if (Find(id) is not { State: AcceptorState.Active, Kind.MayAccept: true } acceptor) return NotHere;
        return found.PaysOn(day) is { } closed ? closed : acceptor;
    }

    /// <summary>Whether points of an issuer pay at an acceptor (S2-P6c): its rule for this acceptor, else for this kind; without a rule, no.</summary>
    /// <returns>The acceptor, or <c>not_accepted_here</c>.</returns>
    public Result<Acceptor> AcceptedHere(MunicipalityCode issuer, AcceptorId id)
    {
        if (!Takers.TryGetValue(id, out var acceptor) || acceptor.State != AcceptorState.Active || !acceptor.Kind.MayAccept) return NotHere;
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
    public IReadOnlyList<Municipality> Named(string word) => byWord.Value[word].DistinctBy(m => m.Code).OrderBy(m => m.Code).ToList();

    private static IEnumerable<string> WordsOf(Municipality m)
    {
        string[] ends = m.Kind switch
        {
            MunicipalityKind.Prefecture => ["県", "府", "都", "ケン", "フ", "ト"],
            MunicipalityKind.Town => ["町", "マチ", "チョウ"],
            MunicipalityKind.Village => ["村", "ムラ", "ソン"],
            MunicipalityKind.SpecialWard or MunicipalityKind.Ward => ["区", "ク"],
            _ => ["市", "シ"],
        };
        foreach (var name in new[] { m.Name, m.Kana, m.FullName }.Concat(m.FormerNames.Split('、')))
        {
            var word = PlaceText.Fold(name);
            if (word.Length < 2) continue;
            yield return word;
            if (ends.FirstOrDefault(e => word.Length > e.Length + 1 && word.EndsWith(e, StringComparison.Ordinal)) is { } end) yield return word[..^end.Length];
        }
    }

    public UsageArea AreaOf(MunicipalityCode issuer, string kind) => Kinds.GetValueOrDefault((issuer, kind));

    /// <summary>An issuer's rule for one acceptor; null: its kind decides.</summary>
    public bool? RuleOf(MunicipalityCode issuer, AcceptorId acceptor) => Single.GetValueOrDefault((issuer, acceptor));

    /// <summary>Acceptors that an issuer has let in one by one.</summary>
    public IEnumerable<(MunicipalityCode Issuer, AcceptorId Acceptor)> AllowedAlone => Single.Where(s => s.Value == true).Select(s => s.Key);

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
        var named = byName.Value[name].Where(m => prefecture.Length == 0 || m.Prefecture == prefecture).ToList();
        return named.Count switch { 0 => Refusal.Of("municipality_unknown"), 1 => named[0], _ => Refusal.Of("ambiguous_name", ("name", name)) };
    }

    private static bool Within(UsageArea area, MunicipalityCode issuer, MunicipalityCode place) => area switch
    {
        UsageArea.Anywhere => true,
        UsageArea.Prefecture => issuer.Prefecture == place.Prefecture,
        UsageArea.Own => issuer.Contains(place),
        _ => false,
    };
}
