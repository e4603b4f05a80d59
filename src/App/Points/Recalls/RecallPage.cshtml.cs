using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Recalls;

/// <summary>What taking a grant back would do, and why it is done. The form carries the id of the recall.</summary>
public sealed class RecallPage(RecallGrant recalls, FindRecalls find, ProgrammeList programmes, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "grant")]
    public Guid? Grant { get; set; }

    [BindProperty(SupportsGet = true, Name = "file")]
    public string? FileHash { get; set; }

    [BindProperty(SupportsGet = true, Name = "line")]
    public int? Line { get; set; }

    [BindProperty, Display(Name = "取り戻す理由")]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    public RecallPreview Preview { get; private set; } = null!;

    public string Programme { get; private set; } = "";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    private GrantPlace Place => new(Grant, FileHash, Line);

    private async Task<NextStep> Back(CancellationToken stop) =>
        await find.Grant(Work.Office.Code, Place, stop) is { Ok: true, Value.Page: { } page } ? new("申しこみに戻る", page) : Grant is { } id ? new("付与に戻る", $"/office/grants/{id}") : new("ファイルの付与に戻る", $"/office/grants/files/{FileHash}");

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Load(stop) is { } no) return await this.Refuse(no, await Back(stop));
        Id = Ids.NewV7(clock);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var done = await recalls.Run(Work, new RecallOrder(new TransferId(Id), Place, Reason), stop);
        if (done.Ok) return this.SeeOther($"/office/recalls/{Id}");
        var no = done.Refused!;
        if (no.Code is not ("field_required" or "too_large" or "my_number_refused" or "pan_refused" or "field_unknown")) return await this.Refuse(no, await Back(stop));
        return await Load(stop) is { } gone ? await this.Refuse(gone, await Back(stop)) : this.Refuse(nameof(Reason), no);
    }

    private async Task<Refusal?> Load(CancellationToken stop)
    {
        var looked = await recalls.Look(Work, Place, stop);
        if (looked.Refused is { } no) return no;
        (Preview, Programme) = (looked.Value, (await programmes.Find(looked.Value.Grant.Programme, stop))?.Name ?? "");
        return null;
    }
}
