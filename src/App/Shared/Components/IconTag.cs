using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MyKey.App.Shared.Components;

/// <summary><c>&lt;icon name="shop" /&gt;</c></summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTag : TagHelper
{
    public string Name { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Icons.Svg(Name));
    }
}

/// <summary><c>&lt;brand-mark /&gt;</c></summary>
[HtmlTargetElement("brand-mark", TagStructure = TagStructure.WithoutEndTag)]
public sealed class BrandMarkTag : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Icons.Brand);
    }
}
