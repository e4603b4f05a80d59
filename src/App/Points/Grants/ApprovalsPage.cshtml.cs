using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Programmes;
using MyKey.App.Recalls;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Grants;

/// <param name="What">In Japanese; <paramref name="Path"/> is where it is looked at.</param>
public sealed record WaitingThing(string What, string Detail, string Path);

/// <summary>What else waits for a second person; another module registers its own.</summary>
public sealed record WaitingElsewhere(Func<StaffAtWork, CancellationToken, Task<IReadOnlyList<WaitingThing>>> Of);

/// <summary>All that waits for a second person.</summary>
public sealed class ApprovalsPage(FindGrants grants, FindBatches batches, SetBudget budgets, FindRecalls recalls, ProgrammeList programmes, IEnumerable<WaitingElsewhere> elsewhere) : StaffPage
{
    public IReadOnlyList<WaitingThing> Others { get; private set; } = [];

    public IReadOnlyList<Grant> Grants { get; private set; } = [];

    public IReadOnlyList<GrantBatch> Batches { get; private set; } = [];

    public IReadOnlyList<BudgetChange> Budgets { get; private set; } = [];

    public IReadOnlyList<Recall> Recalls { get; private set; } = [];

    private Dictionary<ProgrammeId, string> Names { get; set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public string NameOf(ProgrammeId programme) => Names.GetValueOrDefault(programme, "");

    public async Task OnGet(CancellationToken stop)
    {
        Grants = await grants.Waiting(Work.Office.Code, stop);
        Batches = [.. (await batches.InWork(Work.Office.Code, stop)).Where(b => b.Stage == BatchStage.Waiting)];
        Budgets = await budgets.Waiting(Work.Office.Code, stop);
        Recalls = await recalls.Waiting(Work.Office.Code, stop);
        foreach (var other in elsewhere) Others = [.. Others, .. await other.Of(Work, stop)];
        Names = (await programmes.Of(Work.Office.Code, stop)).ToDictionary(p => p.Id, p => p.Name);
    }
}
