using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Shared.Components;

/// <summary>
/// <c>&lt;refusal of="Model.Refused" next="Model.Next" /&gt;</c>: what happened · which rule · what next, and small the code and the
/// inquiry number. Nothing when there is no refusal.
/// </summary>
[HtmlTargetElement("refusal", TagStructure = TagStructure.WithoutEndTag)]
public sealed class RefusalTag : TagHelper
{
    public Refusal? Of { get; set; }

    /// <summary>A link that stands in place of the words for what next.</summary>
    public NextStep? Next { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Of is not { } refusal)
        {
            output.SuppressOutput();
            return;
        }
        var (what, rule, next) = refusal.Sentences();
        (output.TagName, output.TagMode) = ("div", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "notice refused");
        output.Attributes.SetAttribute("role", "alert");
        output.Content.AppendHtml(Text("h2", what)).AppendHtml(Text("p", Sentence(rule)));
        output.Content.AppendHtml(Next is null ? Text("p", Sentence(next)) : Link(Next));
        output.Content.AppendHtml(Reference(refusal.Code, ViewContext.HttpContext.Number()));
    }

    /// <summary>Sentences of the list end without a full stop; in running text they have one.</summary>
    public static string Sentence(string words) => words.EndsWith('。') ? words : words + "。";

    private static TagBuilder Link(NextStep next)
    {
        var link = new TagBuilder("a");
        link.AddCssClass("button small");
        link.Attributes["href"] = next.Path;
        link.InnerHtml.Append(next.Word);
        var paragraph = new TagBuilder("p");
        paragraph.InnerHtml.AppendHtml(link);
        return paragraph;
    }

    private static TagBuilder Reference(string code, string inquiry)
    {
        var paragraph = new TagBuilder("p");
        paragraph.AddCssClass("reference");
        paragraph.InnerHtml.AppendHtml(Text("span", code, "num")).Append("　").AppendHtml(Text("span", inquiry, "num"));
        return paragraph;
    }

    private static TagBuilder Text(string tag, string words, string? css = null)
    {
        var element = new TagBuilder(tag);
        if (css is not null) element.AddCssClass(css);
        element.InnerHtml.Append(words);
        return element;
    }
}
