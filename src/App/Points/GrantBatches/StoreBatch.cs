using Dapper;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.YearCaps;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.GrantBatches;

/// <param name="Occasion">For lines that have none of their own.</param>
/// <param name="Proven">The officer has seen what shows that everybody in it may get it (S4-04).</param>
public sealed record GrantFile(ProgrammeId Programme, byte[] Content, string FileName, DateOnly? ExpiresOn = null, string? Occasion = null, bool Proven = false);

/// <summary>Reads a file of grants and keeps what it says, line by line with what is wrong. Nothing is granted here (S2-P6d).</summary>
public sealed class StoreBatch(Database database, FindBatches find, GrantConditions conditions, JudgeRows judge, YearCap cap, Buckets buckets, OperationLog log, TimeProvider clock)
{
    public const int MostLines = 100_000;

    private const int LongestName = 100;

    // Nobody has asked for its points yet, so the file may be read anew: people get an ID, the programme was the wrong one. Only what is held is forgotten: who asks for its
    // points at this moment is first or second, never in between, or the lines would go of a file that is being granted.
    private const string Hold = "update pts_grant_batch set state = state where municipality = @Municipality and sha256 = @Sha256 and state = 'stored' returning id";

    private const string Forget = "delete from pts_grant_row where batch = @held";

    private const string ForgetBatch = "delete from pts_grant_batch where id = @held";

    private const string Insert = """
        insert into pts_grant_batch(id, municipality, programme, sha256, file_name, occasion, expires_on, state, maker, line_count, good_count, points, made_ms, proven)
        values (@Id, @Municipality, @Programme, @Sha256, @FileName, @Occasion, @ExpiresOn, 'stored', @Maker, @Lines, @Good, @Points, @MadeMs, @Proven) on conflict do nothing
        """;

    private const string InsertRow = """
        insert into pts_grant_row(batch, line, bucket, citizen, person, shown_id, shown_points, points, occasion, state, code, same_line, reference)
        values (@Batch, @Line, @Bucket, @Citizen, @Person, @ShownId, @ShownPoints, @Points, @Occasion, @State, @Code, @SameLine, @Reference)
        """;

    /// <returns>
    /// The batch; of a file whose points somebody has asked for already, that batch again, or <c>file_used</c> for another programme, occasion or
    /// day. <c>not_found</c>, <c>not_started</c>, <c>out_of_period</c>, <c>body_unreadable</c>, <c>file_empty</c>, <c>field_required</c> and
    /// <c>field_unknown</c> for columns, <c>too_large</c>, <c>proof_required</c>.
    /// </returns>
    public async Task<Result<GrantBatch>> Run(Granter granter, GrantFile file, CancellationToken stop = default)
    {
        var programme = await conditions.Programme(granter, file.Programme, stop);
        if (programme.Refused is { } noProgramme) return noProgramme;
        if (programme.Value.Rules.Eligibility == Eligibility.Proof && !file.Proven) return Refusal.Of("proof_required");
        var expires = conditions.ExpiresOn(programme.Value, granter.Municipality, file.ExpiresOn);
        if (expires.Refused is { } noDay) return noDay;
        var occasion = conditions.Occasion(programme.Value, file.Occasion);
        if (occasion.Refused is { } noText) return noText;
        var table = CsvTable.Read(file.Content, JudgeRows.Columns);
        if (table.Refused is { } unreadable) return unreadable;
        var empty = new GrantBatch(Ids.NewV7(clock), granter.Municipality.Code, file.Programme, table.Value.Sha256, Name(file.FileName), occasion.Value, expires.Value,
            BatchStage.Stored, new StaffId(granter.Actor.Id), null, null, null, 0, 0, Points.Zero, clock.NowMs());
        return await find.One(empty.Municipality, empty.Sha256, stop) is { Stage: not BatchStage.Stored } used ? Same(used, empty, file)
            : await Read(granter, file, programme.Value, table.Value, empty, stop);
    }

