using System.Collections.Frozen;
using System.Globalization;

namespace MyKey.Kernel;

/// <summary>One row of <c>refusals.csv</c>: the closed list of refusal codes, from which docs/errors.md is made.</summary>
public sealed record RefusalText(string Code, int Status, string What, string Rule, string Next)
{
    private static readonly FrozenDictionary<string, RefusalText> ByCode = Load().ToFrozenDictionary(t => t.Code);

    public static IEnumerable<RefusalText> All => ByCode.Values.OrderBy(t => t.Code, StringComparer.Ordinal);

    public static RefusalText For(string code)
    {
        Must.Hold(ByCode.TryGetValue(code, out var text), $"the refusal code {code} is in refusals.csv");
        return text;
    }

    private static IEnumerable<RefusalText> Load()
    {
        using var stream = Must.Have(typeof(RefusalText).Assembly.GetManifestResourceStream("MyKey.Kernel.refusals.csv"), "refusals.csv is embedded");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            Must.Hold(cells.Length == 5, $"five cells in refusals.csv: {line}");
            yield return new RefusalText(cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture), cells[2], cells[3], cells[4]);
        }
    }
}
