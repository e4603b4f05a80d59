using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Grants;
using MyKey.App.Offers;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Applications;

/// <summary>Staff enter an application for somebody at the desk, with the reason (S1-33). The ID travels in the form, never in an address.</summary>
public sealed class EnterPage(ApplicationRules rules, EnterApplication enter, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "窓口で入れる理由")]
    public string? Reason { get; set; }

    [BindProperty, Display(Name = "条件に合うことの確認")]
    public string? Proven { get; set; }

    public Offered Offered { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid programme, CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        return await Load(programme, stop) is { } no ? await this.Refuse(no) : Page();
    }

    public async Task<IActionResult> OnPost(Guid programme, CancellationToken stop)
    {
        if (await Load(programme, stop) is { } gone) return await this.Refuse(gone);
        if (string.IsNullOrWhiteSpace(MyKeyId)) this.Note(nameof(MyKeyId), Refusal.Of("field_required", ("field", nameof(MyKeyId))));
        if (string.IsNullOrWhiteSpace(Reason)) this.Note(nameof(Reason), Refusal.Of("field_required", ("field", nameof(Reason))));
        if (!ModelState.IsValid) return this.Again();
        var entered = await enter.Run(Work, new DeskApplication(new TransferId(Id), Offered.Offer.Programme, MyKeyId, Reason, Proven == ProofChoices.Yes), stop);
        return entered.Refused is { } no
            ? this.Refuse(no.Code switch { "too_large" or "my_number_refused" or "pan_refused" => nameof(Reason), "proof_required" => nameof(Proven), _ => nameof(MyKeyId) }, no)
            : this.SeeOther($"/office/offers/{programme}/applications?saved=1");
    }

    private async Task<Refusal?> Load(Guid programme, CancellationToken stop)
    {
        var found = await rules.Offered(new ProgrammeId(programme), stop);
        if (found.Refused is { } no) return no;
        Offered = found.Value;
        return Offered.Offer.Municipality == Work.Office.Code ? null : Refusal.Of("not_found");
    }
}
