using System.Globalization;

namespace MyKey.Sandbox.Conformance;

/// <summary>
/// <c>conformance premium-events</c>: a file of events as a payment service would send it, before it does: every rule of docs/payment-service-interface.md, "Premiums of the State", that can be seen in the file alone.
/// </summary>
public static class PremiumConformance
{
    private const int LongestEvent = 64, MostLines = 1_000_000;

    private const long MostYen = 10_000_000;

    private static readonly string[] Columns = ["eventid", "number", "account", "kind", "amount", "at", "reverses"];

    public static IReadOnlyList<Finding> Run(IEnumerable<string> file)
    {
        using var lines = file.GetEnumerator();
        var header = lines.MoveNext() ? lines.Current.TrimStart('\uFEFF').Split(',').Select(c => c.Trim().ToLowerInvariant()).ToArray() : [];
        var wrong = new Dictionary<string, string>();
        var (events, back, line) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), 1);
        Note("no column but those of the interface", header.FirstOrDefault(h => !Columns.Contains(h)));
        Note("eventId, kind and at are there", new[] { "eventid", "kind", "at" }.FirstOrDefault(c => !header.Contains(c)));
        while (lines.MoveNext())
        {
            line++;
            if (lines.Current.Trim().Length == 0) continue;
            var cells = lines.Current.Split(',');
            string Cell(string name) => Array.IndexOf(header, name) is >= 0 and var at && at < cells.Length ? cells[at].Trim() : "";
            var (id, kind, amount, reverses) = (Cell("eventid"), Cell("kind"), Cell("amount"), Cell("reverses"));
            Must("an event id is 1 to 64 printable ASCII characters", id.Length is > 0 and <= LongestEvent && id.All(c => c is > ' ' and <= '~'));
            Must("an event id stands once", events.Add(id));
            Must("the kind is charge, purchase or return", kind is "charge" or "purchase" or "return");
            Must("at is a day or an instant with its offset", DateTimeOffset.TryParse(Cell("at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _));
            Must("an amount is whole yen, 1 to 10,000,000; a return has none", kind == "return" ? amount.Length == 0 : long.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out var yen) && yen is > 0 and <= MostYen);
            Must("a charge or purchase names its account", kind == "return" || Cell("number").Length > 0 || Cell("account").Length > 0);
            Must("a return names one event, another one than itself, once; nothing else names one", kind == "return" ? reverses.Length > 0 && reverses != id && back.Add(reverses) : reverses.Length == 0);
        }
        Note("1,000,000 lines at most", line - 1 > MostLines ? $"{line - 1}" : null);
        string[] rules =
        [
            "no column but those of the interface", "eventId, kind and at are there", "an event id is 1 to 64 printable ASCII characters", "an event id stands once", "the kind is charge, purchase or return",
            "at is a day or an instant with its offset", "an amount is whole yen, 1 to 10,000,000; a return has none", "a charge or purchase names its account",
            "a return names one event, another one than itself, once; nothing else names one", "1,000,000 lines at most",
        ];
        return [.. rules.Select(r => new Finding(r, wrong.GetValueOrDefault(r)))];

        void Must(string rule, bool holds)
        {
            if (!holds) wrong.TryAdd(rule, $"line {line.ToString(CultureInfo.InvariantCulture)}");
        }

        void Note(string rule, string? what)
        {
            if (what is not null) wrong.TryAdd(rule, what);
        }
    }
}
