using Dapper;
using MyKey.App.Applications;
using MyKey.App.Grants;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Activities;

/// <summary>From a report that was accepted to what its offer gives. What can't be granted waits with the reason: who was there was there, and an officer grants it once there is budget again.</summary>
public sealed class ReportPosting(Database database, OfferPosting posting, FindActivities activities, FindReports find, OperationLog log)
{
    private const string Moved = "update inc_report set state = 'granted', why = null, credited = @RepCredited where id = @RepId and state = 'accepted'";

    private const string BackToWaiting = """
        update inc_report set state = 'waiting', why = @Why, decided_by = null, decided_day = null, decided_ms = null, expires_on = null, alone = 0 where id = @Id and state = 'accepted'
        """;

    private const string BackToApproving = "update inc_report set state = 'approving', why = @Why where id = @Id and state = 'accepted'";

    /// <returns>The granted report; the refusals of the grant, after which it waits.</returns>
    public async Task<Result<Report>> Post(Report accepted, Actor actor)
    {
        var posted = await Try(accepted, actor);
        if (posted.Ok) return accepted with { State = ReportState.Granted, Why = null, Credited = posted.Value };
        await Refuse(accepted, posted.Refused!, actor);
        return await find.One(accepted.Id) is { State: ReportState.Granted } other ? other : posted.Refused!;
    }

    /// <summary>What a crash left between the two. <c>busy</c> leaves it for another time.</summary>
    public async Task<Refusal?> PostLeft(Report accepted, Actor by)
    {
        var posted = await Try(accepted, by);
        if (posted.Refused is { Code: not "busy" } no) await Refuse(accepted, no, by);
        return posted.Refused;
    }

    /// <summary>What was accepted and can not be posted waits again.</summary>
    public Task Refuse(Report r, Refusal no, Actor by) => database.Write(async tx =>
    {
        var alone = r.Decision is not { By: not null } decided || decided.Alone;
        if (await tx.Connection.ExecuteAsync(alone ? BackToWaiting : BackToApproving, new { r.Id, Why = no.Code }, tx.Handle) == 0) return;
        if (r.Count is { } count) await GrantDay.GiveBack(tx, count, r.Amount.Value);
        await log.Write(tx, new Operation("report.refused", by, r.Id.Value, r.Who.Citizen, Before: r.Amount.ToString(), After: no.Code));
    });

    private async Task<Result<Points>> Try(Report r, Actor actor)
    {
        var activity = Must.Have(await activities.One(r.Activity), "a report has an activity");
        return await posting.Post(new OfferGrant(r.Id, r.Programme, r.Who.Citizen, r.Who.Person, r.Amount, Must.Have(r.Decision, "what is accepted was decided"), activity.Occasion), actor,
            amount => new Companion(Moved, [("RepId", r.Id), ("RepCredited", amount.Value)], 1, Refusal.Of("busy")));
    }
}

/// <summary>Reports that were accepted.</summary>
public sealed class PostLeftReports(FindReports find, FindCitizen citizens, ReportPosting posting, TimeProvider clock) : PostLeft<Report>(citizens, clock)
{
    public override string Name => "incentives-post-left-reports";

    protected override Task<IReadOnlyList<Report>> Left(long beforeMs, int count, CancellationToken stop) => find.Left(beforeMs, count, stop);

    protected override CitizenId CitizenOf(Report left) => left.Who.Citizen;

    protected override Task<Refusal?> Post(Report left, Actor by) => posting.PostLeft(left, by);

    protected override Task Refuse(Report left, Refusal no, Actor by) => posting.Refuse(left, no, by);
}
