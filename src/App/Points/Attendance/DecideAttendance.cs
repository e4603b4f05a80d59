using Dapper;
using MyKey.App.Counters;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Attendance;

/// <param name="Struck">Lines that give nothing.</param>
/// <param name="Points">What each gets; null: as the programme usually gives.</param>
/// <param name="Proven">Where the programme asks for a proof: the officer has seen it for everybody (S4-04).</param>
public sealed record AttendanceDecision(IReadOnlyCollection<int> Struck, Points? Points = null, bool Proven = false);

/// <summary>
/// An office decides about an occasion as a whole. What it approves becomes a file of grants, and goes the way of each: budget, caps, four eyes above the threshold, and
/// once per person and occasion. Of a yearly programme it is counted instead (S2-P3d, S2-P19c, S2-P19e).
/// </summary>
public sealed class DecideAttendance(Database database, FindOccasions find, ProgrammeList programmes, AttendanceFiles files, StoreBatch store, CommitBatch commit, CountRows counts, OperationLog log,
    TimeProvider clock)
{
    // A list of facility use is taken as it is, once its day is over: nobody hands it over.
    private const string Take = """
        update pts_occasion set state = 'approved', points = @Points, proven = @Proven, batch = @Batch, decided_by = @By
        where id = @Id and (state = 'sent' or (state = 'recording' and organiser is null and held_on < @Today))
        """;

    private const string Strike = "update pts_attendance set struck = 1 where occasion = @Id and line = @Line";

    private const string Reopen = "update pts_occasion set state = 'sent', points = null, proven = 0, decided_by = null where id = @id and state = 'approved' and batch is null";

    private const string Done = "update pts_occasion set state = 'approved', batch = @Sha256 where id = @Id and batch is null";

    private const int Tries = 5;

    private const string Turn = """
        update pts_occasion set state = 'declined', decided_by = @By where id = @id and (state = 'sent' or (state = 'recording' and organiser is null and held_on < @Today))
        """;

    /// <summary>Approves; asking twice is asking once.</summary>
    /// <returns>
    /// The occasion; <c>role_forbidden</c>, <c>not_found</c>, <c>occasion_closed</c> when it was declined, <c>occasion_empty</c> when every line is struck,
    /// <c>field_required</c> (points) where the programme has no usual amount, and the refusals of <see cref="StoreBatch"/> and <see cref="CommitBatch"/>: then it waits again.
    /// </returns>
    public async Task<Result<Occasion>> Approve(StaffAtWork work, OccasionId id, AttendanceDecision decision, CancellationToken stop = default)
    {
        if (Granter.Of(work).Refused is { } forbidden) return forbidden;
        var found = await One(work, id, stop);
        if (found.Refused is { } no) return no;
        if (found.Value.State == OccasionState.Declined) return Refusal.Of("occasion_closed");
        if (found.Value is { State: OccasionState.Approved, Batch: not null }) return found;
        var programme = Must.Have(await programmes.Find(found.Value.Programme, stop), "an occasion has a programme");
        if (found.Value.State != OccasionState.Approved)
        {
            if (programme.Kind != GrantKind.Yearly && programme.Rules.Usual is null && decision.Points is null) return Refusal.Of("field_required", ("field", "points"));
            var taken = await Decide(work, found.Value, programme, decision, stop);
            if (taken.Refused is { } not) return not;
        }
        var approved = Must.Have(await find.One(id, stop), "an occasion stays");
        return approved.Batch is not null ? approved : await Grant(work, approved, programme, stop);
    }

    /// <summary>It gives nothing; the organiser sees so.</summary>
    /// <returns>The occasion; <c>role_forbidden</c>, <c>not_found</c>, <c>occasion_closed</c> when it was approved.</returns>
    public async Task<Result<Occasion>> Decline(StaffAtWork work, OccasionId id, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var found = await One(work, id, stop);
        if (found.Refused is { } no) return no;
        if (found.Value.State == OccasionState.Declined) return found;
        return await database.WriteOrRefuse<Occasion>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Turn, new { id, By = work.Member.Id, Today = clock.Today() }, tx.Handle) == 0) return Refusal.Of("occasion_closed");
            await log.Write(tx, new Operation("attendance.declined", work.Actor, id.Value));
            return found.Value with { State = OccasionState.Declined };
        }, stop);
    }

    /// <returns>One that came to this office, or <c>not_found</c>: what an organiser is still writing is its own.</returns>
    public async Task<Result<Occasion>> One(StaffAtWork work, OccasionId id, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && !work.Require(Role.Approver).Ok) return Refusal.Of("role_forbidden");
        return await find.One(id, stop) is { } occasion && occasion.Municipality == work.Office.Code && (occasion.State != OccasionState.Recording || occasion.Organiser is null) ? occasion : Refusal.Of("not_found");
    }

    // First the decision, then what follows: a process that dies in between leaves an occasion that is approved as it was decided, and the next press goes on with it.
    private Task<Result<bool>> Decide(StaffAtWork work, Occasion occasion, Programme programme, AttendanceDecision decision, CancellationToken stop) => database.WriteOrRefuse<bool>(async tx =>
    {
        var yearly = programme.Kind == GrantKind.Yearly;
        var row = new
        {
            occasion.Id, decision.Points, Proven = decision.Proven ? 1 : 0, Batch = yearly ? "" : null, By = work.Member.Id, Today = clock.Today(),
        };
        // Somebody else was first: his decision holds.
        if (await tx.Connection.ExecuteAsync(Take, row, tx.Handle) == 0) return occasion.State == OccasionState.Sent ? true : Refusal.Of("not_found");
        await tx.Connection.ExecuteAsync(Strike, decision.Struck.Distinct().Select(line => new { occasion.Id, Line = line }), tx.Handle);
        var lines = await FindOccasions.Read(tx.Connection, occasion.Id, tx.Handle);
        var good = lines.Where(l => !l.Struck).ToList();
        if (good.Count == 0) return Refusal.Of("occasion_empty");
        if (yearly) await counts.Add(tx, new CountSource(occasion.Id.Value, programme.Id, Jst.FiscalYear(occasion.HeldOn), CountKind.Attendance), good.Select(l => new CountLine(l.Line, l.Citizen, l.Person, l.Counted)));
        await log.Write(tx, new Operation(yearly ? "attendance.counted" : "attendance.approved", work.Actor, occasion.Id.Value, After: $"{good.Count} of {lines.Count} lines"));
        return true;
    }, stop);

    private async Task<Result<Occasion>> Grant(StaffAtWork work, Occasion occasion, Programme programme, CancellationToken stop)
    {
        var file = new GrantFile(programme.Id, await files.Of(occasion, programme, stop), $"{occasion.Text}.csv", Occasion: occasion.Text, Proven: occasion.Proven);
        var (stored, asked) = await Ask(work, file, stop);
        for (var tried = 1; tried < Tries && asked.Refused is { Code: "busy" or "form_expired" }; tried++) (stored, asked) = await Ask(work, file, stop);
        if (asked.Refused is { Code: "busy" or "form_expired" }) return Refusal.Of("busy");
        // Nobody in it can get anything: that is an answer, and the file says why, line by line.
        if (asked.Refused is { Code: not "file_empty" } no)
        {
            await database.Write(tx => tx.Connection.ExecuteAsync(Reopen, new { id = occasion.Id }, tx.Handle), stop);
            return no;
        }
        if (stored.Refused is { } empty) return empty;
        await database.Write(tx => tx.Connection.ExecuteAsync(Done, new { stored.Value.Sha256, occasion.Id }, tx.Handle), stop);
        return occasion with { Batch = stored.Value.Sha256 };
    }

    // Two presses at once read the same file, each anew: whose reading is gone asks again, and finds what the other has asked for.
    private async Task<(Result<GrantBatch> Stored, Result<GrantBatch> Asked)> Ask(StaffAtWork work, GrantFile file, CancellationToken stop)
    {
        var stored = await store.Run(Granter.Of(work).Value, file, stop);
        return (stored, stored.Ok ? await commit.Commit(work, stored.Value.Sha256, stored.Value.Id, stop) : stored);
    }
}
