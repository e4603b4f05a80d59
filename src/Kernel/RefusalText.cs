using System.Collections.Frozen;
using System.Globalization;

namespace MyKey.Kernel;

/// <summary>One row of <c>refusals.csv</c>: the closed list of refusal codes, from which docs/errors.md is made.</summary>
public sealed record RefusalText(string Code, int Status, string What, string Rule, string Next)
{
    private static readonly FrozenDictionary<string, RefusalText> ByCode = Embedded.Rows(typeof(RefusalText), "refusals.csv", 5).Select(Read).ToFrozenDictionary(t => t.Code);

    public static IEnumerable<RefusalText> All => ByCode.Values.OrderBy(t => t.Code, StringComparer.Ordinal);

    public static RefusalText For(string code)
    {
        Must.Hold(ByCode.TryGetValue(code, out var text), $"the refusal code {code} is in refusals.csv");
        return text;
    }

    private static RefusalText Read(string[] cells) => new(cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture), cells[2], cells[3], cells[4]);
}
