// The framework has a type of this name, which nothing here uses.
global using ServiceProvider = MyKey.App.Registry.ServiceProvider;

using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>Library, gym, clinic …: a row, not a word of the code (S2-P3a).</summary>
/// <param name="Name">Japanese.</param>
/// <param name="Words">How it is read and what else it is called, with 、 between; may be empty.</param>
public sealed record ProviderKind(string Code, string Name, string Words)
{
    public const string Library = "library";
}

public enum ProviderState { Active, Ended }

/// <summary>What a number of a provider looks like.</summary>
/// <param name="Letters">Letters as well as digits.</param>
public sealed record NumberFormat(int Shortest, int Longest, bool Letters)
{
    public const int Most = 20;

    /// <summary>A typed number in the one form in which it is kept: half-width, without gaps, upper case.</summary>
    /// <returns>
    /// The number; <c>number_format</c>; <c>my_number_refused</c>, <c>pan_refused</c> for digits that could be one: whoever types those would leave them with the provider for good.
    /// </returns>
    public Result<string> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (FreeText.Check(text) is { } no) return no;
        var good = text.Length >= Shortest && text.Length <= Longest && text.All(c => char.IsAsciiDigit(c) || (Letters && char.IsAsciiLetterUpper(c)));
        return good ? text : Refusal.Of("number_format");
    }

    /// <summary>As the screen says it: 数字で6から8けた.</summary>
    public override string ToString() => $"{(Letters ? "英字と数字" : "数字")}で{(Shortest == Longest ? "" : $"{Shortest}から")}{Longest}けた";
}

/// <summary>A library or another provider of services; it need not be of a member of the council (K-24).</summary>
/// <param name="Code">The operator ID of the source's figure, e.g. A1 (S2-P9a).</param>
/// <param name="SelfLink">Citizens may link their number themselves, on My Page.</param>
/// <param name="From">Its first day; null: always.</param>
public sealed record ServiceProvider(ServiceProviderId Id, string Code, ProviderKind Kind, string Name, MunicipalityCode Municipality, NumberFormat Numbers, bool SelfLink,
    DateOnly? From, DateOnly? Until, ProviderState State)
{
    /// <summary>Whether its counters and machines work on a day.</summary>
    public bool IsOpen(DateOnly day) => State == ProviderState.Active && !(From > day) && !(Until < day);

    /// <summary>This provider, or <c>provider_ended</c>.</summary>
    public Result<ServiceProvider> RequireOpen(DateOnly day) => IsOpen(day) ? this : Refusal.Of("provider_ended");
}

internal sealed record ProviderKindRow
{
    private const string All = "select code, name, words from reg_provider_kind";

    public const string ByCode = All + " where code = @code";

    public const string ChangedAfter = All + " where changed_no > @No";

    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public string Words { get; init; } = "";

    public ProviderKind Read() => new(Code, Name, Words);
}

internal sealed record ProviderRow
{
    private const string All = """
        select p.id, p.code, p.kind, k.name as kind_name, k.words as kind_words, p.name, p.municipality, p.number_shortest, p.number_longest, p.number_letters, p.self_link, p.from_day, p.until_day, p.state
        from reg_service_provider p join reg_provider_kind k on k.code = p.kind
        """;

    public const string ById = All + " where p.id = @id";

    // Another name of a kind is told by its providers, too.
    public const string ChangedAfter = All + " where p.changed_no > @No or k.changed_no > @No";

    public ServiceProviderId Id { get; init; }
    public string Code { get; init; } = "";
    public string Kind { get; init; } = "";
    public string KindName { get; init; } = "";
    public string KindWords { get; init; } = "";
    public string Name { get; init; } = "";
    public MunicipalityCode Municipality { get; init; }
    public int NumberShortest { get; init; }
    public int NumberLongest { get; init; }
    public int NumberLetters { get; init; }
    public int SelfLink { get; init; }
    public DateOnly? FromDay { get; init; }
    public DateOnly? UntilDay { get; init; }
    public string State { get; init; } = "";

    public ServiceProvider Read() => new(Id, Code, new ProviderKind(Kind, KindName, KindWords), Name, Municipality, new NumberFormat(NumberShortest, NumberLongest, NumberLetters == 1), SelfLink == 1,
        FromDay, UntilDay, Words<ProviderState>.Stored(State));
}
