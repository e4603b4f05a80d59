using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>The applications of municipalities, and what becomes of them. Who may is the operators' part; here stands what may follow what.</summary>
public sealed class DecideJoin(Database database, OperationLog log, RegistryCache registry, TimeProvider clock)
{
    public const int LongestReason = 200;

    private const int Most = 500;

    private const string TakeChecked = "update reg_join_application set state = 'checked', staff_number = @StaffNumber, member_day = @MemberOn, checked_by = @By, checked_ms = @Now where id = @Id and state = 'applied'";

    // Another person than who checked it, in this very statement, too.
    private const string TakeMember = "update reg_join_application set state = 'member', decided_by = @By, decided_ms = @Now where id = @Id and state = 'checked' and (checked_by <> @By or @Alone = 1)";

    private const string TakeRejected = "update reg_join_application set state = 'rejected', decided_by = @By, decided_ms = @Now, reason = @Reason where id = @Id and state in ('applied', 'checked')";

    private const string Join = "update reg_municipality set member_from = @Day, member_until = null, changed_no = @No where code = @Code";

    /// <summary>Open ones first, then the newest.</summary>
    public async Task<IReadOnlyList<JoinApplication>> List(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<JoinRow>($"{JoinRow.All} order by made_ms desc, id desc limit @Most", new { Most })).Select(r => r.Read()).OrderByDescending(a => a.IsOpen)];
    }

    public async Task<int> Open(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<int>("select count(*) from reg_join_application where state in ('applied', 'checked')");
    }

    /// <returns>The application, or <c>not_found</c>.</returns>
    public async Task<Result<JoinApplication>> Find(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<JoinRow>(JoinRow.ById, new { id }))?.Read() is { } found ? found : Refusal.Of("not_found");
    }

    /// <summary>One operator has looked at it and called the office back.</summary>
    /// <returns>The application; <c>field_required</c> (called, memberOn), <c>not_found</c>, <c>join_decided</c>.</returns>
    public async Task<Result<JoinApplication>> Check(Guid id, JoinCheck check, StaffId by, CancellationToken stop = default)
    {
        if (Read(check) is { } no) return no;
        return await Move(id, TakeChecked, new { Id = id, check.StaffNumber, check.MemberOn, By = by, Now = clock.NowMs() }, a => new Operation("membership.checked", Actor.Of(by), id, After: $"{a.Municipality} called back"), stop);
    }

    /// <returns>null when nothing is missing; <c>field_required</c> (called, memberOn).</returns>
    public static Refusal? Read(JoinCheck check) =>
        !check.Called ? Refusal.Of("field_required", ("field", "called")) : check.MemberOn is null ? Refusal.Of("field_required", ("field", "memberOn")) : null;

    /// <summary>Another operator makes it a member.</summary>
    /// <param name="alone">There is no other operator yet: the one who checked it decides.</param>
    /// <returns>The application; <c>not_found</c>, <c>four_eyes</c> for who checked it, <c>join_decided</c>.</returns>
    public async Task<Result<JoinApplication>> Accept(Guid id, StaffId by, bool alone, CancellationToken stop = default)
    {
        var found = await Find(id, stop);
        if (found.Refused is { } gone) return gone;
        if (found.Value.State != JoinState.Checked) return Refusal.Of("join_decided");
        if (found.Value.CheckedBy == by && !alone) return Refusal.Of("four_eyes");
        return await registry.Change<JoinApplication>(async (tx, number) =>
        {
            if (await tx.Connection.ExecuteAsync(TakeMember, new { Id = id, By = by, Alone = alone ? 1 : 0, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("join_decided");
            var now = (await tx.Connection.QuerySingleAsync<JoinRow>(JoinRow.ById, new { id }, tx.Handle)).Read();
            var day = now.MemberOn!.Value;
            // A list of members that came in meanwhile may have said so already.
            if (await RegistryCache.Find(tx, now.Municipality) is { } town && !(town.MemberFrom <= day && town.MemberUntil is null))
                await tx.Connection.ExecuteAsync(Join, new { Day = day, No = number, Code = now.Municipality }, tx.Handle);
            await log.Write(tx, new Operation("membership.accepted", Actor.Of(by), id, After: $"{now.Municipality} member from {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"));
            return now;
        }, stop);
    }

    /// <returns>The application; <c>field_required</c> (reason), <c>too_large</c>, what free text is refused for, <c>not_found</c>, <c>join_decided</c>.</returns>
    public async Task<Result<JoinApplication>> Reject(Guid id, string? reason, StaffId by, CancellationToken stop = default)
    {
        var why = NameText.Read("reason", reason, LongestReason);
        if (why.Refused is { } no) return no;
        return await Move(id, TakeRejected, new { Id = id, By = by, Now = clock.NowMs(), Reason = why.Value }, a => new Operation("membership.rejected", Actor.Of(by), id, Before: a.Municipality.Value, Reason: why.Value), stop);
    }

    private Task<Result<JoinApplication>> Move(Guid id, string update, object values, Func<JoinApplication, Operation> said, CancellationToken stop) => database.WriteOrRefuse<JoinApplication>(async tx =>
    {
        var moved = await tx.Connection.ExecuteAsync(update, values, tx.Handle);
        var now = (await tx.Connection.QuerySingleOrDefaultAsync<JoinRow>(JoinRow.ById, new { id }, tx.Handle))?.Read();
        if (now is null) return Refusal.Of("not_found");
        if (moved == 0) return Refusal.Of("join_decided");
        await log.Write(tx, said(now));
        return now;
    }, stop);
}
