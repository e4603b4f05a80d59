using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.GrantBatches;

/// <summary>Screen 1 of grants by file: programme and file. Files that were brought before are found again below.</summary>
[RequestSizeLimit(BatchesEndpoint.MostBytes)]
public sealed class FilesPage(StoreBatch store, FindBatches find, ProgrammeList programmes, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "施策")]
    public string? Programme { get; set; }

    [BindProperty, Display(Name = "行事")]
    public string? Occasion { get; set; }

    [BindProperty, Display(Name = "最後に使える日")]
    public string? ExpiresOn { get; set; }

    [BindProperty, Display(Name = "全員が条件に合うことの確認")]
    public string? Proven { get; set; }

    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    public IReadOnlyList<SelectListItem> Programmes { get; private set; } = [];

    public IReadOnlyList<GrantBatch> Batches { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop)
    {
        var all = await programmes.Of(Work.Office.Code, stop);
        Programmes = [.. all.Where(p => p.GrantsOn(clock.Today()) is null).Select(p => new SelectListItem(p.Name, p.Id.Value.ToString()))];
        Batches = await find.Of(Work.Office.Code, stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await OnGet(stop);
        DateOnly? expires = null;
        if (!Ids.TryRead<ProgrammeId>(Programme, out var programme)) this.Note(nameof(Programme), Refusal.Of("field_required", ("field", nameof(Programme))));
        if (!string.IsNullOrWhiteSpace(ExpiresOn))
        {
            if (DateOnly.TryParseExact(ExpiresOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) expires = day;
            else this.Note(nameof(ExpiresOn), Refusal.Of("number_format"));
        }
        if (Csv is null or { Length: 0 }) this.Note(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        if (!ModelState.IsValid) return this.Again();
        var stored = await store.Run(new Granter(Work.Actor, Work.Office), new GrantFile(programme, await Csv!.Bytes(stop), Csv!.FileName, expires, Occasion, Proven == ProofChoices.Yes), stop);
        return stored.Refused is { } no ? this.Refuse(FieldOf(no), no) : this.SeeOther($"/office/grants/files/{stored.Value.Sha256}");
    }

    private static string FieldOf(Refusal no) => no.Code switch
    {
        "out_of_period" => nameof(ExpiresOn),
        "not_found" or "not_started" => nameof(Programme),
        "proof_required" => nameof(Proven),
        "my_number_refused" or "pan_refused" => nameof(Occasion),
        "field_required" when no.Fact<string>("field") == JudgeRows.OccasionColumn => nameof(Occasion),
        _ => nameof(Csv),
    };
}