    private async Task<Result<GrantBatch>> Read(Granter granter, GrantFile file, Programme programme, CsvTable table, GrantBatch empty, CancellationToken stop)
    {
        if (table.Unasked is { } further) return further;
        if (empty.Occasion.Length == 0 && !table.Has(JudgeRows.OccasionColumn)) return Refusal.Of("field_required", ("field", JudgeRows.OccasionColumn));
        if (programme.Rules.Usual is null && !table.Has(JudgeRows.PointsColumn)) return Refusal.Of("field_required", ("field", JudgeRows.PointsColumn));
        var lines = table.Lines(MostLines);
        if (lines.Refused is { } unusable) return unusable;
        var rows = await judge.Run(programme, lines.Value, empty.Occasion, stop);
        var written = await database.Write(tx => Write(tx, (granter, programme, file.Proven), empty with { Lines = rows.Count }, rows), stop);
        // Somebody else sent it at the same moment, or asked for its points.
        return written ?? Same((await find.One(empty.Municipality, empty.Sha256, stop))!, empty, file);
    }

    private static Result<GrantBatch> Same(GrantBatch known, GrantBatch asked, GrantFile file) =>
        known.Programme == asked.Programme && known.Occasion == asked.Occasion && (file.ExpiresOn is null || known.ExpiresOn == asked.ExpiresOn) ? known : Refusal.Of("file_used");

    private static string Name(string given)
    {
        var name = Path.GetFileName(given);
        return name.Length is 0 or > LongestName || name.Any(char.IsControl) || FreeText.Check(name) is not null ? "CSV" : name;
    }

    private async Task<GrantBatch?> Write(Transaction tx, (Granter Granter, Programme Programme, bool Proven) by, GrantBatch batch, List<GrantBatchRow> rows)
    {
        if (!await Begin(tx, by.Proven, batch)) return null;
        await tx.Connection.ExecuteAsync(InsertRow, rows.Select(r => new
        {
            Batch = batch.Id, r.Line, Bucket = r.Person is { } person ? buckets.Of(person.Value) : 0, r.Citizen, r.Person, r.ShownId, r.ShownPoints, r.Points, r.Occasion,
            State = Words<BatchRowState>.Of(r.State), r.Code, r.SameLine, r.Reference,
        }), tx.Handle);
        await RefuseRows.Granted(tx, batch, int.MaxValue);
        await RefuseRows.Strangers(tx, batch, int.MaxValue);
        await cap.Foresee(tx, batch.Id, by.Programme);
        var (good, points) = await tx.Connection.QuerySingleAsync<(long Good, long Points)>(
            "select count(*), cast(coalesce(sum(points), 0) as bigint) from pts_grant_row where batch = @Id and state = 'open'", new { batch.Id }, tx.Handle);
        var stored = batch with { Good = (int)good, Points = new Points(points) };
        await tx.Connection.ExecuteAsync("update pts_grant_batch set good_count = @Good, points = @Points where id = @Id", stored, tx.Handle);
        await log.Write(tx, new Operation("grant_batch.stored", by.Granter.Actor, batch.Id, After: $"{batch.Municipality} {good} of {batch.Lines} lines {stored.Points} {batch.Sha256}"));
        return stored;
    }

    /// <returns>false when somebody has asked for the points of this file.</returns>
    private static async Task<bool> Begin(Transaction tx, bool proven, GrantBatch batch)
    {
        var row = new
        {
            batch.Id, batch.Municipality, batch.Programme, batch.Sha256, batch.FileName, batch.Occasion, batch.ExpiresOn, batch.Maker, batch.Lines, batch.Good, batch.Points, batch.MadeMs, Proven = proven ? 1 : 0,
        };
        Task<Guid?> Take() => tx.Connection.QuerySingleOrDefaultAsync<Guid?>(Hold, row, tx.Handle);
        var held = await Take();
        while (true)
        {
            if (held is not null)
            {
                await tx.Connection.ExecuteAsync(Forget, new { held }, tx.Handle);
                await tx.Connection.ExecuteAsync(ForgetBatch, new { held }, tx.Handle);
            }
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 1) return true;
            // What another reading has put in its place meanwhile is held as well; or its points have been asked for.
            held = await Take();
            if (held is null) return false;
        }
    }
}
