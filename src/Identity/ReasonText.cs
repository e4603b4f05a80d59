using MyKey.Kernel;

namespace MyKey.Identity;

/// <summary>The reason that a grave change must have: 1 to 200 characters without a My Number or card number.</summary>
internal static class ReasonText
{
    public static Result<string> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length == 0) return Refusal.Of("field_required");
        if (text.Length > 200) return Refusal.Of("too_large");
        return FreeText.Check(text) is { } personal ? personal : text;
    }
}
