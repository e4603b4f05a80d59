using Dapper;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Applications;

/// <summary>
/// Screening: an officer accepts or rejects with a reason that the citizen reads (S1-S2). What is accepted counts to the officer's day as every grant does; above it another
/// officer approves, never the one who accepted or entered it (V-D3).
/// </summary>
public sealed class ScreenApplications(Database database, FindApplications find, ApplicationRules rules, FindCitizen citizens, GrantConditions conditions, ApplicationPosting posting,
    WriteNotice notices, OperationLog log, TimeProvider clock)
{
    public const int LongestReason = 200, MostAtOnce = 100;

    private const string ToAccepted = """
        update inc_application set state = 'accepted', reason = null, decided_by = @By, decided_day = @Day, decided_ms = @AtMs, expires_on = @ExpiresOn, alone = 1 where id = @Id and state in ('waiting', 'rejected')
        """;

    private const string ToApproving = "update inc_application set state = 'approving', alone = 0 where id = @Id and state = 'accepted'";

    private const string ToRejected = """
        update inc_application set state = 'rejected', reason = @Reason, decided_by = @By, decided_day = null, decided_ms = null, expires_on = null, alone = 0
        where id = @Id and state in ('waiting', 'approving')
        """;

    /// <summary>Also one that was rejected before: nobody has to apply twice.</summary>
    /// <returns>
    /// The application, granted or waiting for another officer; <c>role_forbidden</c>, <c>not_found</c>, <c>mykey_unknown</c>, <c>id_suspended</c>, <c>not_started</c>, <c>out_of_period</c>, and what the
    /// grant refuses: <c>budget_exhausted</c> (rest), <c>cap_reached</c>, <c>not_eligible</c>, <c>already_granted</c>; then it waits as before.
    /// </returns>
    public async Task<Result<Application>> Accept(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var found = await Of(work, id, stop);
        if (found.Refused is { } none) return none;
        if (found.Value.State is not (ApplicationState.Waiting or ApplicationState.Rejected)) return found;
        var today = clock.Today();
        var ready = await Ready(work, found.Value, stop);
        if (ready.Refused is { } no) return no;
        var last = ready.Value.LastDay(today);
        if (last.Refused is { } over) return over;
        var accepted = found.Value with { State = ApplicationState.Accepted, Reason = null, Decision = new Decision(work.Member.Id, today, clock.NowMs(), last.Value, Alone: true) };
        var most = await conditions.Alone(accepted.Municipality, accepted.Programme);
        var taken = await database.Write(tx => Take(tx, work, accepted, most), stop);
        if (taken is null) return await Of(work, id, stop);
        return taken.State == ApplicationState.Approving ? taken : await posting.Post(taken, work.Actor);
    }

    /// <returns>The granted application; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> when it does not wait for it, <c>four_eyes</c>, and as <see cref="Accept"/>.</returns>
    public async Task<Result<Application>> Approve(StaffAtWork work, TransferId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        var found = await Of(work, id, stop);
        if (found.Refused is { } none) return none;
        if (found.Value.State == ApplicationState.Granted) return found;
        if (found.Value is not { State: ApplicationState.Approving, Decision: { } decided } waiting) return Refusal.Of("not_found");
        if (decided.By == work.Member.Id || waiting.Late?.By == work.Member.Id) return Refusal.Of("four_eyes");
        var ready = await Ready(work, waiting, stop);
        if (ready.Refused is { } no) return no;
        if (decided.ExpiresOn < clock.Today()) return Shared.Refusals.Periods.Outside(clock.Today(), decided.ExpiresOn);
        var accepted = waiting with { State = ApplicationState.Accepted, Decision = decided with { AtMs = clock.NowMs() } };
        var taken = await database.Write(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync("update inc_application set state = 'accepted', decided_ms = @AtMs where id = @id and state = 'approving'", new { accepted.Decision.AtMs, id }, tx.Handle);
            if (rows == 0) return false;
            await GrantDay.Add(tx, accepted.Count!, accepted.Amount.Value);
            await log.Write(tx, new Operation("application.approved", work.Actor, id.Value, accepted.Citizen, Before: "approving", After: accepted.Amount.ToString()));
            return true;
        }, stop);
        return taken ? await posting.Post(accepted, work.Actor) : await Of(work, id, stop);
    }

    /// <returns>The application; <c>role_forbidden</c>, <c>not_found</c>, <c>field_required</c> (reason), <c>too_large</c>, what free text is refused for, <c>application_decided</c> when it is granted or just being.</returns>
    public async Task<Result<Application>> Reject(StaffAtWork work, TransferId id, string? reason, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var why = NameText.Read("reason", reason, LongestReason);
        if (why.Refused is { } no) return no;
        var found = await Of(work, id, stop);
        if (found.Refused is { } none) return none;
        if (found.Value.State == ApplicationState.Rejected) return found;
        return await database.WriteOrRefuse<Application>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(ToRejected, new { Id = id, Reason = why.Value, By = work.Member.Id }, tx.Handle) == 0) return Refusal.Of("application_decided");
            await log.Write(tx, new Operation("application.rejected", work.Actor, id.Value, found.Value.Citizen, Before: Words<ApplicationState>.Of(found.Value.State), Reason: why.Value));
            await notices.Write(tx, found.Value.Citizen, Notice.ApplicationRejected, ("purse", found.Value.Municipality.Value));
            return found.Value with { State = ApplicationState.Rejected, Reason = why.Value, Decision = null };
        }, stop);
    }

    private async Task<Result<Application>> Of(StaffAtWork work, TransferId id, CancellationToken stop) =>
        await find.One(id, stop) is { } found && found.Municipality == work.Office.Code ? found : Refusal.Of("not_found");

    /// <summary>Whether it could be granted today, as far as that does not move points.</summary>
    private async Task<Result<Offered>> Ready(StaffAtWork work, Application application, CancellationToken stop)
    {
        if (await citizens.Get(application.Citizen, stop) is not { State: not CitizenState.Revoked } citizen) return Refusal.Of("mykey_unknown");
        if (citizen.RequireActive().Refused is { } stopped) return stopped;
        var programme = await conditions.Programme(new Granter(work.Actor, work.Office), application.Programme, stop);
        return programme.Refused is { } no ? no : await rules.Offered(application.Programme, stop);
    }

    /// <returns>null when somebody else was first.</returns>
    private async Task<Application?> Take(Transaction tx, StaffAtWork work, Application accepted, AloneMost most)
    {
        var decided = accepted.Decision!;
        if (await tx.Connection.ExecuteAsync(ToAccepted, new { decided.By, decided.Day, decided.AtMs, decided.ExpiresOn, accepted.Id }, tx.Handle) == 0) return null;
        if (!await GrantDay.Take(tx, accepted.Count!, accepted.Amount.Value, most))
        {
            await tx.Connection.ExecuteAsync(ToApproving, new { accepted.Id }, tx.Handle);
            accepted = accepted with { State = ApplicationState.Approving, Decision = decided with { Alone = false } };
        }
        await log.Write(tx, new Operation("application.accepted", work.Actor, accepted.Id.Value, accepted.Citizen, After: $"{Words<ApplicationState>.Of(accepted.State)} {accepted.Amount}"));
        return accepted;
    }
}
