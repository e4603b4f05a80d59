using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace MyKey.App.Shared.Components;

/// <summary>
/// One question of a form, with label, 必須/任意, hint, error and what was typed:
/// <c>&lt;field for="MyKeyId" must class="short mono" autocomplete="username"&gt;英字と数字で8文字。&lt;/field&gt;</c>.
/// The label is the property's <c>[Display(Name)]</c>, the content is the hint, other attributes go to the control.
/// <c>options</c> makes a select, <c>choices</c> radio buttons, <c>rows</c> a field of several lines.
/// </summary>
[HtmlTargetElement("field", Attributes = "for")]
public sealed class FieldTag : TagHelper
{
    public ModelExpression For { get; set; } = null!;

    public bool Must { get; set; }

    public string Type { get; set; } = "text";

    public IEnumerable<SelectListItem>? Options { get; set; }

    public int? Rows { get; set; }

    public IEnumerable<SelectListItem>? Choices { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    private string Name => ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);

    private string Id => FieldId.Of(Name);

    private string Label => For.Metadata.DisplayName ?? For.Name;

    private ModelStateEntry? State => ViewContext.ModelState.TryGetValue(Name, out var state) ? state : null;

    private string? Wrong => State?.Errors.Count > 0 ? State.Errors[0].ErrorMessage : null;

    private string Typed => State?.AttemptedValue ?? Convert.ToString(For.Model, System.Globalization.CultureInfo.InvariantCulture) ?? "";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var hint = (await output.GetChildContentAsync()).GetContent().Trim();
        var control = Choices is null ? Control(output.Attributes, hint) : null;
        output.Attributes.Clear();
        (output.TagName, output.TagMode) = (Choices is null ? "div" : "fieldset", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "field");
        output.Content.AppendHtml(Head());
        if (hint.Length > 0) output.Content.AppendHtml(Paragraph("hint", $"{Id}-h", new HtmlString(hint)));
        if (Wrong is { } wrong) output.Content.AppendHtml(Paragraph("wrong", $"{Id}-e", new HtmlString(Icons.Svg("warning")), Span(null, wrong)));
        if (control is not null) output.Content.AppendHtml(control);
        else AddChoices(output, DescribedBy(hint));
    }

    private TagBuilder Head()
    {
        var head = new TagBuilder(Choices is null ? "label" : "legend");
        if (Choices is null) head.Attributes["for"] = Id;
        head.InnerHtml.Append(Label).AppendHtml(Must ? Span("mark must", "※必須") : Span("mark", "※任意"));
        return head;
    }

    private TagBuilder Control(TagHelperAttributeList given, string hint)
    {
        var control = new TagBuilder(Rows is not null ? "textarea" : Options is null ? "input" : "select");
        control.TagRenderMode = control.TagName == "input" ? TagRenderMode.SelfClosing : TagRenderMode.Normal;
        foreach (var attribute in given) control.Attributes[attribute.Name] = attribute.Value?.ToString() ?? "";
        (control.Attributes["id"], control.Attributes["name"]) = (Id, Name);
        if (Must) control.Attributes["required"] = "required";
        if (Wrong is not null) control.Attributes["aria-invalid"] = "true";
        if (DescribedBy(hint) is { Length: > 0 } by) control.Attributes["aria-describedby"] = by;
        if (Rows is { } rows)
        {
            control.Attributes["rows"] = rows.ToString(System.Globalization.CultureInfo.InvariantCulture);
            control.InnerHtml.Append(Typed);
            return control;
        }
        if (Options is null)
        {
            control.Attributes["type"] = Type;
            if (Type != "password" && Typed.Length > 0) control.Attributes["value"] = Typed;
            return control;
        }
        foreach (var option in Options) control.InnerHtml.AppendHtml(Option(option));
        return control;
    }

    private TagBuilder Option(SelectListItem item)
    {
        var option = new TagBuilder("option");
        option.Attributes["value"] = item.Value;
        if (item.Value == Typed) option.Attributes["selected"] = "selected";
        option.InnerHtml.Append(item.Text);
        return option;
    }

    private void AddChoices(TagHelperOutput output, string describedBy)
    {
        if (describedBy.Length > 0) output.Attributes.SetAttribute("aria-describedby", describedBy);
        var number = 0;
        foreach (var choice in Choices!)
        {
            var radio = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
            (radio.Attributes["type"], radio.Attributes["name"], radio.Attributes["value"]) = ("radio", Name, choice.Value);
            // The first one carries the id, so that the error summary's link leads to the group.
            radio.Attributes["id"] = number++ == 0 ? Id : $"{Id}-{number}";
            if (Must) radio.Attributes["required"] = "required";
            if (Wrong is not null) radio.Attributes["aria-invalid"] = "true";
            if (choice.Value == Typed) radio.Attributes["checked"] = "checked";
            var label = new TagBuilder("label");
            label.AddCssClass("choice");
            label.InnerHtml.AppendHtml(radio).AppendHtml(Span(null, choice.Text));
            output.Content.AppendHtml(label);
        }
    }

    private string DescribedBy(string hint) =>
        string.Join(' ', new[] { hint.Length > 0 ? $"{Id}-h" : null, Wrong is not null ? $"{Id}-e" : null }.OfType<string>());

    private static TagBuilder Paragraph(string css, string id, params IHtmlContent[] inner)
    {
        var paragraph = new TagBuilder("p");
        paragraph.AddCssClass(css);
        paragraph.Attributes["id"] = id;
        foreach (var part in inner) paragraph.InnerHtml.AppendHtml(part);
        return paragraph;
    }

    private static TagBuilder Span(string? css, string text)
    {
        var span = new TagBuilder("span");
        if (css is not null) span.AddCssClass(css);
        span.InnerHtml.Append(text);
        return span;
    }
}

/// <summary>The id of the control of a field.</summary>
public static class FieldId
{
    public static string Of(string name) => TagBuilder.CreateSanitizedId(name, "_");
}
