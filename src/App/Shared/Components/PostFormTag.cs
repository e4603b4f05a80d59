using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MyKey.App.Shared.Components;

/// <summary>
/// Every <c>&lt;form method="post"&gt;</c> carries the antiforgery token, with or without an action (the framework's own helper leaves it
/// out when there is one), and leaves checking to the server, whose words are better than the browser's.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method='post']")]
public sealed class PostFormTag(IHtmlGenerator html) : TagHelper
{
    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Attributes.SetAttribute("novalidate", "novalidate");
        output.PostContent.AppendHtml(html.GenerateAntiforgery(ViewContext));
    }
}
