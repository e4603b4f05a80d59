namespace MyKey.Kernel.Settings;

/// <summary>From wide to narrow; the narrowest that says something wins. Stored as these numbers.</summary>
public enum ScopeKind
{
    Platform = 0,
    Scheme = 1,

    /// <summary>The municipality that issued the points.</summary>
    Municipality = 2,
    Programme = 3,

    /// <summary>The municipality in which the terminal stands.</summary>
    Place = 4,
    Terminal = 5,

    /// <summary>An online site, by its key.</summary>
    Site = 6,
}

/// <summary>For whom a setting is asked: all that is known about the moment. <c>default</c> is the platform alone.</summary>
/// <param name="Issuer">The municipality whose points they are.</param>
/// <param name="Place">The municipality in which the terminal stands.</param>
public readonly record struct SettingScope(MunicipalityCode? Issuer = null, MunicipalityCode? Place = null, TerminalId? Terminal = null,
    ProgrammeId? Programme = null, string? Scheme = null, string? Site = null)
{
    internal SettingPlace? At(ScopeKind kind) => kind switch
    {
        ScopeKind.Platform => SettingPlace.Platform,
        ScopeKind.Scheme => Scheme is null ? null : SettingPlace.Of(Scheme),
        ScopeKind.Municipality => Issuer is { } code ? SettingPlace.Of(code) : null,
        ScopeKind.Programme => Programme is { } id ? SettingPlace.Of(id) : null,
        ScopeKind.Place => Place is { } code ? SettingPlace.StandingIn(code) : null,
        ScopeKind.Terminal => Terminal is { } id ? SettingPlace.Of(id) : null,
        ScopeKind.Site => Site is null ? null : SettingPlace.OfSite(Site),
        _ => null,
    };
}

/// <summary>One scope at which a value is set, e.g. <c>platform</c>, <c>municipality/141305</c>, <c>terminal/0190…</c>.</summary>
public readonly record struct SettingPlace
{
    private SettingPlace(ScopeKind kind, string text, Guid id) => (Kind, Text, Id) = (kind, text, id);

    public ScopeKind Kind { get; }

    private string Text { get; }

    private Guid Id { get; }

    public static SettingPlace Platform { get; } = new(ScopeKind.Platform, "", default);

    public static SettingPlace Of(string scheme) => new(ScopeKind.Scheme, scheme, default);

    public static SettingPlace Of(MunicipalityCode issuer) => new(ScopeKind.Municipality, issuer.Value, default);

    public static SettingPlace Of(ProgrammeId programme) => new(ScopeKind.Programme, "", programme.Value);

    /// <summary>Every terminal that stands in this municipality, whoever issued the points.</summary>
    public static SettingPlace StandingIn(MunicipalityCode municipality) => new(ScopeKind.Place, municipality.Value, default);

    public static SettingPlace Of(TerminalId terminal) => new(ScopeKind.Terminal, "", terminal.Value);

    public static SettingPlace OfSite(string key) => new(ScopeKind.Site, key, default);

    /// <summary>The scope as it is stored: empty, a word, a code, a key or a UUID.</summary>
    public string Name => Kind is ScopeKind.Programme or ScopeKind.Terminal ? Id.ToString("D") : Text;

    /// <summary>The place of a stored row, or null when the name does not fit the kind.</summary>
    public static SettingPlace? Read(ScopeKind kind, string name) => kind switch
    {
        ScopeKind.Platform when name.Length == 0 => Platform,
        ScopeKind.Scheme when name.Length is > 0 and <= 40 && name.All(c => c is '_' or (>= 'a' and <= 'z')) => Of(name),
        ScopeKind.Municipality or ScopeKind.Place when name.Length == 6 && MunicipalityCode.Read(name) is { Ok: true } code => kind == ScopeKind.Place ? StandingIn(code.Value) : Of(code.Value),
        ScopeKind.Programme when Ids.TryRead<ProgrammeId>(name, out var id) => Of(id),
        ScopeKind.Terminal when Ids.TryRead<TerminalId>(name, out var id) => Of(id),
        ScopeKind.Site when name.Length is >= 2 and <= 32 && name.All(c => c is '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9')) => OfSite(name),
        _ => null,
    };

    /// <summary>Reads the form of <see cref="ToString"/>.</summary>
    /// <returns>The place, or <c>field_unknown</c> (field).</returns>
    public static Result<SettingPlace> Read(string text)
    {
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        var kind = cut < 0 ? text : text[..cut];
        var name = cut < 0 ? "" : text[(cut + 1)..];
        return kind.All(char.IsAsciiLetterLower) && Enum.TryParse<ScopeKind>(kind, ignoreCase: true, out var known) && Read(known, name) is { } place
            ? place
            : Refusal.Of("field_unknown", ("field", text));
    }

    public override string ToString() => Kind == ScopeKind.Platform ? "platform" : $"{Kind.ToString().ToLowerInvariant()}/{Name}";
}
