using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Operator.Municipalities;

/// <summary>Takes in the list of the country or of the council's members, and says what became of each line (Y-D1). The same file again changes nothing.</summary>
public sealed class ImportPage(ImportMunicipalities country, ImportCouncil council) : StaffPage
{
    public const int Shown = 200;

    [BindProperty, Display(Name = "ファイルの中身")]
    public string? What { get; set; }

    [BindProperty, Display(Name = "ファイル")]
    public IFormFile? Upload { get; set; }

    [BindProperty, Display(Name = "会員になった日")]
    public string? From { get; set; }

    public IReadOnlyList<SelectListItem> Kinds { get; } = [new("全国の自治体", "country"), new("協議会の会員", "council")];

    public ImportReport? Report { get; private set; }

    /// <summary>Lines with something to say first.</summary>
    public IEnumerable<ImportRow> Rows => Report!.Rows.OrderByDescending(r => r.Outcome).Where(r => r.Outcome != ImportOutcome.Unchanged).Take(Shown);

    public void OnGet() => What = "country";

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (What is not ("country" or "council")) return this.Refuse(nameof(What), Refusal.Of("field_required"));
        if (Upload is not { Length: > 0 }) return this.Refuse(nameof(Upload), Refusal.Of("field_required"));
        var day = DateOnly.MinValue;
        if (What == "council" && !DateOnly.TryParseExact(From, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)) return this.Refuse(nameof(From), Refusal.Of("field_required"));
        var file = await Upload.Bytes(stop);
        var report = What == "country" ? await country.Run(file, Work.Actor, stop) : await council.Run(file, day, Work.Actor, stop);
        if (report.Refused is { } no) return this.Refuse(nameof(Upload), no);
        Report = report.Value;
        return Page();
    }

    public static string Word(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Added => "新しく入れました",
        ImportOutcome.Changed => "変えました",
        ImportOutcome.Unchanged => "変わりません",
        _ => "直してください",
    };
}
