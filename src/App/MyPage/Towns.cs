using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.MyPage;

/// <summary>The municipalities a citizen can choose among: those whose points live.</summary>
public static class Towns
{
    public static IEnumerable<Municipality> Live(this RegistryView view) =>
        view.Municipalities.Where(m => m.State == MunicipalityState.Live).OrderBy(m => m.Code);

    public static IReadOnlyList<SelectListItem> Choices(RegistryView view) => [Nothing, .. Items(view)];

    /// <summary>The same with a citizen's base municipality first, for most people mean it.</summary>
    /// <param name="further">Choices before them that are no municipality.</param>
    public static IReadOnlyList<SelectListItem> Choices(RegistryView view, MunicipalityCode? home, params SelectListItem[] further) =>
        [Nothing, .. further, .. Items(view).OrderByDescending(c => c.Value == home?.Value)];

    private static SelectListItem Nothing => new("選んでください", "");

    private static IEnumerable<SelectListItem> Items(RegistryView view) => view.Live().Select(m => new SelectListItem(m.FullName, m.Code.Value));

    /// <returns>The municipality; <c>field_required</c> when nothing was chosen, <c>municipality_unknown</c> for one that does not issue.</returns>
    public static Result<Municipality> Chosen(RegistryView view, string? code)
    {
        if (string.IsNullOrEmpty(code)) return Refusal.Of("field_required");
        var read = MunicipalityCode.Read(code);
        return read.Ok && view.Find(read.Value) is { State: MunicipalityState.Live } live ? live : Refusal.Of("municipality_unknown");
    }
}
