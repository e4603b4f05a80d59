using System.Collections.Frozen;
using System.Globalization;

namespace MyKey.Kernel.Settings;

public enum SettingKind
{
    /// <summary>One of a closed list of words.</summary>
    Word,

    /// <summary><c>off</c> or <c>on</c>.</summary>
    Switch,

    /// <summary>A whole number; its unit stands in the description.</summary>
    Whole,

    /// <summary>An amount of points.</summary>
    Points,
}

/// <summary>A value that a setting may have.</summary>
/// <param name="Text">Canonical: the word, or the digits without sign or leading zeros.</param>
/// <param name="Number">The number, or the place of the word in the list of words (<c>off</c> 0, <c>on</c> 1). The smaller, the narrower.</param>
/// <param name="Pair"><c>key=value</c>, made once so that the payment path makes no strings.</param>
public sealed record SettingValue(string Text, long Number, string Pair)
{
    public bool On => Number != 0;
}

/// <summary>One line of <c>settings.csv</c>: a closed list, so that an unknown key is found when it is set, not when it is missing.</summary>
/// <param name="Values">The words, or least and most.</param>
/// <param name="Defaults">The values where nobody has set any; the first is the platform's.</param>
/// <param name="Scopes">Where it may be set, and whether it may only narrow there.</param>
/// <param name="Recorded">When it is kept in the record of a transfer: <c>use</c>, <c>tap</c> or never.</param>
/// <param name="Source">Requirement id.</param>
/// <param name="Description">One sentence for the screen, Japanese.</param>
/// <param name="Name">A few words for the screen, Japanese.</param>
/// <param name="Said">How the screen says the words of <paramref name="Values"/>; for a number its unit.</param>
public sealed record Setting(int Number, string Key, SettingKind Kind, IReadOnlyList<string> Values, IReadOnlyList<(SettingPlace Place, SettingValue Value)> Defaults,
    FrozenDictionary<ScopeKind, bool> Scopes, string Recorded, string Source, string Description, string Name, IReadOnlyList<string> Said)
{
    internal static readonly Setting[] InOrder = [.. Load()];

    private static readonly FrozenDictionary<string, Setting> ByKey = InOrder.ToFrozenDictionary(s => s.Key);

    /// <summary>All, in the order of their keys.</summary>
    public static IReadOnlyList<Setting> All => InOrder;

    /// <exception cref="BrokenProperty">The key is not in the list.</exception>
    public static Setting Of(string key)
    {
        if (!ByKey.TryGetValue(key, out var setting)) Must.Hold(false, $"the setting {key} is in settings.csv");
        return setting;
    }

    /// <returns>The setting, or <c>field_unknown</c> (field).</returns>
    public static Result<Setting> Find(string key) => ByKey.TryGetValue(key, out var setting) ? setting : Refusal.Of("field_unknown", ("field", key));

    /// <returns>The value, or <c>number_format</c> for a number outside its range, <c>field_unknown</c> (field) for a word outside the list.</returns>
    public Result<SettingValue> Read(string typed)
    {
        var text = Typed.HalfWidth(typed);
        if (Kind is SettingKind.Word or SettingKind.Switch)
        {
            var place = Values.ToList().IndexOf(text);
            return place < 0 ? Refusal.Of("field_unknown", ("field", text)) : Value(text, place);
        }
        var ok = long.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return ok && number >= Bound(0) && number <= Bound(1) ? Value(number.ToString(CultureInfo.InvariantCulture), number) : Refusal.Of("number_format");
    }

    /// <summary>A value as the screen says it: 使える, 30日, 3,000ポイント.</summary>
    public string Say(SettingValue value) => Kind is SettingKind.Word or SettingKind.Switch ? Said[(int)value.Number] : value.Number.ToString("#,0", CultureInfo.InvariantCulture) + Said[0];

    /// <summary>A number's range as the screen says it; empty for words.</summary>
    public string SayRange() => Kind is SettingKind.Word or SettingKind.Switch ? "" : $"{Bound(0):#,0}から{Bound(1):#,0}まで（{Said[0]}）";

    private long Bound(int which) => long.Parse(Values[which], CultureInfo.InvariantCulture);

    private SettingValue Value(string text, long number) => new(text, number, $"{Key}={text}");

    private static IEnumerable<Setting> Load()
    {
        var number = 0;
        var last = "";
        foreach (var cells in Embedded.Rows(typeof(Setting), "settings.csv", 10))
        {
            Must.Hold(string.CompareOrdinal(last, cells[0]) < 0, $"settings.csv is sorted and unique at {cells[0]}");
            last = cells[0];
            yield return FromCells(number++, cells);
        }
    }

    private static Setting FromCells(int number, string[] cells)
    {
        var scopes = cells[4].Split(' ').Select(s => s.Split(':')).ToFrozenDictionary(s => Enum.Parse<ScopeKind>(s[0], ignoreCase: true), s => s.Length > 1 && s[1] == "narrow");
        var bare = new Setting(number, cells[0], Enum.Parse<SettingKind>(cells[1], ignoreCase: true), cells[2].Split(' '), [], scopes, cells[5], cells[6], cells[7], cells[8], cells[9].Split('|'));
        Must.Hold(bare.Said.Count == (bare.Kind is SettingKind.Word or SettingKind.Switch ? bare.Values.Count : 1), $"every word of {cells[0]} is said in Japanese");
        var defaults = cells[3].Split(' ').Select(text => text.Split('=')).Select(d => d.Length == 1
            ? (SettingPlace.Platform, bare.Read(d[0]).Value)
            : (SettingPlace.Read(d[0]).Value, bare.Read(d[1]).Value)).ToList();
        Must.Hold(defaults[0].Item1 == SettingPlace.Platform && defaults.All(d => scopes.ContainsKey(d.Item1.Kind)), $"the defaults of {cells[0]} stand where it may be set");
        return bare with { Defaults = defaults };
    }
}
