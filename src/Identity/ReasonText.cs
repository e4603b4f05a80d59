using MyKey.Kernel;

namespace MyKey.Identity;

/// <summary>The reason that a grave change must have: 1 to 200 characters without a My Number or card number.</summary>
public static class ReasonText
{
    /// <param name="field">What the form calls it, for the refusal of an empty one.</param>
    /// <returns>The reason; <c>field_required</c> (field), <c>too_large</c>, and what free text is refused for.</returns>
    public static Result<string> Read(string? typed, string? field = null)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length == 0) return field is null ? Refusal.Of("field_required") : Refusal.Of("field_required", ("field", field));
        if (text.Length > 200) return Refusal.Of("too_large");
        return FreeText.Check(text) is { } personal ? personal : text;
    }
}
