using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Cases;

/// <summary>
/// What becomes of a case: its desk answers, hands it on to the operators, closes it once it is answered; its citizen may take it back. None of it moves
/// points: what has to be given back goes the ways that there are for it.
/// </summary>
public sealed class AnswerCase(Database database, FindCases find, OperationLog log, Buckets buckets, TimeProvider clock)
{
    public const int LongestAnswer = 300;

    private const string Say = "insert into pts_case_answer(bucket, case_id, id, desk, said, said_ms) values (@Bucket, @Case, @Id, @Desk, @Said, @Now) on conflict do nothing";

    private const string Answered = "update pts_case set state = 'answered', answered_ms = @Now where bucket = @Bucket and id = @Case and state <> 'closed' and desk = @Desk";

    private const string Passed = "update pts_case set desk = '', passed_by = @Desk, state = 'open' where bucket = @Bucket and id = @Case and state <> 'closed' and desk = @Desk";

    private const string Closed = "update pts_case set state = 'closed', closed_ms = @Now, closed_by = @By where bucket = @Bucket and id = @Case and state <> 'closed'";

    private const string ClosedByDesk = Closed + " and desk = @Desk and state = 'answered'";

    private const string CountDown = "update pts_case_count set unclosed = unclosed - 1 where bucket = @Bucket and citizen = @Citizen";

    /// <returns>The work, or <c>role_forbidden</c>: officers and those at the counter answer, at the platform its operators.</returns>
    public static Result<StaffAtWork> Require(StaffAtWork work) =>
        work.Town is null || work.Require(Role.Officer).Ok || work.Require(Role.SupportDesk).Ok ? work : Refusal.Of("role_forbidden");

    /// <summary>One that this desk looks after, or has handed on.</summary>
    /// <returns>The case; <c>role_forbidden</c>, <c>not_found</c> also for another desk's.</returns>
    public async Task<Result<Case>> Look(StaffAtWork work, string? number, CancellationToken stop = default)
    {
        if (Require(work).Refused is { } forbidden) return forbidden;
        if (CaseNumber.Read(number) is not { Ok: true, Value: var read } || await find.One(read, stop) is not { } found) return Refusal.Of("not_found");
        return found.Desk == work.Town?.Code || (work.Town is not null && found.PassedBy == work.Town.Code) ? found : Refusal.Of("not_found");
    }

    /// <param name="id">Of the answer, made by the caller: sent twice it is said once.</param>
    /// <returns>The case; as <see cref="Look"/>, <c>case_passed</c>, <c>case_closed</c>, <c>field_required</c>, <c>too_large</c> and what free text is refused for, <c>id_reused</c>.</returns>
    public async Task<Result<Case>> Answer(StaffAtWork work, string? number, Guid id, string? said, CancellationToken stop = default)
    {
        var mine = await Mine(work, number, stop);
        if (mine.Refused is { } no) return no;
        var text = SentenceText.Read("said", said, LongestAnswer);
        if (text.Refused is { } wrong) return wrong;
        if ((await find.Answers(mine.Value, stop)).FirstOrDefault(a => a.Id == id) is { } before) return before.Said == text.Value ? mine.Value : Refusal.Of("id_reused");
        if (mine.Value.State == CaseState.Closed) return Refusal.Of("case_closed");
        return await Change(mine.Value, work, async (tx, values) =>
        {
            if (await tx.Connection.ExecuteAsync(Say, values with { Id = id, Said = text.Value }, tx.Handle) == 0) return (Operation?)null;
            // Closed or handed on meanwhile: what was said then is not kept.
            return await tx.Connection.ExecuteAsync(Answered, values, tx.Handle) == 1 ? new Operation("case.answered", work.Actor, mine.Value.Id, mine.Value.Citizen) : Refusal.Of("case_closed");
        }, stop);
    }

    /// <returns>The case; as <see cref="Look"/>, <c>case_closed</c>. Once it is handed on, it stays so.</returns>
    public async Task<Result<Case>> PassOn(StaffAtWork work, string? number, CancellationToken stop = default)
    {
        var looked = await Look(work, number, stop);
        if (looked.Refused is { } no) return no;
        if (looked.Value.State == CaseState.Closed) return Refusal.Of("case_closed");
        if (looked.Value.Desk is not { } from) return looked.Value;
        return await Change(looked.Value, work, async (tx, values) => await tx.Connection.ExecuteAsync(Passed, values, tx.Handle) == 0 ? (Operation?)null
            : new Operation("case.passed_on", work.Actor, looked.Value.Id, looked.Value.Citizen, Before: from.Value, After: "operator"), stop);
    }

    /// <returns>The case; as <see cref="Look"/>, <c>case_passed</c>, <c>case_unanswered</c>. Closed again it stays closed.</returns>
    public async Task<Result<Case>> Close(StaffAtWork work, string? number, CancellationToken stop = default)
    {
        var mine = await Mine(work, number, stop);
        if (mine.Refused is { } no) return no;
        if (mine.Value.State == CaseState.Open) return Refusal.Of("case_unanswered");
        return await Change(mine.Value, work, async (tx, values) =>
        {
            if (await tx.Connection.ExecuteAsync(ClosedByDesk, values with { By = Words<CaseSide>.Of(CaseSide.Desk) }, tx.Handle) == 0) return (Operation?)null;
            await tx.Connection.ExecuteAsync(CountDown, values, tx.Handle);
            return new Operation("case.closed", work.Actor, mine.Value.Id, mine.Value.Citizen, Before: "answered");
        }, stop);
    }

    /// <summary>The citizen remembers, or is content with the answer.</summary>
    /// <returns>The case; <c>not_found</c>.</returns>
    public async Task<Result<Case>> TakeBack(CitizenId citizen, string? number, CancellationToken stop = default)
    {
        if (await find.One(citizen, number, stop) is not { } own) return Refusal.Of("not_found");
        return await Change(own, null, async (tx, values) =>
        {
            if (await tx.Connection.ExecuteAsync(Closed, values with { By = Words<CaseSide>.Of(CaseSide.Citizen) }, tx.Handle) == 0) return (Operation?)null;
            await tx.Connection.ExecuteAsync(CountDown, values, tx.Handle);
            return new Operation("case.closed", Actor.Of(citizen), own.Id, citizen, Before: Words<CaseState>.Of(own.State));
        }, stop);
    }

    /// <summary>One that this desk itself has to answer.</summary>
    private async Task<Result<Case>> Mine(StaffAtWork work, string? number, CancellationToken stop) =>
        (await Look(work, number, stop)).Then<Case>(found => found.Desk == work.Town?.Code ? found : Refusal.Of("case_passed"));

    /// <param name="change">What was done, or null when it had been done already.</param>
    private async Task<Result<Case>> Change(Case about, StaffAtWork? work, Func<Transaction, Values, Task<Result<Operation?>>> change, CancellationToken stop)
    {
        var values = new Values(buckets.Of(about.Citizen.Value), about.Id, about.Citizen, CaseRow.Stored(work?.Town?.Code), clock.NowMs());
        var changed = await database.WriteOrRefuse<bool>(async tx =>
        {
            var done = await change(tx, values);
            if (done.Refused is { } no) return no;
            if (done.Value is { } operation) await log.Write(tx, operation);
            return done.Value is not null;
        }, stop);
        return changed.Refused is { } refused ? refused : Must.Have(await find.One(about.Number, stop), "a case that was changed is there");
    }

    private sealed record Values(int Bucket, Guid Case, CitizenId Citizen, string Desk, long Now)
    {
        public Guid Id { get; init; }

        public string Said { get; init; } = "";

        public string By { get; init; } = "";
    }
}
