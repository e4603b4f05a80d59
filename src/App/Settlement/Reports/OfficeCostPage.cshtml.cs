using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>What a fiscal year cost beside the points of it (S2-P6f).</summary>
public sealed class OfficeCostPage(SaveCost costs, TimeProvider clock) : StaffPage
{
    public const string Here = $"{OfficeReportPage.Here}/costs";

    [BindProperty]
    public Guid Change { get; set; }

    [BindProperty, Display(Name = "年度")]
    public string? FiscalYear { get; set; }

    [BindProperty, Display(Name = "運営の費用（円）")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "覚え書き")]
    public string? Note { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<CostOfYear> Years { get; private set; } = [];

    public bool MayMake => Work.Require(Role.Officer).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task OnGet(CancellationToken stop)
    {
        (Change, FiscalYear) = (Ids.NewV7(clock), Jst.FiscalYear(clock.Today()).ToString(CultureInfo.InvariantCulture));
        Years = await costs.Years(Work.Office.Code, stop);
    }

    public async Task<IActionResult> OnGetFile(CancellationToken stop) => ReportFiles.Costs(await costs.Years(Work.Office.Code, stop));

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        Years = await costs.Years(Work.Office.Code, stop);
        if (!int.TryParse(Typed.HalfWidth(FiscalYear), NumberStyles.None, CultureInfo.InvariantCulture, out var year)) this.Note(nameof(FiscalYear), Refusal.Of("number_format", ("field", "fiscalYear")));
        if (!long.TryParse(Typed.HalfWidth(Amount).Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)) this.Note(nameof(Amount), Refusal.Of("yen_format"));
        if (!ModelState.IsValid) return this.Again();
        var made = await costs.Run(Work, new WantedCost(Change, year, amount, Note), stop);
        return made.Ok ? this.SeeOther($"{Here}?saved=cost") : made.Refused!.Code switch
        {
            "out_of_period" => this.Refuse(nameof(FiscalYear), made.Refused),
            "yen_format" => this.Refuse(nameof(Amount), made.Refused),
            "role_forbidden" or "id_reused" => await No(made.Refused, new NextStep("はじめから入れる", Here)),
            _ => this.Refuse(nameof(Note), made.Refused),
        };
    }
}
