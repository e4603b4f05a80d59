namespace MyKey.Kernel;

/// <summary>
/// An expected "no" with a stable code of <c>refusals.csv</c>. It changes nothing (except its own line in log_refusal).
/// <paramref name="Facts"/> fill the placeholders of the sentences, e.g. <c>rest</c> = 1800.
/// </summary>
public sealed record Refusal(RefusalText Text, IReadOnlyList<(string Name, object Value)> Facts)
{
    public string Code => Text.Code;

    /// <summary>HTTP status, 4xx or 503.</summary>
    public int Status => Text.Status;

    /// <exception cref="BrokenProperty">The code is not in the list.</exception>
    public static Refusal Of(string code, params (string Name, object Value)[] facts) => new(RefusalText.For(code), facts);

    /// <summary>What happened, which rule, what to do next, in Japanese with the facts filled in.</summary>
    public (string What, string Rule, string Next) Sentences() => (Fill(Text.What), Fill(Text.Rule), Fill(Text.Next));

    public T? Fact<T>(string name) => Facts.Where(f => f.Name == name).Select(f => (T?)f.Value).FirstOrDefault();

    public bool Equals(Refusal? other) => other is not null && Code == other.Code && Facts.SequenceEqual(other.Facts);

    public override int GetHashCode() => Code.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Facts.Count == 0 ? Code : $"{Code} ({string.Join(", ", Facts.Select(f => $"{f.Name}={f.Value}"))})";

    private string Fill(string sentence) =>
        Facts.Aggregate(sentence, (text, fact) => text.Replace($"{{{fact.Name}}}", Show(fact.Value), StringComparison.Ordinal));

    private static string Show(object value) => value switch
    {
        Points p => p.Value.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture),
        long n => n.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

/// <summary>Either a value or a refusal. There is no third state; a bug is an exception.</summary>
public readonly record struct Result<T>
{
    private readonly T? value;

    private Result(T? value, Refusal? refusal) => (this.value, Refused) = (value, refusal);

    /// <summary>The refusal, or null when there is a value.</summary>
    public Refusal? Refused { get; }

    public bool Ok => Refused is null;

    /// <exception cref="BrokenProperty">It was refused.</exception>
    public T Value
    {
        get
        {
            Must.Hold(Refused is null, $"a result that was refused ({Refused}) is not read");
            return value!;
        }
    }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);

    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next) => Refused is { } no ? no : next(Value);
}
