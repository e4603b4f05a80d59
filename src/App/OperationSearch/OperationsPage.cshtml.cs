using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Operator;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.OperationSearch;

/// <summary>Who did what, where and when; found by days, action, person and thing (S0-1022c). A GET, so that a leaf can be reloaded and gone back to.</summary>
public sealed class OperationsPage(FindOperations find, RegistryCache registry, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "from"), Display(Name = "はじめの日")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "until"), Display(Name = "おわりの日")]
    public string? Until { get; set; }

    [BindProperty(SupportsGet = true, Name = "action"), Display(Name = "したこと")]
    public string? What { get; set; }

    [BindProperty(SupportsGet = true, Name = "by"), Display(Name = "だれが")]
    public string? By { get; set; }

    [BindProperty(SupportsGet = true, Name = "about"), Display(Name = "なにを")]
    public string? About { get; set; }

    [BindProperty(SupportsGet = true, Name = "after")]
    public string? After { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public string Here => $"{Door.Home}/operations";

    public IReadOnlyList<SelectListItem> Actions { get; } = [new("すべて", ""), .. ActionWords.All.Select(a => new SelectListItem(a.Word, a.Action))];

    public RegistryView Registry { get; private set; } = null!;

    public FoundOperations? Found { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator, Role.StaffAdmin];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Registry = await registry.View();
        var found = await find.Run(Work, new OperationSearch { From = From, Until = Until, Action = What, By = By, About = About, After = After }, stop);
        if (found.Refused is { } no)
        {
            if (no.Code is not ("out_of_period" or "not_found")) return await No(no);
            return this.Refuse(no.Code == "out_of_period" ? nameof(From) : string.IsNullOrWhiteSpace(About) ? nameof(By) : nameof(About), no);
        }
        Found = found.Value;
        (From, Until) = (Or(From, clock.Today().AddDays(-30)), Or(Until, clock.Today()));
        return Page();
    }

    public string Next => $"{Here}?from={From}&until={Until}&action={Uri.EscapeDataString(What ?? "")}&by={Uri.EscapeDataString(By ?? "")}&about={Uri.EscapeDataString(About ?? "")}&after={Found?.Next}";

    /// <summary>Members of staff by number, devices by label; of a citizen nothing but that it was one.</summary>
    public string Who(FoundOperation line) => Found!.Names.TryGetValue(line.Actor.Id, out var name) ? $"{ActionWords.Of(line.Actor.Kind)} {name}" : ActionWords.Of(line.Actor.Kind);

    private static string Or(string? typed, DateOnly day) => string.IsNullOrWhiteSpace(typed) ? day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : typed;
}
