using Dapper;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Eligible;

/// <summary>Reads a list of those who may get something and keeps what it says, line by line with what is wrong; then it extends or replaces what counts (S4-04).</summary>
public sealed class StoreEligible(Database database, OfficeProgrammes programmes, FindEligible find, FindRecipients recipients, OperationLog log, TimeProvider clock)
{
    public const int MostLines = StoreBatch.MostLines;

    private const string Insert = """
        insert into pts_eligible_list(id, programme, sha256, state, maker, line_count, good_count, made_ms) values (@Id, @Programme, @Sha256, 'stored', @Maker, @Lines, @Good, @MadeMs)
        """;

    private const string InsertRow = "insert into pts_eligible_row(list, line, person, shown_id, code) values (@List, @Line, @Person, @ShownId, @Code)";

    /// <returns>The list, not counting yet; <c>role_forbidden</c>, <c>not_found</c>, <c>list_not_used</c>, <c>body_unreadable</c>, <c>field_required</c>, <c>field_unknown</c>, <c>file_empty</c>, <c>too_large</c>.</returns>
    public async Task<Result<EligibleList>> Store(StaffAtWork work, ProgrammeId id, byte[] content, CancellationToken stop = default)
    {
        var programme = await Programme(work, id, stop);
        if (programme.Refused is { } no) return no;
        var table = CsvTable.Read(content, JudgeRows.Columns[0]);
        if (table.Refused is { } unreadable) return unreadable;
        if (table.Value.Unasked is { } further) return further;
        var lines = table.Value.Lines(MostLines);
        if (lines.Refused is { } unusable) return unusable;
        var rows = await Judge(lines.Value, stop);
        var list = new EligibleList(Ids.NewV7(clock), id, table.Value.Sha256, EligibleState.Stored, rows.Count, rows.Count(r => r.Code.Length == 0), clock.NowMs());
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Insert, new { list.Id, list.Programme, list.Sha256, Maker = work.Member.Id, list.Lines, list.Good, list.MadeMs }, tx.Handle);
            await tx.Connection.ExecuteAsync(InsertRow, rows.Select(r => new { List = list.Id, r.Line, r.Person, r.ShownId, r.Code }), tx.Handle);
            await log.Write(tx, new Operation("eligible.stored", work.Actor, id.Value, After: $"{list.Good} of {list.Lines} lines {list.Sha256}"));
        }, stop);
        return list;
    }

    /// <summary>From now on it counts, beside the lists that do or in their place. Again changes nothing.</summary>
    /// <returns>The list; <c>role_forbidden</c>, <c>not_found</c>, <c>list_not_used</c>, <c>file_empty</c> when nobody is on it, <c>form_expired</c> when another one has taken its place.</returns>
    public async Task<Result<EligibleList>> Apply(StaffAtWork work, ProgrammeId id, Guid list, bool replace, CancellationToken stop = default)
    {
        var programme = await Programme(work, id, stop);
        if (programme.Refused is { } no) return no;
        return await database.WriteOrRefuse<EligibleList>(async tx =>
        {
            if (await find.One(id, list, stop) is not { } found) return Refusal.Of("not_found");
            if (found.Good == 0) return Refusal.Of("file_empty");
            if (await tx.Connection.ExecuteAsync("update pts_eligible_list set state = 'active' where id = @list and state = 'stored'", new { list }, tx.Handle) == 0)
                return found.State == EligibleState.Replaced ? Refusal.Of("form_expired") : found with { State = EligibleState.Active };
            if (replace) await tx.Connection.ExecuteAsync("update pts_eligible_list set state = 'replaced' where programme = @id and state = 'active' and id <> @list", new { id, list }, tx.Handle);
            await log.Write(tx, new Operation("eligible.applied", work.Actor, id.Value, After: $"{(replace ? "instead" : "beside")} {found.Good} {found.Sha256}"));
            return found with { State = EligibleState.Active };
        }, stop);
    }

    private async Task<Result<Programme>> Programme(StaffAtWork work, ProgrammeId id, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var found = await programmes.One(work, id, stop);
        return found.Ok && found.Value.Rules.Eligibility != Eligibility.List ? Refusal.Of("list_not_used") : found;
    }

    private async Task<List<(int Line, PersonKey? Person, string ShownId, string Code)>> Judge(List<CsvRow> lines, CancellationToken stop)
    {
        // A stopped ID may come back: the person stays on the list.
        var found = await recipients.Each(lines.Select(l => l[JudgeRows.MyKeyIdColumn]), stop);
        return [.. lines.Zip(found).Select(x => (x.First.Line, x.Second.Ok ? x.Second.Value.Person : (PersonKey?)null, JudgeRows.Shown(x.First[JudgeRows.MyKeyIdColumn]), x.Second.Refused?.Code ?? ""))];
    }
}
