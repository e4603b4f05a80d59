using System.Text.Json;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.App.SignIn;

/// <summary>
/// What a citizen typed, on the way from one page to its confirmation: the browser carries it, encrypted, so that no address and no log has it. It
/// counts only for the citizen who typed it.
/// </summary>
public static class CitizenDraft
{
    /// <param name="name">Of the form; another draft of the same name takes its place.</param>
    public static void Keep<T>(CitizenPage page, string name, T draft) => page.TempData[name] = $"{page.Citizen.Id.Value} {JsonSerializer.Serialize(draft)}";

    /// <returns>The draft, or null.</returns>
    public static T? Find<T>(CitizenPage page, string name) where T : class
    {
        var kept = page.TempData.Peek(name) as string ?? "";
        var owner = $"{page.Citizen.Id.Value} ";
        return kept.StartsWith(owner, StringComparison.Ordinal) ? JsonSerializer.Deserialize<T>(kept[owner.Length..]) : null;
    }

    public static void Drop(PageModel page, string name) => page.TempData.Remove(name);
}
