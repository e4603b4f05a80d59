using System.Collections.Frozen;

namespace MyKey.Kernel.Settings;

/// <summary>All settings as they stood at one moment, with their past and future; asking makes no database call and no garbage.</summary>
public sealed class SettingsView
{
    private static readonly ScopeKind[] WideToNarrow = [.. Enum.GetValues<ScopeKind>().Order()];

    private readonly FrozenDictionary<(int Setting, SettingPlace Place), Step[]> steps;

    internal SettingsView(IReadOnlyCollection<SettingRow> rows)
    {
        Rows = rows.Count;
        var known = rows.Select(r => (Row: r, Setting: Setting.Find(r.Key), Place: SettingPlace.Read((ScopeKind)r.ScopeKind, r.Scope)));
        // A row of a key that a newer version knows, or an older one knew, says nothing here.
        var usable = known.Where(k => k.Setting.Ok && k.Place is not null).GroupBy(k => (k.Setting.Value.Number, k.Place!.Value));
        var timelines = Setting.All.SelectMany(s => s.Defaults, (s, d) => (s.Number, d.Place)).ToDictionary(k => k, _ => new List<Step>());
        foreach (var group in usable)
        {
            if (!timelines.TryGetValue(group.Key, out var timeline)) timelines[group.Key] = timeline = [];
            foreach (var (row, setting, _) in group.OrderBy(g => g.Row.ValidFromMs).ThenBy(g => g.Row.No))
                timeline.Add(new Step(row.ValidFromMs, row.Value is null ? null : setting.Value.Read(row.Value) is { Ok: true } value ? value.Value : null));
        }
        steps = timelines.ToFrozenDictionary(t => t.Key, t => WithDefault(t.Key.Item1, t.Key.Item2, t.Value));
    }

    /// <summary>How many rows it was made of: rows are only ever added, so the same number means the same settings.</summary>
    internal int Rows { get; }

    /// <summary>The value in force: the narrowest scope that says something, then whatever may only narrow it.</summary>
    /// <param name="atMs">Instant, ms UTC; past and future ones are answered, too.</param>
    /// <exception cref="BrokenProperty">The key is not in settings.csv.</exception>
    public SettingValue Get(string key, in SettingScope scope, long atMs) => Get(Setting.Of(key), scope, atMs);

    public bool On(string key, in SettingScope scope, long atMs) => Get(key, scope, atMs).On;

    public long Number(string key, in SettingScope scope, long atMs) => Get(key, scope, atMs).Number;

    public SettingValue Get(Setting setting, in SettingScope scope, long atMs)
    {
        SettingValue? found = null;
        foreach (var kind in WideToNarrow)
        {
            if (!setting.Scopes.TryGetValue(kind, out var mayOnlyNarrow) || scope.At(kind) is not { } place) continue;
            if (!steps.TryGetValue((setting.Number, place), out var timeline) || At(timeline, atMs) is not { } value) continue;
            if (!mayOnlyNarrow || found is null || value.Number < found.Number) found = value;
        }
        return Must.Have(found, "every setting has a default at the platform");
    }

    /// <summary>
    /// The values that decide a use of points, as its record keeps them: <c>key=value</c> in the order of the keys, joined by <c>;</c>,
    /// e.g. <c>consume.order=grant_date</c>. A use by tap keeps its limits, too.
    /// </summary>
    public string InForce(in SettingScope scope, long atMs, bool tapped = false)
    {
        var text = "";
        foreach (var setting in Setting.InOrder)
        {
            if (setting.Recorded != "use" && !(tapped && setting.Recorded == "tap")) continue;
            var pair = Get(setting, scope, atMs).Pair;
            text = text.Length == 0 ? pair : $"{text};{pair}";
        }
        return text;
    }

    private static SettingValue? At(Step[] timeline, long atMs)
    {
        for (var i = timeline.Length - 1; i >= 0; i--)
            if (timeline[i].FromMs <= atMs) return timeline[i].Value;
        return null;
    }

    // A value taken back (null) leaves the one of settings.csv, where there is one.
    private static Step[] WithDefault(int number, SettingPlace place, List<Step> timeline)
    {
        var standard = Setting.All[number].Defaults.Where(d => d.Place == place).Select(d => d.Value).FirstOrDefault();
        return [new Step(long.MinValue, standard), .. timeline.Select(s => s with { Value = s.Value ?? standard })];
    }

    private readonly record struct Step(long FromMs, SettingValue? Value);
}

/// <summary>One row of krn_setting.</summary>
internal sealed record SettingRow
{
    public string Key { get; init; } = "";
    public int ScopeKind { get; init; }
    public string Scope { get; init; } = "";
    public long ValidFromMs { get; init; }
    public string? Value { get; init; }
    public int No { get; init; }
}
