using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;

namespace MyKey.App.Settlement;

/// <summary>The closed months of an office.</summary>
public sealed class OfficeMonthsPage(FindMonths months) : StaffPage
{
    public const string Here = "/office/settlement";

    public IReadOnlyList<ClosedMonth> Closed { get; private set; } = [];

    public SettlementMonth? Next { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task OnGet(CancellationToken stop) => (Closed, Next) = (await months.Closed(stop), await months.Next(stop));
}

/// <summary>One closed month of an office: what partners owe it, what it owes, and who pays for that in the end. No person and no purchase (K-16).</summary>
public sealed class OfficeMonthPage(FindMonths months, FindStatements statements, FindClaims claims, PartnerCache partners) : StaffPage
{
    private static readonly NextStep ToMonths = new("精算の月へ", OfficeMonthsPage.Here);

    public SettlementMonth Month { get; private set; }

    public IReadOnlyList<Statement> Statements { get; private set; } = [];

    public IReadOnlyList<CostSplit> Costs { get; private set; } = [];

    public IReadOnlyDictionary<ClaimState, (long Count, long Amount)> Claims { get; private set; } = new Dictionary<ClaimState, (long, long)>();

    public string Path => $"{OfficeMonthsPage.Here}/{Month}";

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    private PartnerView Partners { get; set; } = null!;

    public string NameOf(Kernel.PartnerId partner) => Partners.Find(partner)?.Name ?? "協力会社";

    public async Task<IActionResult> OnGet(string month, CancellationToken stop) => await Load(month, stop) is { } no ? await this.Refuse(no, ToMonths) : Page();

    public async Task<IActionResult> OnGetStatements(string month, CancellationToken stop) =>
        await Load(month, stop) is { } no ? await this.Refuse(no, ToMonths) : SettlementFiles.Statements(Statements, Partners, $"statements-{Month}");

    public async Task<IActionResult> OnGetCosts(string month, CancellationToken stop) => await Load(month, stop) is { } no ? await this.Refuse(no, ToMonths) : SettlementFiles.Costs(Costs, $"costs-{Month}");

    private async Task<Kernel.Refusal?> Load(string month, CancellationToken stop)
    {
        var closed = await months.Closed(month, stop);
        if (closed.Refused is { } no) return no;
        (Month, Partners) = (closed.Value.Month, await partners.View());
        (Statements, Costs, Claims) = (await statements.Of(Work.Office.Code, Month, stop), await statements.Costs(Work.Office.Code, Month, stop), await claims.States(Work.Office.Code, Month, stop));
        return null;
    }
}
