using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>Circulation, where points came from and went to, what lapsed, over a span of closed months of an office (S2-P8f, S2-P8g, K-16).</summary>
public sealed class OfficeReportPage(ReadReport read, MonthTotals totals) : StaffPage
{
    public const string Here = $"{OfficeMonthsPage.Here}/reports";

    private static readonly NextStep ToReport = new("期間を選び直す", Here);

    [BindProperty(SupportsGet = true, Name = "from")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "until")]
    public string? Until { get; set; }

    /// <summary>null while no month is closed.</summary>
    public OfficeReport? Report { get; private set; }

    /// <summary>Closed ones, newest first.</summary>
    public IReadOnlyList<SettlementMonth> Months { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    /// <summary>The address of a file of this span.</summary>
    public string FileOf(string handler) => $"{Here}?handler={handler}&from={Report!.From}&until={Report.Until}";

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Load(stop) is { } no ? await this.Refuse(no, ToReport) : Page();

    public async Task<IActionResult> OnGetMonths(CancellationToken stop) => await Load(stop) is { } no ? await this.Refuse(no, ToReport) : Report is { } found ? ReportFiles.Months(found) : Page();

    public async Task<IActionResult> OnGetSums(CancellationToken stop) => await Load(stop) is { } no ? await this.Refuse(no, ToReport) : Report is { } found ? ReportFiles.Sums(found) : Page();

    private async Task<Refusal?> Load(CancellationToken stop)
    {
        Months = [.. (await totals.View()).Months.Reverse()];
        if (Months.Count == 0) return null;
        var found = await read.Of(Work.Office, From, Until, stop);
        if (found.Refused is { } no) return no;
        Report = found.Value;
        return null;
    }
}
