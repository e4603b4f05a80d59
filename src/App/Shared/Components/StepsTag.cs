using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Razor.TagHelpers;
using MyKey.Kernel;

namespace MyKey.App.Shared.Components;

/// <summary><c>&lt;steps words="カード,ポイントと金額,お客さまの確認,終わり" now="2" /&gt;</c>: where somebody is, in words.</summary>
[HtmlTargetElement("steps", TagStructure = TagStructure.WithoutEndTag)]
public sealed class StepsTag(HtmlEncoder encoder) : TagHelper
{
    /// <summary>Divided by commas.</summary>
    public string Words { get; set; } = "";

    /// <summary>From 1.</summary>
    public int Now { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var words = Words.Split(',', StringSplitOptions.TrimEntries);
        Must.Hold(Now >= 1 && Now <= words.Length, "the present step is one of the steps");
        var items = new StringBuilder();
        for (var step = 1; step <= words.Length; step++)
        {
            var word = $"<span>{step} {encoder.Encode(words[step - 1])}</span>";
            items.Append(
                step < Now ? $"<li class=\"done\">{word}<span class=\"hidden-text\">（済み）</span></li>"
                : step == Now ? $"<li aria-current=\"step\">{word}</li>"
                : $"<li>{word}</li>");
        }
        (output.TagName, output.TagMode) = ("ol", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "steps");
        output.Attributes.SetAttribute("aria-label", "手順");
        output.Content.SetHtmlContent(items.ToString());
    }
}
