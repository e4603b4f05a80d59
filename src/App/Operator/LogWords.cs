using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Operator;

/// <summary>Before and after of the operation log on a screen: its stable English words in plain Japanese (said-words.csv). The API keeps the words themselves.</summary>
public static partial class LogWords
{
    private static readonly FrozenDictionary<string, string> Words = Embedded.Rows(typeof(LogWords), "said-words.csv", 2).ToFrozenDictionary(cells => cells[0], cells => cells[1]);

    /// <param name="registry">For the names of municipalities; null: their codes stay.</param>
    public static string Say(string action, string? text, RegistryView? registry = null)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (action.StartsWith("setting.", StringComparison.Ordinal) && SaySetting(text) is { } setting) return Towns(setting, registry);
        var joined = text.Replace("by card", "by_card", StringComparison.Ordinal).Replace("by old password", "by_old_password", StringComparison.Ordinal).Replace("by kind", "by_kind", StringComparison.Ordinal);
        var said = Instant().Replace(string.Join('　', joined.Split(' ').Select(token => Word(action, token))), m => Day(m.Value)).Replace("..", "から", StringComparison.Ordinal);
        return Id().Replace(Towns(said, registry), m => $"{m.Value[..8]}…");
    }

    private static string Towns(string text, RegistryView? registry) =>
        Code().Replace(text, m => MunicipalityCode.Read(m.Value) is { Ok: true } code && registry?.Find(code.Value) is { } town ? town.Name : m.Value);

    /// <summary>A word that means something else in one action has a line of its own there.</summary>
    private static string Word(string action, string token)
    {
        var bare = token.TrimEnd(',', ':');
        return Words.TryGetValue($"{action} {bare}", out var here) ? here : Words.TryGetValue(bare, out var said) ? said : Length().IsMatch(bare) ? $"{bare[..^1]}日間" : bare;
    }

    /// <summary><c>municipality/132985 spend.tap=on from 2026-…</c></summary>
    private static string? SaySetting(string text)
    {
        var parts = SettingLine().Match(text);
        if (!parts.Success || Setting.Find(parts.Groups["key"].Value) is not { Ok: true } found) return null;
        var value = parts.Groups["value"].Value;
        var said = value == "-" ? "値をなくす" : found.Value.Read(value) is { Ok: true } read ? found.Value.Say(read.Value) : value;
        var place = parts.Groups["place"].Value;
        return $"{found.Value.Name}　{(place == "platform" ? "全体" : place[(place.IndexOf('/', StringComparison.Ordinal) + 1)..])}　{said}　{(parts.Groups["from"].Value is "approval" ? "承認したときから" : Day(parts.Groups["from"].Value) + "から")}";
    }

    private static string Day(string instant) => DateOnly.TryParseExact(instant[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Shared.Components.Words.Day(day) : instant;

    [GeneratedRegex(@"^(?<place>\S+) (?<key>[a-z_.]+)=(?<value>\S+) from (?<from>\S+)$")]
    private static partial Regex SettingLine();

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}(T[0-9:+]+)?")]
    private static partial Regex Instant();

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}")]
    private static partial Regex Id();

    [GeneratedRegex(@"(?<![0-9A-Za-z])\d{6}(?![0-9A-Za-z])")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\d{1,3}d$")]
    private static partial Regex Length();
}
