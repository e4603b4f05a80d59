using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>A telephone number of an office or a place, as people write it.</summary>
public static class PhoneText
{
    private const int Longest = 20;

    /// <returns>The number, empty for nothing; <c>phone_format</c>.</returns>
    public static Result<string> Read(string? typed)
    {
        var phone = typed?.Trim() ?? "";
        return phone.Length <= Longest && phone.All(c => char.IsAsciiDigit(c) || c is '-' or '#') ? phone : Refusal.Of("phone_format");
    }
}
