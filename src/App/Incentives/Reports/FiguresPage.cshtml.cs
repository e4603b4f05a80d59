using Microsoft.AspNetCore.Mvc;
using MyKey.App.PaymentServices;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Reports;

/// <summary>How one offer stands, with its charts, and the file (S1-S1).</summary>
public sealed class FiguresPage(ReadFigures figures, FindPaymentServices services, ExportApplications export) : StaffPage
{
    public OfferFigures Found { get; private set; } = null!;

    private IReadOnlyDictionary<PaymentServiceId, string> names = new Dictionary<PaymentServiceId, string>();

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public string NameOf(PaymentServiceId service) => names.GetValueOrDefault(service, "決済サービス");

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var found = await figures.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("募集の一覧へ", "/office/offers"));
        (Found, names) = (found.Value, (await services.All(stop)).ToDictionary(s => s.Id, s => s.Name));
        return Page();
    }

    public async Task<IActionResult> OnPostCsv(Guid id, CancellationToken stop)
    {
        var file = await export.Begin(Work, new ProgrammeId(id), stop);
        if (file.Refused is { } no) return await this.Refuse(no, new NextStep("募集の一覧へ", "/office/offers"));
        await file.Value.Send(Response, stop);
        return new EmptyResult();
    }
}

/// <summary>All offers of the office side by side.</summary>
public sealed class AllFiguresPage(ReadFigures figures) : StaffPage
{
    public IReadOnlyList<OfferFigures> All { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop) => All = (await figures.All(Work, stop)).Value;

    /// <summary>Of all offers together.</summary>
    public IReadOnlyList<(DateOnly Day, long Count)> ByDay => [.. All.SelectMany(f => f.ByDay).GroupBy(d => d.Day).OrderBy(g => g.Key).Select(g => (g.Key, g.Sum(d => d.Count)))];
}

/// <summary>What nobody received in time.</summary>
public sealed class LapsedPage(ReadFigures figures, Offers.FindOffers offers) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "page-number")]
    public int Number { get; set; } = 1;

    public Offers.Offer Offer { get; private set; } = null!;

    public IReadOnlyList<LapsedLine> Lines { get; private set; } = [];

    public bool More { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var found = await figures.Lapsed(Work, new ProgrammeId(id), Number, stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("募集の一覧へ", "/office/offers"));
        ((Lines, More), Offer) = (found.Value, Must.Have(await offers.One(new ProgrammeId(id), stop), "what was found is there"));
        return Page();
    }
}
