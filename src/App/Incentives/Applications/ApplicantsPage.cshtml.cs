using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Grants;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Applications;

/// <summary>Many people entered by a file: sent, looked at, then entered (S1-33).</summary>
[RequestSizeLimit(2 * EnterFile.MostBytes)]
public sealed class ApplicantsPage(EnterFile enter, FindApplicantFiles files, ApplicationRules rules) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "file")]
    public Guid? FileId { get; set; }

    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    [BindProperty, Display(Name = "窓口で入れる理由")]
    public string? Reason { get; set; }

    [BindProperty, Display(Name = "全員が条件に合うことの確認")]
    public string? Proven { get; set; }

    public Offered Offered { get; private set; } = null!;

    /// <summary>What was sent.</summary>
    public ApplicantFile? Sent { get; private set; }

    public string Here => $"/office/offers/{Offered.Offer.Programme.Value}/enter/file";

    public int Step => Sent is null ? 1 : Sent.State == ApplicantFileState.Stored ? 2 : 3;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid programme, CancellationToken stop) => await Load(programme, stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(Guid programme, CancellationToken stop)
    {
        if (await Load(programme, stop) is { } gone) return await this.Refuse(gone);
        if (Csv is null or { Length: 0 }) this.Note(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        if (string.IsNullOrWhiteSpace(Reason)) this.Note(nameof(Reason), Refusal.Of("field_required", ("field", nameof(Reason))));
        if (!ModelState.IsValid) return this.Again();
        var stored = await enter.Store(Work, new SentApplicants(Offered.Offer.Programme, await Csv!.Bytes(stop), Reason, Proven == ProofChoices.Yes), stop);
        return stored.Refused is { } no
            ? this.Refuse(no.Code switch { "my_number_refused" or "pan_refused" => nameof(Reason), "proof_required" => nameof(Proven), _ => nameof(Csv) }, no)
            : this.SeeOther($"{Here}?file={stored.Value.Id}");
    }

    public async Task<IActionResult> OnPostEnter(Guid programme, CancellationToken stop)
    {
        if (await Load(programme, stop) is { } gone) return await this.Refuse(gone);
        var done = await enter.Enter(Work, Offered.Offer.Programme, FileId ?? Guid.Empty, stop);
        return done.Refused is { } no ? await this.Refuse(no, new NextStep("ファイルの画面に戻る", Here)) : this.SeeOther($"{Here}?file={FileId}");
    }

    private async Task<Refusal?> Load(Guid programme, CancellationToken stop)
    {
        var found = await rules.Offered(new ProgrammeId(programme), stop);
        if (found.Refused is { } no) return no;
        Offered = found.Value;
        if (Offered.Offer.Municipality != Work.Office.Code) return Refusal.Of("not_found");
        Sent = FileId is { } id ? await files.One(Offered.Offer.Programme, id, stop) : null;
        return null;
    }
}
