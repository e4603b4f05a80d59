using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Months, and how far the one is that is being closed.</summary>
public sealed class OperatorMonthsPage(FindMonths months) : StaffPage
{
    public const string Here = "/operator/settlement";

    public IReadOnlyList<ClosedMonth> Closed { get; private set; } = [];

    public SettlementMonth? Next { get; private set; }

    public ClosingMonth? Closing { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (Closed, Next, Closing) = (await months.Closed(stop), await months.Next(stop), await months.Closing(stop));
}

/// <summary>Every statement of a month.</summary>
public sealed class OperatorMonthPage(FindMonths months, FindStatements statements, PartnerCache partners, RegistryCache registry) : StaffPage
{
    public ClosedMonth Month { get; private set; } = null!;

    public IReadOnlyList<Statement> All { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    private PartnerView Partners { get; set; } = null!;

    private RegistryView Registry { get; set; } = null!;

    public string Path => $"{OperatorMonthsPage.Here}/{Month.Month}";

    public string NameOf(PartnerId partner) => Partners.Find(partner)?.Name ?? "協力会社";

    public string NameOf(MunicipalityCode code) => Registry.Find(code)?.FullName ?? code.Value;

    public async Task<IActionResult> OnGet(string month, CancellationToken stop) => await Load(month, stop) is { } no ? await this.Refuse(no, new NextStep("精算の月へ", OperatorMonthsPage.Here)) : Page();

    public async Task<IActionResult> OnGetCsv(string month, CancellationToken stop) => await Load(month, stop) is { } no ? await this.Refuse(no) : SettlementFiles.Statements(All, Partners, $"statements-{Month.Month}");

    private async Task<Refusal?> Load(string month, CancellationToken stop)
    {
        var closed = await months.Closed(month, stop);
        if (closed.Refused is { } no) return no;
        (Month, All, Partners, Registry) = (closed.Value, await statements.All(closed.Value.Month, stop), await partners.View(), await registry.View());
        return null;
    }
}

/// <summary>The lines of a month, some at a time; or the transfers of one of them.</summary>
public sealed class OperatorLinesPage(FindMonths months, FindLines find, PartnerCache partners, RegistryCache registry, CreditorNames names) : StaffPage
{
    public SettlementMonth Month { get; private set; }

    public IReadOnlyList<SettlementLine> All { get; private set; } = [];

    /// <summary>The one that is opened.</summary>
    public SettlementLine? Line { get; private set; }

    public FoundPostings Postings { get; private set; } = new([], null);

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    private PartnerView Partners { get; set; } = null!;

    private RegistryView Registry { get; set; } = null!;

    private Func<AccountKind, Guid, string> Names { get; set; } = (_, _) => "";

    public string Path => $"{OperatorMonthsPage.Here}/{Month}/lines";

    public string Issuer(SettlementLine line) => line.Account.Issuer == MunicipalityCode.Pool ? "留保" : line.Account.Issuer == MunicipalityCode.State ? "国" : Registry.Find(line.Account.Issuer)?.FullName ?? line.Account.Issuer.Value;

    public string Account(SettlementLine line) => line.Account.Kind == AccountKind.Partner ? Partners.Find(new PartnerId(line.Account.Owner))?.Name ?? "協力会社" : Names(line.Account.Kind, line.Account.Owner);

    public string Source(SettlementLine line) => SettlementWords.Of(line.Source) + (line.Partner != Guid.Empty && Partners.Find(new PartnerId(line.Partner)) is { } partner ? $"（{partner.Name}）" : "");

    public async Task<IActionResult> OnGet(string month, Guid? line, string? after, CancellationToken stop)
    {
        var closed = await months.Closed(month, stop);
        if (closed.Refused is { } no) return await this.Refuse(no, new NextStep("精算の月へ", OperatorMonthsPage.Here));
        (Month, Partners, Registry, Names) = (closed.Value.Month, await partners.View(), await registry.View(), await names.Now(stop));
        if (line is not { } id)
        {
            All = await find.Of(closed.Value, null, Guid.TryParse(after, out var last) ? last : Guid.Empty, stop);
            return Page();
        }
        if (await find.Find(closed.Value, id, stop) is not { } one) return await this.Refuse(Refusal.Of("not_found"), new NextStep("明細へ", Path));
        var found = await find.Postings(one, after, stop);
        if (found.Refused is { } odd) return await this.Refuse(odd, new NextStep("明細へ", Path));
        (Line, Postings) = (one, found.Value);
        return Page();
    }
}

/// <summary>Where the points of one transfer came from and where they went; never whose they were.</summary>
public sealed class OperatorLineagePage(LineageReading reading, PartnerCache partners, RegistryCache registry) : StaffPage
{
    public MyKey.Ledger.Lineage Found { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    private PartnerView Partners { get; set; } = null!;

    private RegistryView Registry { get; set; } = null!;

    public string NameOf(PartnerId? partner) => partner is { } id ? Partners.Find(id)?.Name ?? "協力会社" : "";

    public string NameOf(AcceptorId? acceptor) => acceptor is { } id ? Registry.Find(id)?.Name ?? "" : "";

    public string Issuer(MunicipalityCode code) => Registry.NameOfPoints(code);

    public async Task<IActionResult> OnGet(string receipt, CancellationToken stop)
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } odd) return await this.Refuse(odd, new NextStep("精算の月へ", OperatorMonthsPage.Here));
        if (await reading.Of(number.Value, stop) is not { } found) return await this.Refuse(Refusal.Of("transfer_unknown"), new NextStep("精算の月へ", OperatorMonthsPage.Here));
        (Found, Partners, Registry) = (found, await partners.View(), await registry.View());
        return Page();
    }
}
