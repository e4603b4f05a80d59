using Dapper;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Programmes;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Tables;
using MyKey.Identity;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Counters;

/// <summary>A line of a file of counts that is wrong.</summary>
public sealed record WrongCount(int Line, string ShownId, string Code);

/// <param name="Wrong">Empty: everything was counted. Else nothing was.</param>
/// <param name="Again">The same file had come before: it was counted then.</param>
public sealed record CountsRead(int Lines, IReadOnlyList<WrongCount> Wrong, bool Again);

/// <param name="Id">Made by the caller: the same again corrects once.</param>
/// <param name="Amount">What is added; below 0: taken off.</param>
public sealed record CountCorrection(Guid Id, string? MyKeyId, long Amount, string? Reason);

/// <summary>Brings counts in by file, and corrects the counter of one person. Neither moves points: a year becomes points by <see cref="ExchangeCounts"/>.</summary>
public sealed class ChangeCounts(Database database, OfficeProgrammes programmes, CountRows counts, FindRecipients recipients, OperationLog log, TimeProvider clock)
{
    public const long Most = 1_000_000;

    private static readonly CsvColumn[] Columns =
        [JudgeRows.Columns.Single(c => c.Name == JudgeRows.MyKeyIdColumn), GrantByTable.Count];

    /// <returns>A yearly programme of this office; <c>role_forbidden</c>, <c>not_found</c>, <c>not_counted</c> for another kind, <c>out_of_period</c> for a year that is none of its own or has not come.</returns>
    public async Task<Result<Programme>> Programme(StaffAtWork work, ProgrammeId id, int year, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var programme = await programmes.One(work, id, stop);
        if (programme.Refused is { } no) return no;
        if (programme.Value.Kind != GrantKind.Yearly) return Refusal.Of("not_counted");
        var (first, today) = (Jst.FiscalYear(programme.Value.From), clock.Today());
        return year < first || year > Jst.FiscalYear(today) || year > Jst.FiscalYear(programme.Value.Until) ? Periods.Outside(programme.Value.From, today) : programme;
    }

    /// <summary>A whole file or nothing, and each file once: what is counted twice is hard to find again.</summary>
    /// <returns>What was read; <see cref="Programme"/>'s refusals, <c>body_unreadable</c>, <c>field_required</c>, <c>field_unknown</c>, <c>file_empty</c>, <c>too_large</c>.</returns>
    public async Task<Result<CountsRead>> File(StaffAtWork work, ProgrammeId id, int year, byte[] content, CancellationToken stop = default)
    {
        var programme = await Programme(work, id, year, stop);
        if (programme.Refused is { } no) return no;
        var table = CsvTable.Read(content, Columns);
        if (table.Refused is { } unreadable) return unreadable;
        if (table.Value.Unasked is { } further) return further;
        var rows = table.Value.Lines(StoreBatch.MostLines);
        if (rows.Refused is { } unusable) return unusable;
        var lines = rows.Value;
        var found = await recipients.Each(lines.Select(l => l[JudgeRows.MyKeyIdColumn]), stop);
        var read = lines.Zip(found).Select(x => (x.First, Line: Judge(x.First, x.Second.Then<Recipient>(r => r.RequireActive())))).ToList();
        var wrong = read.Where(r => !r.Line.Ok).Select(r => new WrongCount(r.First.Line, JudgeRows.Shown(r.First[JudgeRows.MyKeyIdColumn]), r.Line.Refused!.Code)).ToList();
        if (wrong.Count > 0) return new CountsRead(lines.Count, wrong, false);
        var source = new CountSource(Ids.NewV7(clock), id, year, CountKind.File);
        return await database.Write<Result<CountsRead>>(async tx =>
        {
            var file = new { id, year, table.Value.Sha256, Lines = lines.Count, Maker = work.Member.Id, Now = clock.NowMs() };
            var first = await tx.Connection.ExecuteAsync("""
                insert into pts_count_file(programme, fiscal_year, sha256, line_count, maker, made_ms) values (@id, @year, @Sha256, @Lines, @Maker, @Now) on conflict do nothing
                """, file, tx.Handle) == 1;
            if (!first) return new CountsRead(lines.Count, [], true);
            await counts.Add(tx, source, read.Select(r => r.Line.Value));
            await log.Write(tx, new Operation("counter.imported", work.Actor, id.Value, After: $"{year} {lines.Count} lines {table.Value.Sha256}"));
            return new CountsRead(lines.Count, [], false);
        }, stop);
    }

    /// <returns>What the person has now; <see cref="Programme"/>'s refusals, <c>count_format</c>, <c>counter_negative</c> (rest), <c>id_format</c>, <c>mykey_unknown</c>, <c>field_required</c> without a reason, <c>id_reused</c>.</returns>
    public async Task<Result<long>> Correct(StaffAtWork work, ProgrammeId id, int year, CountCorrection correction, CancellationToken stop = default)
    {
        var programme = await Programme(work, id, year, stop);
        if (programme.Refused is { } no) return no;
        if (correction.Amount is 0 or < -Most or > Most) return Refusal.Of("count_format");
        var why = ReasonText.Read(correction.Reason, nameof(correction.Reason));
        if (why.Refused is { } noReason) return noReason;
        var who = await recipients.Of(correction.MyKeyId, stop);
        if (who.Refused is { } nobody) return nobody;
        return await database.WriteOrRefuse<long>(async tx =>
        {
            // Two corrections at once: the second sees the first.
            await tx.Connection.ExecuteAsync("update pts_programme set state = state where id = @id", new { id }, tx.Handle);
            var before = await counts.Of(tx, id, year, who.Value.Person);
            var there = await tx.Connection.QuerySingleOrDefaultAsync<(PersonKey Person, long Amount)?>("select person, amount from pts_count where source = @Id and kind = 'correction'", new { correction.Id }, tx.Handle);
            if (there is { } done) return done == (who.Value.Person, correction.Amount) ? before : Refusal.Of("id_reused");
            if (before + correction.Amount < 0) return Refusal.Of("counter_negative", ("rest", before));
            await counts.Add(tx, new CountSource(correction.Id, id, year, CountKind.Correction), [new CountLine(1, who.Value.Citizen, who.Value.Person, correction.Amount)]);
            await log.Write(tx, new Operation("counter.corrected", work.Actor, id.Value, who.Value.Citizen, Before: $"{year} {before}", After: $"{year} {before + correction.Amount}", Reason: why.Value));
            return before + correction.Amount;
        }, stop);
    }

    private static Result<CountLine> Judge(CsvRow line, Result<Recipient> who)
    {
        if (who.Refused is { } nobody) return nobody;
        var typed = Typed.HalfWidth(line[GrantByTable.CountColumn]).Replace(",", "", StringComparison.Ordinal);
        if (!StepTable.TryRead(typed, out var count) || count is < 1 or > Most) return Refusal.Of("count_format");
        return new CountLine(line.Line, who.Value.Citizen, who.Value.Person, count);
    }
}
