using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MyKey.App.Shared.Components;

/// <summary>
/// <c>&lt;error-summary /&gt;</c> above the h1: how many mistakes, each a link to its field; gets the focus. Nothing while all is well.
/// </summary>
[HtmlTargetElement("error-summary", TagStructure = TagStructure.WithoutEndTag)]
public sealed class ErrorSummaryTag : TagHelper
{
    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var wrong = ViewContext.ModelState.Where(s => s.Value?.Errors.Count > 0).OrderBy(s => Place(s.Key), StringComparer.Ordinal)
            .Select(s => (s.Key, s.Value!.Errors[0].ErrorMessage)).ToList();
        if (wrong.Count == 0)
        {
            output.SuppressOutput();
            return;
        }
        (output.TagName, output.TagMode) = ("div", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "summary");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("autofocus", "autofocus");
        output.Attributes.SetAttribute("aria-labelledby", "summary-heading");
        output.Content.AppendHtml($"""<h2 id="summary-heading">入力内容に{wrong.Count}件の誤りがあります</h2>""");
        var list = new TagBuilder("ul");
        foreach (var (field, message) in wrong) list.InnerHtml.AppendHtml(Item(field, message));
        output.Content.AppendHtml(list);
    }

    private TagBuilder Item(string field, string message)
    {
        var words = Label(field) is { } label ? $"{label}　{message}" : message;
        var item = new TagBuilder("li");
        if (field.Length == 0)
        {
            item.InnerHtml.Append(words);
            return item;
        }
        var link = new TagBuilder("a");
        link.Attributes["href"] = $"#{FieldId.Of(field)}";
        link.InnerHtml.Append(words);
        item.InnerHtml.AppendHtml(link);
        return item;
    }

    /// <summary>Fields stand on the page in the order of their properties; the model state keeps none.</summary>
    private string Place(string field)
    {
        const string last = "9999";
        ModelMetadata? at = ViewContext.ViewData.ModelMetadata;
        return string.Concat(field.Split('.').Select(name =>
        {
            var properties = at?.Properties.ToList() ?? [];
            var place = properties.FindIndex(p => p.PropertyName == name);
            at = place < 0 ? null : properties[place];
            return place < 0 ? last : place.ToString("0000", System.Globalization.CultureInfo.InvariantCulture);
        }));
    }

    private string? Label(string field)
    {
        ModelExplorer? at = ViewContext.ViewData.ModelExplorer;
        foreach (var name in field.Split('.')) at = at?.GetExplorerForProperty(name);
        return at?.Metadata.DisplayName;
    }
}
