using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>A name that somebody gives to something: one line, not empty, no My Number or card number in it (S0-1020a, S1-45).</summary>
public static class NameText
{
    /// <returns>The name without white space at both ends; or <c>field_required</c> (field), <c>too_large</c>, <c>field_unknown</c> (field) for control characters, or what <see cref="FreeText"/> refuses.</returns>
    public static Result<string> Read(string field, string? typed, int most)
    {
        var text = (typed ?? "").Trim();
        if (text.Length == 0) return Refusal.Of("field_required", ("field", field));
        if (text.Length > most) return Refusal.Of("too_large");
        if (text.Any(char.IsControl)) return Refusal.Of("field_unknown", ("field", field));
        return FreeText.Check(text) is { } no ? no : text;
    }
}
