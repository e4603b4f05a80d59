using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Tables;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Counters;

/// <summary>The counters of a programme in one fiscal year: what was gathered, a file, a correction, and in the end the points.</summary>
[RequestSizeLimit(BatchesEndpoint.MostBytes)]
public sealed class CounterPage(ChangeCounts change, CountRows counts, ExchangeCounts exchange, StepTables tables, ExchangeDays days, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "year")]
    public int? Asked { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    [BindProperty]
    public Guid Correction { get; set; }

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "足す数（へらすときは、前に - をつける）")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "直す理由")]
    public string? Reason { get; set; }

    [BindProperty, Display(Name = "全員が条件に合うことの確認")]
    public string? Proven { get; set; }

    public Programme Programme { get; private set; } = null!;

    public int Year => Asked ?? Jst.FiscalYear(clock.Today());

    public IReadOnlyList<Counted> All { get; private set; } = [];

    public StepTable? Table { get; private set; }

    public DateOnly? From { get; private set; }

    /// <summary>Nothing of the file was counted: these lines are why.</summary>
    public IReadOnlyList<WrongCount> Wrong { get; private set; } = [];

    public bool Early => From is { } first && clock.Today() < first;

    public bool AsksProof => Programme.Rules.Eligibility == Eligibility.Proof;

    public IEnumerable<int> Years => Enumerable.Range(Jst.FiscalYear(Programme.From), Math.Max(1, Math.Min(Jst.FiscalYear(clock.Today()), Jst.FiscalYear(Programme.Until)) - Jst.FiscalYear(Programme.From) + 1)).Reverse();

    public string Here => $"/office/programmes/{Id}/counter?year={Year}";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Correction = Ids.NewV7(clock);
        return await Show(stop) is { } no ? await this.Refuse(no, Back) : Page();
    }

    public async Task<IActionResult> OnPostFile(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        if (Csv is null or { Length: 0 }) return this.Refuse(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        var read = await change.File(Work, Programme.Id, Year, await Csv.Bytes(stop), stop);
        if (read.Refused is { } no) return this.Refuse(nameof(Csv), no);
        if (read.Value.Wrong.Count == 0) return this.SeeOther($"{Here}&saved={(read.Value.Again ? "again" : "file")}");
        Wrong = read.Value.Wrong;
        return this.Again();
    }

    public async Task<IActionResult> OnPostCorrect(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        if (!long.TryParse(Typed.HalfWidth(Amount).Replace(",", "", StringComparison.Ordinal).Replace('−', '-').Replace('ー', '-'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
            return this.Refuse(nameof(Amount), Refusal.Of("count_format"));
        var done = await change.Correct(Work, Programme.Id, Year, new CountCorrection(Correction, MyKeyId, amount, Reason), stop);
        if (done.Ok) return this.SeeOther($"{Here}&saved=corrected");
        return this.Refuse(done.Refused!.Code switch
        {
            "count_format" or "counter_negative" => nameof(Amount),
            "field_required" or "too_large" or "my_number_refused" or "pan_refused" => nameof(Reason),
            _ => nameof(MyKeyId),
        }, done.Refused);
    }

    public async Task<IActionResult> OnPostExchange(CancellationToken stop)
    {
        var stored = await exchange.Run(Work, new ProgrammeId(Id), Year, Proven == ProofChoices.Yes, stop);
        return stored.Refused is { } no ? await No(no, new NextStep("戻る", Here)) : this.SeeOther($"/office/grants/files/{stored.Value.Sha256}");
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var programme = await change.Programme(Work, new ProgrammeId(Id), Year, stop);
        if (programme.Refused is { } no) return no;
        (Programme, All) = (programme.Value, await counts.All(programme.Value.Id, Year, stop));
        (Table, From) = (await tables.Of(Programme.Id, stop), await days.First(Programme.Id, Year, stop));
        return null;
    }

    private NextStep Back => new("施策に戻る", $"/office/programmes/{Id}");
}
