using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Operator.Membership;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Operator.Municipalities;

/// <summary>What a municipality takes part in, as operators enter it: also of those that do without our pages (S2-P15, K-24).</summary>
public sealed class CapabilitiesPage(PlatformMunicipalities municipalities, PlatformMembership membership, TimeProvider clock) : StaffPage
{
    private static readonly NextStep Back = new("自治体の一覧へ", "/operator/municipalities");

    [BindProperty(SupportsGet = true, Name = "code")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "できること")]
    public string? Capability { get; set; }

    [BindProperty, Display(Name = "いつから")]
    public string? State { get; set; }

    [BindProperty, Display(Name = "日")]
    public string? Day { get; set; }

    [BindProperty, Display(Name = "備考")]
    public string? Said { get; set; }

    public Municipality Municipality { get; private set; } = null!;

    public IReadOnlyList<Capability> All { get; private set; } = [];

    public DateOnly Today => clock.Today();

    public IReadOnlyList<SelectListItem> Kinds { get; } = [.. CapabilityKind.All.Select(k => new SelectListItem(k.Name, k.Code))];

    public IReadOnlyList<SelectListItem> States { get; } = [new("決まった日から", "dated"), new("準備ができしだい（※）", "when_ready"), new("決まっていない（備考の言葉を載せる）", "undecided"), new("決まった日で終わり", "ended")];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        (State, Capability) = ("dated", CapabilityKind.All[0].Code);
        return await Show(stop) is { } no ? await this.Refuse(no, Back) : Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var day = string.IsNullOrWhiteSpace(Day) ? (DateOnly?)null : this.Day(nameof(Day), Day);
        if (!ModelState.IsValid) return this.Again();
        var saved = await membership.SetCapability(Work, Municipality.Code.Value, Capability, new WantedCapability(State, day, Said), stop);
        if (saved.Ok) return this.SeeOther($"/operator/municipalities/{Municipality.Code.Value}/capabilities");
        var no = saved.Refused!;
        return this.Refuse((no.Code, no.Fact<string>("field")) switch { (_, "day") => nameof(Day), (_, "state") => nameof(State), ("field_unknown", _) or ("municipality_unknown", _) => nameof(Capability), _ => nameof(Said) }, no);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await municipalities.Find(Code);
        if (found.Refused is { } no) return no;
        (Municipality, All) = (found.Value, await membership.Capabilities(found.Value.Code, stop));
        return null;
    }
}
