using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Operator.DatedSettings;

/// <summary>One setting: what holds where, what comes and what was, and a form to set it from a day on.</summary>
public sealed class SettingPage(PlatformSettings settings, FindStaff staff, RegistryCache registry, TimeProvider clock) : StaffPage
{
    private static readonly NextStep Back = new("設定へ", "/operator/settings");

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "どこで")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "番号")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "新しい値")]
    public string? Value { get; set; }

    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "理由")]
    public string? Reason { get; set; }

    public Setting Setting { get; private set; } = null!;

    public SettingLine[] Lines { get; private set; } = [];

    public RegistryView Registry { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Kinds => [.. Setting.Scopes.Keys.Order().Select(k => new SelectListItem(SettingWords.Of(k), k.ToString().ToLowerInvariant()))];

    /// <summary>For words; null for a number.</summary>
    public IReadOnlyList<SelectListItem>? Values => Setting.Kind is SettingKind.Word or SettingKind.Switch ? [.. Setting.Values.Zip(Setting.Said, (value, said) => new SelectListItem(said, value))] : null;

    private Dictionary<Guid, string> Numbers { get; set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        (Id, Kind) = (Ids.NewV7(clock), "platform");
        return Page();
    }

    public Task<IActionResult> OnPost(CancellationToken stop) => Propose(Value ?? "", stop);

    /// <summary>Takes the place's own value back.</summary>
    public Task<IActionResult> OnPostBack(CancellationToken stop) => Propose(null, stop);

    public string By(SettingStep step) => step.SetMs == 0 ? "" : Numbers.TryGetValue(step.SetBy.Id, out var number) ? number : ActionWords.Of(step.SetBy.Kind);

    private async Task<IActionResult> Propose(string? value, CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var place = Kind == "platform" ? Kind : $"{Kind}/{Typed.HalfWidth(Name)}";
        var asked = await settings.Propose(Work, new WantedSetting(Id, Setting.Key, place, value, From, Reason), stop);
        if (asked.Ok) return this.SeeOther($"/operator/settings?saved={(asked.Value.Applied ? "set" : "waits")}");
        var no = asked.Refused!;
        if (no.Code is "confirm_required" or "id_reused") return await No(no, Back);
        var field = (no.Code, no.Fact<string>("field")) switch
        {
            ("out_of_period", _) or (_, "from") => nameof(From),
            ("municipality_unknown", _) => nameof(Name),
            ("field_unknown", { } said) when said.Contains('/', StringComparison.Ordinal) => nameof(Name),
            ("number_format", _) or ("field_unknown", _) => nameof(Value),
            _ => nameof(Reason),
        };
        return this.Refuse(field, no);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = Setting.Find(Key ?? "");
        if (found.Refused is not null) return Refusal.Of("not_found");
        Setting = found.Value;
        Registry = await registry.View();
        Lines = (await settings.Lines(Work, Setting.Key, stop)).Value;
        Numbers = (await staff.All(stop: stop)).ToDictionary(s => s.Id.Value, s => s.Number);
        return null;
    }
}
