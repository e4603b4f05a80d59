using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Settlement;

/// <summary>A month of a municipality as everybody may have it; null: not told.</summary>
/// <param name="Spent">With it stands or falls the number of acceptors.</param>
public sealed record OpenMonth(SettlementMonth Month, MunicipalityCode Municipality, long? Given, long? Spent, long? Lapsed, long? Circulation, int? Acceptors);

/// <summary>All that is told, by month, oldest first, then by code.</summary>
public sealed class OpenMonths(IReadOnlyList<OpenMonth> all)
{
    private readonly ILookup<SettlementMonth, OpenMonth> byMonth = all.ToLookup(m => m.Month);
    private byte[]? file;

    public IEnumerable<OpenMonth> Of(SettlementMonth month) => byMonth[month];

    /// <summary>All of them as CSV.</summary>
    public byte[] File => LazyInitializer.EnsureInitialized(ref file, () => ReportFiles.Open(all));
}

/// <summary>
/// Closed months for everybody, without persons. A cell that rests on fewer than ten transfers is not told, and neither is a circulation from which such a cell could be worked out: it comes back once what
/// was kept back since the last one told rests on ten transfers together, or on none at all.
/// </summary>
public sealed class OpenData(MonthTotals totals, Settings settings)
{
    /// <summary>Transfers on which a cell rests at least; cancels count for nothing.</summary>
    public const int Least = 10;

    public const string Licence = "出典を書けば、だれでも自由に使えます。商売に使うことも、作りかえることもできます。作りかえたときは、そのことも書いてください。国の「政府標準利用規約（第2.0版）」にならっています。";

    public const string Source = "出典：マイキープラットフォーム";

    private sealed record Kept(TotalsView Totals, SettingsView Rules, OpenMonths Months);

    private volatile Kept? kept;

    /// <summary>Made once for all who ask until a month closes or a setting changes: the file of some years is more than an answer that is kept for a moment may be long.</summary>
    public async ValueTask<OpenMonths> Months()
    {
        var (view, rules, last) = (await totals.View(), await settings.View(), kept);
        if (last is not null && last.Totals == view && last.Rules == rules) return last.Months;
        kept = new Kept(view, rules, new OpenMonths(Tell(view, rules)));
        return kept.Months;
    }

    private static List<OpenMonth> Tell(TotalsView view, SettingsView rules)
    {
        var unsaid = new Dictionary<MunicipalityCode, (long Made, bool Any)>();
        var told = new List<OpenMonth>();
        foreach (var total in view.All)
        {
            var open = rules.On("open_data", new SettingScope(Issuer: total.Municipality), total.Month.UntilMs - 1);
            var one = Tell(total, open, unsaid.GetValueOrDefault(total.Municipality), out var still);
            unsaid[total.Municipality] = still;
            if (open) told.Add(one);
        }
        return told;
    }

    /// <param name="kept">What was not told since the last circulation that was.</param>
    public static OpenMonth Tell(MonthTotal total, bool open, (long Made, bool Any) kept, out (long Made, bool Any) still)
    {
        bool Told(Flow flow) => open && flow.Made >= Least;
        // Nobody is told what became void, so it is always among what is kept back.
        foreach (var flow in new[] { total.Given, total.Spent, total.Lapsed }.Where(f => !Told(f)).Append(total.Void)) kept = (kept.Made + flow.Made, kept.Any || !flow.IsEmpty);
        var whole = open && (kept.Made >= Least || !kept.Any);
        still = whole ? default : kept;
        return new OpenMonth(total.Month, total.Municipality, Told(total.Given) ? total.Given.Amount : null, Told(total.Spent) ? total.Spent.Amount : null, Told(total.Lapsed) ? total.Lapsed.Amount : null,
            whole ? total.Circulation : null, Told(total.Spent) ? total.Acceptors : null);
    }
}
