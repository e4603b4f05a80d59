using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;
using MyKey.Kernel;

namespace MyKey.App.Shared.Components;

/// <summary><c>&lt;points value="Model.Rest" /&gt;</c>: the amount and its unit in one piece that does not break.</summary>
[HtmlTargetElement("points", TagStructure = TagStructure.WithoutEndTag)]
public sealed class PointsTag : TagHelper
{
    public Kernel.Points Value { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        (output.TagName, output.TagMode) = ("span", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "num");
        output.Content.SetHtmlContent($"{Words.Digits(Value.Value)}<span class=\"unit\">ポイント</span>");
    }
}

/// <summary><c>&lt;day value="lot.ExpiresOn" /&gt;</c>: 2017年12月15日.</summary>
[HtmlTargetElement("day", TagStructure = TagStructure.WithoutEndTag)]
public sealed class DayTag : TagHelper
{
    public DateOnly Value { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        (output.TagName, output.TagMode) = ("time", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("datetime", Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        output.Attributes.SetAttribute("class", "num");
        output.Content.SetContent(Words.Day(Value));
    }
}

/// <summary><c>&lt;moment ms="transfer.TimeMs" /&gt;</c>: 2017年12月15日 14時32分, in the time of Japan.</summary>
[HtmlTargetElement("moment", TagStructure = TagStructure.WithoutEndTag)]
public sealed class MomentTag : TagHelper
{
    public long Ms { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        (output.TagName, output.TagMode) = ("time", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("datetime", Jst.At(Ms).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
        output.Content.SetContent(Words.Moment(Ms));
    }
}

/// <summary>Numbers and days as people read them.</summary>
public static class Words
{
    public static string Digits(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string InWords(Points points) => $"{Digits(points.Value)}ポイント";

    public static string Day(DateOnly day) => $"{day.Year}年{day.Month}月{day.Day}日";

    public static string Moment(long ms)
    {
        var then = Jst.At(ms);
        return $"{Day(DateOnly.FromDateTime(then.DateTime))} {then.Hour}時{then.Minute:00}分";
    }
}
