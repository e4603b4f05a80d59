using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MyKey.App.Shared.Components;

/// <param name="Label">In the table, and below the bar where there is room.</param>
public sealed record ChartBar(string Label, long Value);

/// <summary>Bars that the server draws, with their numbers as a table below (JIS X 8341-3, WCAG 1.1.1). One colour and lengths: it reads in grey, too.</summary>
/// <param name="Id">Of the drawing on its page.</param>
/// <param name="Says">The finding in a sentence.</param>
/// <param name="Columns">The heads of the table.</param>
public sealed record Chart(string Id, string Title, string Says, (string Label, string Value) Columns, IReadOnlyList<ChartBar> Bars)
{
    /// <summary>More bars than this are too thin to be seen on a telephone.</summary>
    public const int MostBars = 62;

    /// <summary>Bars that lie, each with its word and number: for things of different kinds. Else they stand, for days.</summary>
    public bool Lies { get; init; }

    /// <summary>A broken line across, such as a budget.</summary>
    public (string Word, long Value)? Limit { get; init; }
}

/// <summary><c>&lt;chart of="Model.ByDay" /&gt;</c></summary>
[HtmlTargetElement("chart", Attributes = "of", TagStructure = TagStructure.WithoutEndTag)]
public sealed class ChartTag : TagHelper
{
    private const int Width = 400, Left = 58, Bottom = 184, Top = 22, RowHeight = 54, LabelWidth = 80;

    public Chart Of { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        (output.TagName, output.TagMode) = ("figure", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "chart-box stack");
        var text = new StringBuilder();
        Draw(text);
        text.Append("<details><summary>数字の表で見る<span class=\"hidden-text\">：").Append(Safe(Of.Title)).Append("</span></summary><table><caption>").Append(Safe(Of.Title)).Append("</caption><thead><tr><th scope=\"col\">")
            .Append(Safe(Of.Columns.Label)).Append("</th><th scope=\"col\" class=\"n\">").Append(Safe(Of.Columns.Value)).Append("</th></tr></thead><tbody>");
        foreach (var bar in Of.Bars) text.Append("<tr><th scope=\"row\">").Append(Safe(bar.Label)).Append("</th><td class=\"n\">").Append(Words.Digits(bar.Value)).Append("</td></tr>");
        text.Append("</tbody></table></details>");
        output.Content.SetHtmlContent(text.ToString());
    }

    /// <summary>The smallest round step of which few reach <paramref name="most"/>.</summary>
    public static long StepFor(long most)
    {
        for (long ten = 1; ; ten *= 10)
            foreach (var step in new[] { ten, 2 * ten, 5 * ten })
                if (step * 4 >= most) return step;
    }

    /// <summary>20000 is 2万: short beside an axis.</summary>
    public static string Short(long number) => number switch
    {
        >= 100_000_000 when number % 10_000_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{number / 100_000_000m:0.#}億"),
        >= 10_000 when number % 1_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{number / 10_000m:#,0.#}万"),
        _ => Words.Digits(number),
    };

    private void Draw(StringBuilder text)
    {
        var height = Of.Lies ? Of.Bars.Count * RowHeight + 4 : Bottom + 28;
        text.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-labelledby=\"{Of.Id}-t {Of.Id}-d\"><title id=\"{Of.Id}-t\">{Safe(Of.Title)}</title><desc id=\"{Of.Id}-d\">{Safe(Of.Says)}</desc>");
        if (Of.Lies) Lying(text);
        else Standing(text);
        text.Append("</svg>");
    }

    private void Standing(StringBuilder text)
    {
        var most = Math.Max(1, Math.Max(Of.Bars.Select(b => b.Value).DefaultIfEmpty(0).Max(), Of.Limit?.Value ?? 0));
        var step = StepFor(most);
        var top = (most + step - 1) / step * step;
        for (var tick = step; tick <= top; tick += step)
            text.Append(CultureInfo.InvariantCulture, $"<line class=\"rule\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{Y(tick, top):0.#}\" y2=\"{Y(tick, top):0.#}\"/><text x=\"{Left - 6}\" y=\"{Y(tick, top) + 5:0.#}\" text-anchor=\"end\">{Short(tick)}</text>");
        var wide = (Width - Left - 4m) / Math.Max(1, Of.Bars.Count);
        var bars = Math.Min(wide * 0.8m, 40m);
        text.Append("<g class=\"bars\">");
        foreach (var (bar, i) in Of.Bars.Select((b, i) => (b, i)))
            if (bar.Value > 0)
                text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Middle(i) - bars / 2:0.##}\" y=\"{Y(bar.Value, top):0.##}\" width=\"{bars:0.##}\" height=\"{Bottom - Y(bar.Value, top):0.##}\"/>");
        text.Append(CultureInfo.InvariantCulture, $"</g><line class=\"axis\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{Bottom}\" y2=\"{Bottom}\" stroke-width=\"2\"/>");
        if (Of.Limit is { } limit)
            text.Append(CultureInfo.InvariantCulture, $"<line class=\"limit\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{Y(limit.Value, top):0.##}\" y2=\"{Y(limit.Value, top):0.##}\"/><text x=\"{Left + 6}\" y=\"{Y(limit.Value, top) - 5:0.##}\">{Safe(limit.Word)}</text>");
        if (wide >= LabelWidth)
            foreach (var (bar, i) in Of.Bars.Select((b, i) => (b, i))) text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Middle(i):0.##}\" y=\"{Bottom + 20}\" text-anchor=\"middle\">{Safe(bar.Label)}</text>");
        else if (Of.Bars.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Bottom + 20}\">{Safe(Of.Bars[0].Label)}</text><text x=\"{Width}\" y=\"{Bottom + 20}\" text-anchor=\"end\">{Safe(Of.Bars[^1].Label)}</text>");

        decimal Middle(int bar) => Left + 2 + (bar + 0.5m) * wide;
    }

    private void Lying(StringBuilder text)
    {
        var most = Math.Max(1, Of.Bars.Select(b => b.Value).DefaultIfEmpty(0).Max());
        foreach (var (bar, i) in Of.Bars.Select((b, i) => (b, i)))
        {
            var y = i * RowHeight;
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{y + 17}\">{Safe(bar.Label)}</text><text x=\"{Width}\" y=\"{y + 17}\" text-anchor=\"end\">{Words.Digits(bar.Value)}</text>");
            text.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"1\" x2=\"1\" y1=\"{y + 22}\" y2=\"{y + 40}\" stroke-width=\"2\"/>");
            if (bar.Value > 0) text.Append(CultureInfo.InvariantCulture, $"<g class=\"bars\"><rect x=\"0\" y=\"{y + 24}\" width=\"{Math.Max(3m, bar.Value * (decimal)Width / most):0.##}\" height=\"14\"/></g>");
        }
    }

    private static decimal Y(long value, long top) => Bottom - value * (decimal)(Bottom - Top) / top;

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);
}
