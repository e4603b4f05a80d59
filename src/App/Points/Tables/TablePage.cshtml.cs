using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Tables;

/// <summary>The table of a programme, and the file of results it makes grants of; these are looked at on the page of grants by file.</summary>
[RequestSizeLimit(BatchesEndpoint.MostBytes)]
public sealed class TablePage(OfficeProgrammes programmes, StepTables tables, ExchangeDays days, GrantByTable grant, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "段")]
    public string? Steps { get; set; }

    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    [BindProperty, Display(Name = "行事")]
    public string? Occasion { get; set; }

    [BindProperty, Display(Name = "条件に合うことの確認")]
    public string? Proven { get; set; }

    [BindProperty, Display(Name = "ポイントに変え始める日")]
    public string? From { get; set; }

    public Programme Programme { get; private set; } = null!;

    public DayOfYear? Day { get; private set; }

    /// <summary>The first day in this fiscal year, while it has not come.</summary>
    public DateOnly? Waits => Day?.In(Jst.FiscalYear(clock.Today())) is { } first && clock.Today() < first ? first : null;

    public bool AsksProof => Programme.Rules.Eligibility == Eligibility.Proof;

    public StepTable? Table { get; private set; }

    private string Shown => string.Join('\n', (Table?.Steps ?? []).Select(s => $"{s.Least} {s.Points.Value}"));

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } no) return await this.Refuse(no);
        (Steps, From) = (Shown, Day?.ToString());
        return Page();
    }

    public async Task<IActionResult> OnPostDay(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        Steps = Shown;
        DayOfYear? day = null;
        if (!string.IsNullOrWhiteSpace(From))
        {
            var read = DayOfYear.Read(From);
            if (read.Refused is { } bad) return this.Refuse(nameof(From), bad);
            day = read.Value;
        }
        var set = await days.Set(Work, Programme.Id, day, stop);
        return set.Refused is { } no ? this.Refuse(nameof(From), no) : this.SeeOther($"/office/programmes/{id}/table");
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        From = Day?.ToString();
        var table = StepTable.Read(Steps);
        if (table.Refused is { } bad) return this.Refuse(nameof(Steps), bad);
        var set = await tables.Set(Work, Programme.Id, table.Value, stop);
        return set.Refused is { } no ? this.Refuse(nameof(Steps), no) : this.SeeOther($"/office/programmes/{id}/table");
    }

    public async Task<IActionResult> OnPostCounts(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        (Steps, From) = (Shown, Day?.ToString());
        if (Csv is null or { Length: 0 }) return this.Refuse(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        var stored = await grant.Run(new Granter(Work.Actor, Work.Office), new CountFile(Programme.Id, await Csv.Bytes(stop), Csv.FileName, Occasion, Proven == ProofChoices.Yes), stop);
        return stored.Refused is { } no ? this.Refuse(FieldOf(no), no) : this.SeeOther($"/office/grants/files/{stored.Value.Sha256}");
    }

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var found = await programmes.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return no;
        (Programme, Table, Day) = (found.Value, await tables.Of(found.Value.Id, stop), await days.Of(found.Value.Id, stop));
        return null;
    }

    private static string FieldOf(Refusal no) => no.Code switch
    {
        "my_number_refused" or "pan_refused" => nameof(Occasion),
        "field_required" when no.Fact<string>("field") == JudgeRows.OccasionColumn => nameof(Occasion),
        "proof_required" => nameof(Proven),
        _ => nameof(Csv),
    };
}
