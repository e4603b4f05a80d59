using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Unpaid;

/// <summary>One line of a recipient list: paid now that there is an ID, or taken off the list with a reason. Its payment has the id of the line, so a double click pays once.</summary>
public sealed class PayPage(OfficeProgrammes programmes, UnpaidLines unpaid) : StaffPage
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "条件に合うことの確認")]
    public string? Proven { get; set; }

    [BindProperty, Display(Name = "支払わない理由")]
    public string? Reason { get; set; }

    public Programme Programme { get; private set; } = null!;

    public UnpaidLine Line { get; private set; } = null!;

    public string Path => $"/office/programmes/{Programme.Id.Value}/unpaid";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, Guid batch, int line, CancellationToken stop) => await Load(id, batch, line, stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(Guid id, Guid batch, int line, CancellationToken stop)
    {
        if (await Load(id, batch, line, stop) is { } gone) return await this.Refuse(gone);
        var paid = await unpaid.Pay(Work, Programme.Id, new PayOrder(batch, line, MyKeyId, Proven == ProofChoices.Yes), stop);
        if (paid.Ok) return this.SeeOther($"/office/grants/{paid.Value.Id.Value}");
        return this.Refuse(paid.Refused!.Code == "proof_required" ? nameof(Proven) : nameof(MyKeyId), paid.Refused!);
    }

    public async Task<IActionResult> OnPostDrop(Guid id, Guid batch, int line, CancellationToken stop)
    {
        if (await Load(id, batch, line, stop) is { } gone) return await this.Refuse(gone);
        var dropped = await unpaid.Drop(Work, Programme.Id, (batch, line), Reason, stop);
        return dropped.Refused is { } no ? this.Refuse(nameof(Reason), no) : this.SeeOther(Path);
    }

    private async Task<Refusal?> Load(Guid id, Guid batch, int line, CancellationToken stop)
    {
        var found = await programmes.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return no;
        if (await unpaid.Find(Work, found.Value.Id, (batch, line), stop) is not { } there) return Refusal.Of("not_found");
        (Programme, Line) = (found.Value, there);
        return null;
    }
}
