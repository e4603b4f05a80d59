using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Machines;

/// <summary>Asks for a key of a system, or for the next key of one that has one, so that one can follow the other.</summary>
public sealed class NewKeyPage(KeyRequests requests, RegistryCache registry, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public Guid? Machine { get; set; }

    [BindProperty, Display(Name = "システムの名前")]
    public string? Label { get; set; }

    [BindProperty, Display(Name = "できること")]
    public string? Scope { get; set; }

    [BindProperty, Display(Name = "お店か施設")]
    public string? Shop { get; set; }

    [BindProperty, Display(Name = "つなぐ場所")]
    public string? Networks { get; set; }

    [BindProperty, Display(Name = "使える期間")]
    public string? Days { get; set; }

    public IReadOnlyList<SelectListItem> Scopes { get; } = [.. MachineScopes.OfOffices.Reverse().Select(s => new SelectListItem(KeyWords.Of(s), s))];

    public IReadOnlyList<SelectListItem> Lengths { get; } = [new("30日", "30"), new("90日", "90"), new("180日", "180"), new("1年", "365")];

    public IReadOnlyList<SelectListItem> Shops { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(Guid? from, CancellationToken stop)
    {
        await Show();
        (Id, Scope, Days) = (Ids.NewV7(clock), MachineScopes.UsesWrite, "90");
        if (from is not { } id) return Page();
        var key = await requests.Key(Work, id, stop);
        if (key.Refused is { } no) return await this.Refuse(no, new NextStep("システムのかぎへ", "/office/machine-keys"));
        (Machine, Label, Scope, Shop, Networks) = (key.Value.Machine.Value, key.Value.Label, key.Value.Scopes[0], key.Value.Holder?.ToString(), string.Join(' ', key.Value.Networks));
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show();
        var shop = (Scope == MachineScopes.UsesWrite || MachineScopes.OfProviders.Contains(Scope ?? "")) && Guid.TryParse(Shop, out var id) ? id : (Guid?)null;
        var networks = Typed.HalfWidth(Networks).Split([' ', ',', '、'], StringSplitOptions.RemoveEmptyEntries);
        var days = int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : 0;
        var asked = await requests.Ask(Work, new WantedKey(Id, Label ?? "", Scope is { Length: > 0 } scope ? [scope] : [], shop, networks, days, Machine), stop);
        if (asked.Ok) return this.SeeOther("/office/machine-keys?saved=waits");
        var no = asked.Refused!;
        if (no.Code is "key_limit" or "id_reused" or "confirm_required") return await No(no, new NextStep("システムのかぎへ", "/office/machine-keys"));
        return this.Refuse(FieldOf(no), no);
    }

    private static string FieldOf(Refusal no) => no.Fact<string>("field") switch
    {
        "acceptor" => nameof(Shop),
        "networks" => nameof(Networks),
        "validDays" => nameof(Days),
        "scopes" => nameof(Scope),
        _ => no.Code == "not_found" ? nameof(Shop) : no.Code == "field_unknown" ? nameof(Scope) : nameof(Label),
    };

    private async Task Show()
    {
        var view = await registry.View();
        var shops = view.AcceptorsOf(Work.Office.Code).Where(a => a.State == AcceptorState.Active).OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => new SelectListItem(a.Name, a.Id.Value.ToString()));
        var providers = view.Providers.Where(p => p.Municipality == Work.Office.Code && p.State == ProviderState.Active).OrderBy(p => p.Code, StringComparer.Ordinal)
            .Select(p => new SelectListItem($"{p.Name}（{p.Kind.Name}）", p.Id.Value.ToString()));
        Shops = [new("選んでください", ""), .. shops, .. providers];
    }
}
