using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>Days as the date field of a browser has them.</summary>
public static class TypedDay
{
    private const string Form = "yyyy-MM-dd";

    /// <returns>null for an empty field, and for what is no day.</returns>
    public static DateOnly? Read(string? typed) =>
        DateOnly.TryParseExact(Typed.HalfWidth(typed), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public static string? Of(DateOnly? day) => day?.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>A day that has to be there; what is missing or no day is told at its field.</summary>
    public static DateOnly Day(this PageModel page, string field, string? typed)
    {
        if (Read(typed) is { } day) return day;
        page.Note(field, string.IsNullOrWhiteSpace(typed) ? Refusal.Of("field_required", ("field", field)) : Refusal.Of("number_format"));
        return default;
    }
}
