using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Grants;

/// <summary>
/// Screens 1 and 2 of a grant to one person: who and how much, then what it does to the budget. The ID travels in forms, never in an address.
/// The confirming form carries the id of the transfer, so a double click and a reload grant once.
/// </summary>
public sealed class GrantPage(GrantPoints grants, FindGrants find, ProgrammeList programmes, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "施策")]
    public string? Programme { get; set; }

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "ポイント")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "行事")]
    public string? Occasion { get; set; }

    [BindProperty, Display(Name = "最後に使える日")]
    public string? ExpiresOn { get; set; }

    [BindProperty, Display(Name = "条件に合うことの確認")]
    public string? Proven { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    /// <summary>Some programme asks for a proof.</summary>
    public bool AsksProof { get; private set; }

    private Dictionary<ProgrammeId, Kernel.Points> usuals = [];

    public IReadOnlyList<SelectListItem> Programmes { get; private set; } = [];

    /// <summary>Screen 2; null on screen 1.</summary>
    public GrantPreview? Preview { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop)
    {
        await Load(stop);
        if (await find.Last(Work.Actor, stop) is not { } last) return;
        (Programme, Amount, Occasion) = (last.Programme.Value.ToString(), last.Amount.ToString(), last.Occasion);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var order = await Order(new TransferId(Ids.NewV7(clock)), stop);
        if (order is null) return this.Again();
        var looked = await grants.Check(new Granter(Work.Actor, Work.Office), order, stop);
        if (looked.Refused is { } no) return this.Refuse(FieldOf(no), no);
        (Preview, Id) = (looked.Value, order.Id.Value);
        ModelState.Clear();
        return Page();
    }

    /// <summary>Back to screen 1 with what was typed.</summary>
    public async Task<IActionResult> OnPostBack(CancellationToken stop)
    {
        await Load(stop);
        ModelState.Clear();
        return Page();
    }

    public async Task<IActionResult> OnPostGrant(CancellationToken stop)
    {
        if (await Order(new TransferId(Id), stop) is not { } order) return this.Again();
        var granted = await grants.Run(new Granter(Work.Actor, Work.Office), order, stop);
        return granted.Refused is { } no ? this.Refuse(FieldOf(no), no) : this.SeeOther($"/office/grants/{Id}");
    }

    private async Task Load(CancellationToken stop)
    {
        var open = (await programmes.Of(Work.Office.Code, stop)).Where(p => p.GrantsOn(clock.Today()) is null).ToList();
        Programmes = [.. open.Select(p => new SelectListItem(p.Rules.Usual is { } usual ? $"{p.Name}（いつもは{usual}）" : p.Name, p.Id.Value.ToString()))];
        AsksProof = open.Exists(p => p.Rules.Eligibility == Eligibility.Proof);
        usuals = open.Where(p => p.Rules.Usual is not null).ToDictionary(p => p.Id, p => p.Rules.Usual!.Value);
    }

    private async Task<GrantOrder?> Order(TransferId id, CancellationToken stop)
    {
        await Load(stop);
        if (!Ids.TryRead<ProgrammeId>(Programme, out var programme)) this.Note(nameof(Programme), Refusal.Of("field_required", ("field", nameof(Programme))));
        if (string.IsNullOrWhiteSpace(MyKeyId)) this.Note(nameof(MyKeyId), Refusal.Of("field_required", ("field", nameof(MyKeyId))));
        // What the programme usually gives, unless something is typed (S2-P19c).
        if (string.IsNullOrWhiteSpace(Amount) && usuals.TryGetValue(programme, out var usual)) Amount = usual.ToString();
        var amount = Kernel.Points.Read(Amount);
        if (amount.Refused is { } noAmount) this.Note(nameof(Amount), noAmount);
        DateOnly? expires = null;
        if (!string.IsNullOrWhiteSpace(ExpiresOn))
        {
            if (DateOnly.TryParseExact(Typed.HalfWidth(ExpiresOn), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) expires = day;
            else this.Note(nameof(ExpiresOn), Refusal.Of("number_format"));
        }
        return ModelState.IsValid ? new GrantOrder(id, programme, MyKeyId, amount.Value.Value, expires, Occasion) { Proven = Proven == ProofChoices.Yes } : null;
    }

    private static string FieldOf(Refusal no) => no.Code switch
    {
        "id_format" or "mykey_unknown" or "id_suspended" or "already_granted" or "not_eligible" or "cap_reached" => nameof(MyKeyId),
        "proof_required" => nameof(Proven),
        "amount_format" or "budget_exhausted" => nameof(Amount),
        "out_of_period" => nameof(ExpiresOn),
        "too_large" or "my_number_refused" or "pan_refused" => nameof(Occasion),
        _ => nameof(Programme),
    };
}

/// <summary>The question whether a proof was seen, as forms ask it.</summary>
public static class ProofChoices
{
    public const string Yes = "yes";

    public static IReadOnlyList<SelectListItem> All { get; } = [new("確認しました", Yes), new("まだ確認していない・条件はない", "no")];
}
