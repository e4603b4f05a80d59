using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Navi.Portal;

/// <summary>What is typed for the portal: texts of several lines, and moments to the minute, in the time of Japan.</summary>
internal static class PortalEntry
{
    public const int LongestTitle = 60, LongestText = 2_000, LongestWords = 60, LastPlace = 99;

    private const string Minute = "yyyy-MM-ddTHH:mm";

    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    /// <returns>The text; <c>too_large</c>, <c>field_unknown</c> (field) for control characters, and what free text is refused for.</returns>
    public static Result<string> Lines(string field, string? typed)
    {
        var text = (typed ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Trim();
        if (text.Length > LongestText) return Refusal.Of("too_large");
        if (text.Any(c => char.IsControl(c) && c != '\n')) return Refusal.Of("field_unknown", ("field", field));
        return FreeText.Check(text) is { } no ? no : text;
    }

    /// <param name="typed">As the field of a browser has it: 2026-12-01T09:00.</param>
    /// <returns>ms UTC; <c>field_required</c> (field) for nothing, <c>moment_format</c> (field) for what is no minute.</returns>
    public static Result<long> Moment(string field, string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace(' ', 'T');
        if (text.Length == 0) return Refusal.Of("field_required", ("field", field));
        return DateTime.TryParseExact(text, Minute, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new DateTimeOffset(local, Japan).ToUnixTimeMilliseconds() : Refusal.Of("moment_format", ("field", field));
    }

    /// <summary>The same for one that may be left out.</summary>
    public static Result<long?> MomentOrNone(string field, string? typed) => string.IsNullOrWhiteSpace(typed) ? (long?)null : Moment(field, typed).Then<long?>(ms => ms);

    /// <summary>As <see cref="Moment"/> reads it.</summary>
    public static string Written(long ms) => Jst.At(ms).ToString(Minute, CultureInfo.InvariantCulture);

    /// <returns>The place; <c>number_format</c> (field).</returns>
    public static Result<int> Place(string? typed) =>
        int.TryParse(Typed.HalfWidth(typed), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= LastPlace ? place : Refusal.Of("number_format", ("field", "place"));
}
