using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Eligible;

/// <summary>Who may get something out of a programme: the list is sent, looked at, and then counts beside or in place of what counts (S4-04).</summary>
[RequestSizeLimit(BatchesEndpoint.MostBytes)]
public sealed class EligiblePage(OfficeProgrammes programmes, StoreEligible store, FindEligible find) : StaffPage
{
    private const int FaultsShown = 50;

    [BindProperty(SupportsGet = true, Name = "list")]
    public Guid? List { get; set; }

    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    public Programme Programme { get; private set; } = null!;

    public int Persons { get; private set; }

    /// <summary>What was sent and waits for the decision.</summary>
    public EligibleList? Shown { get; private set; }

    public IReadOnlyList<EligibleLine> Faults { get; private set; } = [];

    public string Path => $"/office/programmes/{Programme.Id.Value}/eligible";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Load(id, stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        if (Csv is null or { Length: 0 }) return this.Refuse(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        var stored = await store.Store(Work, Programme.Id, await Csv.Bytes(stop), stop);
        return stored.Refused is { } no ? this.Refuse(nameof(Csv), no) : this.SeeOther($"{Path}?list={stored.Value.Id}");
    }

    public async Task<IActionResult> OnPostAdd(Guid id, CancellationToken stop) => await Apply(id, replace: false, stop);

    public async Task<IActionResult> OnPostReplace(Guid id, CancellationToken stop) => await Apply(id, replace: true, stop);

    private async Task<IActionResult> Apply(Guid id, bool replace, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var done = await store.Apply(Work, Programme.Id, List ?? Guid.Empty, replace, stop);
        return done.Refused is { } no ? await this.Refuse(no, new NextStep("対象者の一覧に戻る", Path)) : this.SeeOther(Path);
    }

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var found = await programmes.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return no;
        (Programme, Persons) = (found.Value, await find.Count(found.Value.Id, stop));
        if (Programme.Rules.Eligibility != Eligibility.List) return Refusal.Of("list_not_used");
        Shown = List is { } list && await find.One(Programme.Id, list, stop) is { State: EligibleState.Stored } stored ? stored : null;
        if (Shown is not null) Faults = await find.Faults(Shown.Id, 0, FaultsShown, stop);
        return null;
    }
}
