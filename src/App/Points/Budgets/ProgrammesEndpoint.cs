using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Budgets;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Kind"><c>activity</c>, <c>life_event</c>, <c>yearly</c>, <c>benefit</c>, <c>other</c>.</param>
/// <param name="ExpiryDays">Validity of its points: this or months; neither: as the municipality's.</param>
/// <param name="YearCap">What one person gets in a fiscal year (April to March) at most.</param>
/// <param name="Eligibility"><c>anyone</c>, <c>list</c> (MyKeyIds that the office sends), <c>proof</c> (the officer confirms each time).</param>
/// <param name="UsualPoints">What is given where a line of a file says nothing; <paramref name="LeaderPoints"/> to who leads.</param>
public sealed record ProgrammeRequest(Guid Id, string Name, string Kind, DateOnly From, DateOnly Until, int? ExpiryDays = null, int? ExpiryMonths = null,
    long? YearCap = null, string Eligibility = "anyone", long? UsualPoints = null, long? LeaderPoints = null);

/// <summary>What a programme says from now on; what is left out is no longer so.</summary>
/// <param name="YearCap">An amount where there was one; a new one only while nothing has been granted.</param>
public sealed record ProgrammeChangeRequest(string Name, DateOnly Until, long? YearCap = null, string Eligibility = "anyone", long? UsualPoints = null, long? LeaderPoints = null);

/// <param name="Budget">What it may grant altogether; <paramref name="Granted"/> of it is used.</param>
public sealed record ProgrammeReply(Guid Id, string Name, string Kind, DateOnly From, DateOnly Until, string State, long Budget, long Granted,
    long? YearCap, string Eligibility, long? UsualPoints, long? LeaderPoints);

/// <param name="Id">UUID made by the caller.</param>
public sealed record BudgetRequest(Guid Id, long Total);

/// <param name="Applied">false while it waits for another officer.</param>
public sealed record BudgetReply(Guid Change, bool Applied, long Total);

public sealed record BudgetChangeReply(Guid Id, Guid Programme, long Total, long MadeMs);

/// <summary><c>/api/v1/office/programmes</c> and the changes of budgets.</summary>
public static class ProgrammesEndpoint
{
    public static void AddBudgets(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SetBudget>().AddSingleton<OfficeProgrammes>();
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 20, "施策", "/office/programmes", Role.Officer, Role.Approver));
    }

    public static void MapBudgets(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office");
        group.MapGet("/programmes", List);
        group.MapPost("/programmes", Open).Produces<ProgrammeReply>(StatusCodes.Status201Created);
        group.MapPut("/programmes/{id:guid}", Change);
        group.MapPost("/programmes/{id:guid}/close", Close);
        group.MapPut("/programmes/{id:guid}/budget", Budget);
        group.MapGet("/budget-changes", Waiting);
        group.MapPost("/budget-changes/{id:guid}/approve", Approve);
        group.MapPost("/budget-changes/{id:guid}/withdraw", Withdraw);
    }

    private static async Task<Answer<List<ProgrammeReply>>> List(HttpContext context, OfficeProgrammes programmes, CancellationToken stop) =>
        await context.InOffice<List<ProgrammeReply>>(async work => (await programmes.All(work.Office.Code, stop)).Select(p => Reply(p.Programme, p.Budget)).ToList());

    private static async Task<Answer<ProgrammeReply>> Open(ProgrammeRequest request, HttpContext context, OfficeProgrammes programmes, CancellationToken stop) =>
        Answer.Created(await context.InOffice<ProgrammeReply>(async work =>
        {
            if (Words<GrantKind>.Find(request.Kind) is not { } kind) return Refusal.Of("field_unknown", ("field", "kind"));
            var rules = Rules(request.YearCap, request.Eligibility, request.UsualPoints, request.LeaderPoints);
            if (rules.Refused is { } no) return no;
            var opened = await programmes.Open(work, new OpenProgramme.Plan(new ProgrammeId(request.Id), work.Office.Code, request.Name, kind, request.From, request.Until,
                work.Actor, request.ExpiryDays, request.ExpiryMonths, Rules: rules.Value), stop);
            return opened.Refused is { } refused ? refused : Reply(opened.Value, await programmes.Budget(opened.Value.Id));
        }));

    private static async Task<Answer<ProgrammeReply>> Change(Guid id, ProgrammeChangeRequest request, HttpContext context, OfficeProgrammes programmes, CancellationToken stop) =>
        await context.InOffice<ProgrammeReply>(async work =>
        {
            var rules = Rules(request.YearCap, request.Eligibility, request.UsualPoints, request.LeaderPoints);
            if (rules.Refused is { } no) return no;
            var changed = await programmes.Change(work, new ChangeProgramme.Change(new ProgrammeId(id), request.Name, request.Until, rules.Value, work.Actor), stop);
            return changed.Refused is { } refused ? refused : Reply(changed.Value, await programmes.Budget(changed.Value.Id));
        });

    private static Result<GrantRules> Rules(long? yearCap, string eligibility, long? usual, long? leader) =>
        Words<Eligibility>.Find(eligibility) is { } who ? GrantRules.From(yearCap, who, usual, leader) : Refusal.Of("field_unknown", ("field", "eligibility"));

    private static async Task<Answer<bool>> Close(Guid id, HttpContext context, OfficeProgrammes programmes, CancellationToken stop) =>
        await context.InOffice(work => programmes.Close(work, new ProgrammeId(id), null, stop));

    private static async Task<Answer<BudgetReply>> Budget(Guid id, BudgetRequest request, HttpContext context, SetBudget budgets, CancellationToken stop) =>
        (await context.InOffice(work => budgets.Propose(work, request.Id, new ProgrammeId(id), request.Total, stop))).Then(Reply);

    private static async Task<Answer<List<BudgetChangeReply>>> Waiting(HttpContext context, SetBudget budgets, CancellationToken stop) =>
        await context.InOffice<List<BudgetChangeReply>>(async work =>
            (await budgets.Waiting(work.Office.Code, stop)).Select(c => new BudgetChangeReply(c.Id, c.Programme.Value, c.Total.Value, c.MadeMs)).ToList());

    private static async Task<Answer<BudgetReply>> Approve(Guid id, HttpContext context, SetBudget budgets, CancellationToken stop) =>
        (await context.InOffice(work => budgets.Approve(work, id, stop))).Then(Reply);

    private static async Task<Answer<bool>> Withdraw(Guid id, HttpContext context, SetBudget budgets, CancellationToken stop) =>
        await context.InOffice(work => budgets.Withdraw(work, id, stop));

    private static Result<BudgetReply> Reply(BudgetSet set) => new BudgetReply(set.Change, set.Applied, set.Total.Value);

    private static ProgrammeReply Reply(Programme programme, LimitState budget) => new(programme.Id.Value, programme.Name, Words<GrantKind>.Of(programme.Kind), programme.From,
        programme.Until, Words<ProgrammeState>.Of(programme.State), budget.Total.Value, budget.Taken.Value,
        programme.Rules.YearCap?.Value, Words<Eligibility>.Of(programme.Rules.Eligibility), programme.Rules.Usual?.Value, programme.Rules.Leader?.Value);
}
