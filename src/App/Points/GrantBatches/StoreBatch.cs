using Dapper;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.GrantBatches;

/// <summary>Reads a file of grants and keeps what it says, row by row with what is wrong. Nothing is granted here (S2-P6d).</summary>
public sealed class StoreBatch(Database database, FindBatches find, GrantConditions conditions, FindRecipients recipients, OperationLog log, TimeProvider clock)
{
    public const int MostLines = 100_000;

    private const int LongestShown = 20;

    private static readonly CsvColumn[] Columns =
    [
        new("マイキーID", Required: true, "myKeyId", "mykey_id"), new("ポイント", Required: true, "points", "ポイント数"), new("行事", Required: false, "occasion"),
    ];

    private const string Insert = """
        insert into pts_grant_batch(id, municipality, programme, sha256, file_name, expires_on, state, maker, line_count, good_count, points, made_ms)
        values (@Id, @Municipality, @Programme, @Sha256, @FileName, @ExpiresOn, 'stored', @Maker, @Lines, @Good, @Points, @MadeMs) on conflict do nothing
        """;

    private const string InsertRow = """
        insert into pts_grant_row(batch, line, citizen, person, shown_id, shown_points, points, occasion, state, code, same_line)
        values (@Batch, @Line, @Citizen, @Person, @ShownId, @ShownPoints, @Points, @Occasion, @State, @Code, @SameLine)
        """;

    /// <param name="Occasion">For rows that have none of their own.</param>
    public sealed record GrantFile(ProgrammeId Programme, byte[] Content, string FileName, DateOnly? ExpiresOn = null, string? Occasion = null);

    /// <returns>
    /// The batch; the same file answers with the same batch. <c>not_found</c>, <c>not_started</c>, <c>out_of_period</c>, <c>body_unreadable</c>,
    /// <c>field_required</c> and <c>field_unknown</c> for columns, <c>too_large</c>, <c>id_reused</c> for another programme's file.
    /// </returns>
    public async Task<Result<GrantBatch>> Run(Granter granter, GrantFile file, CancellationToken stop = default)
    {
        var programme = await conditions.Programme(granter, file.Programme, stop);
        if (programme.Refused is { } noProgramme) return noProgramme;
        var expires = conditions.ExpiresOn(programme.Value, granter.Municipality, file.ExpiresOn);
        if (expires.Refused is { } noDay) return noDay;
        var table = CsvTable.Read(file.Content, Columns);
        if (table.Refused is { } unreadable) return unreadable;
        if (await find.One(granter.Municipality.Code, table.Value.Sha256, stop) is { } known) return Same(known, file);
        if (table.Value.Further.Count > 0) return Refusal.Of("field_unknown", ("field", table.Value.Further[0]));
        var usual = conditions.Occasion(programme.Value, file.Occasion);
        if (usual.Refused is { } noText) return noText;
        var lines = table.Value.Rows().Take(MostLines + 1).ToList();
        if (lines.Count > MostLines) return Refusal.Of("too_large");
        var rows = await Judge(programme.Value, lines, usual.Value, stop);
        var good = rows.Where(r => r.Code.Length == 0).ToList();
        var batch = new GrantBatch(Ids.NewV7(clock), granter.Municipality.Code, file.Programme, table.Value.Sha256, Name(file.FileName), expires.Value, BatchStage.Stored,
            new StaffId(granter.Actor.Id), null, rows.Count, good.Count, new Points(good.Sum(r => r.Points)), clock.NowMs());
        var written = await database.Write(tx => Write(tx, granter, batch, rows), stop);
        return written ? batch : Same((await find.One(batch.Municipality, batch.Sha256, stop))!, file);
    }

    private static Result<GrantBatch> Same(GrantBatch known, GrantFile file) => known.Programme == file.Programme ? known : Refusal.Of("id_reused");

    private static string Name(string given)
    {
        var name = Path.GetFileName(given);
        return name.Length == 0 || name.Length > 100 || name.Any(char.IsControl) || FreeText.Check(name) is not null ? "CSV" : name;
    }

    private async Task<List<GrantBatchRow>> Judge(Programme programme, List<CsvRow> lines, string usual, CancellationToken stop)
    {
        var ids = lines.ConvertAll(l => MyKeyId.ReadTyped(l["マイキーID"]));
        var known = await recipients.Of(ids.Where(i => i.Ok).Select(i => i.Value), stop);
        var seen = new Dictionary<(PersonKey, string), int>();
        var rows = new List<GrantBatchRow>(lines.Count);
        foreach (var (line, id) in lines.Zip(ids)) rows.Add(Judge(programme, line, id, (usual, known, seen)));
        return rows;
    }

    private GrantBatchRow Judge(Programme programme, CsvRow line, Result<MyKeyId> id,
        (string Usual, IReadOnlyDictionary<MyKeyId, Recipient> Known, Dictionary<(PersonKey, string), int> Seen) file)
    {
        var (typed, points) = (line["マイキーID"], Kernel.Points.Read(line["ポイント"]));
        var occasion = line["行事"].Length > 0 ? conditions.Occasion(programme, line["行事"]) : file.Usual;
        var recipient = id.Then(i => file.Known.TryGetValue(i, out var found) ? found.RequireActive() : Refusal.Of("mykey_unknown"));
        var no = recipient.Refused ?? points.Refused ?? occasion.Refused ?? (occasion.Value.Length == 0 ? Refusal.Of("field_required", ("field", "行事")) : null);
        var same = 0;
        // One occasion, one person, one grant (S2-P19c).
        if (no is null && !file.Seen.TryAdd((recipient.Value.Person, occasion.Value), line.Line))
            (no, same) = (Refusal.Of("already_granted"), file.Seen[(recipient.Value.Person, occasion.Value)]);
        var shown = recipient.Ok ? recipient.Value.MyKeyId.Masked : Safe(typed);
        return new GrantBatchRow(line.Line, no is null ? recipient.Value.Citizen : null, no is null ? recipient.Value.Person : null, shown, Safe(line["ポイント"]),
            no is null ? points.Value.Value : 0, occasion.Ok ? occasion.Value : "", no is null ? BatchRowState.Open : BatchRowState.Bad, no?.Code ?? "", same);
    }

    // What was typed wrongly is shown to be mended, but never a My Number or a card number.
    private static string Safe(string typed) => FreeText.Check(typed) is null ? typed.Length <= LongestShown ? typed : typed[..LongestShown] : "";

    private async Task<bool> Write(Transaction tx, Granter granter, GrantBatch batch, List<GrantBatchRow> rows)
    {
        if (await tx.Connection.ExecuteAsync(Insert, batch, tx.Handle) == 0) return false;
        await tx.Connection.ExecuteAsync(InsertRow, rows.Select(r => new
        {
            Batch = batch.Id, r.Line, r.Citizen, r.Person, r.ShownId, r.ShownPoints, r.Points, r.Occasion, State = Words<BatchRowState>.Of(r.State), r.Code, r.SameLine,
        }), tx.Handle);
        await log.Write(tx, new Operation("grant_batch.stored", granter.Actor, batch.Id, After: $"{batch.Municipality} {batch.Good} of {batch.Lines} lines {batch.Points} {batch.Sha256}"));
        return true;
    }
}
