using System.Globalization;
using Dapper;
using MyKey.App.GrantBatches;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Applications;

/// <summary>A file of applicants as it comes: MyKeyIDs and nothing else.</summary>
public sealed record SentApplicants(ProgrammeId Programme, byte[] Content, string? Reason, bool Proven);

/// <summary>
/// Staff enter many people at once: the file is read and shown line by line first, then each good line becomes an application by the rules of one that is entered alone (S1-33). Nobody is entered twice,
/// whoever presses twice or breaks off.
/// </summary>
public sealed class EnterFile(Database database, EnterApplication enter, ApplicationRules rules, FindApplications applications, FindApplicantFiles files, FindRecipients recipients, OperationLog log, TimeProvider clock)
{
    public const int MostLines = 500, MostBytes = 64 * 1024;

    private const string Insert = """
        insert into inc_applicant_file(id, programme, municipality, sha256, reason, proven, state, maker, made_ms) values (@Id, @Programme, @Municipality, @Sha256, @Reason, @Proven, 'stored', @Maker, @MadeMs)
        """;

    private const string InsertRow = "insert into inc_applicant_row(file, line, citizen, shown_id, state, code, same_line) values (@File, @Line, @Citizen, @ShownId, @State, @Code, @SameLine)";

    /// <summary>Reads a file and keeps what it says; nobody is entered.</summary>
    /// <returns>
    /// The file with what is wrong in each line; the refusals of <see cref="EnterApplication.Ready"/>, <c>proof_required</c>, <c>body_unreadable</c>, <c>field_required</c>, <c>field_unknown</c> for a column that
    /// nobody asked for, <c>file_empty</c>, <c>too_large</c>.
    /// </returns>
    public async Task<Result<ApplicantFile>> Store(StaffAtWork work, SentApplicants sent, CancellationToken stop = default)
    {
        var ready = await enter.Ready(work, sent.Programme, sent.Reason, stop);
        if (ready.Refused is { } no) return no;
        if (ready.Value.Offered.AsksDeclaration && !sent.Proven) return Refusal.Of("proof_required");
        if (sent.Content.Length > MostBytes) return Refusal.Of("too_large");
        var table = CsvTable.Read(sent.Content, JudgeRows.Columns[0]);
        if (table.Refused is { } unreadable) return unreadable;
        if (table.Value.Unasked is { } further) return further;
        var lines = table.Value.Lines(MostLines);
        if (lines.Refused is { } unusable) return unusable;
        var file = new ApplicantFile(Ids.NewV7(clock), sent.Programme, work.Office.Code, table.Value.Sha256, ready.Value.Reason, sent.Proven, ApplicantFileState.Stored, work.Member.Id, clock.NowMs(),
            await Judge(ready.Value.Offered, lines.Value, stop));
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Insert, new { file.Id, file.Programme, file.Municipality, file.Sha256, file.Reason, Proven = file.Proven ? 1 : 0, file.Maker, file.MadeMs }, tx.Handle);
            await tx.Connection.ExecuteAsync(InsertRow, file.Rows.Select(r => new { File = file.Id, r.Line, r.Citizen, r.ShownId, State = Words<ApplicantRowState>.Of(r.State), r.Code, r.SameLine }), tx.Handle);
            await log.Write(tx, new Operation("applicants.stored", work.Actor, file.Id, After: $"{file.Programme.Value} {file.Count(ApplicantRowState.Open)} of {file.Rows.Count} lines {file.Sha256}", Reason: file.Reason));
        }, stop);
        return file;
    }

    /// <summary>Enters every line that can be; again it goes on where it was broken off.</summary>
    /// <returns>The file with what became of each line; as <see cref="EnterApplication.Ready"/>, <c>file_empty</c> when no line can be entered.</returns>
    public async Task<Result<ApplicantFile>> Enter(StaffAtWork work, ProgrammeId programme, Guid id, CancellationToken stop = default)
    {
        if (await files.One(programme, id, stop) is not { } file || file.Municipality != work.Office.Code) return Refusal.Of("not_found");
        var ready = await enter.Ready(work, programme, file.Reason, stop);
        if (ready.Refused is { } no) return no;
        if (file.State == ApplicantFileState.Entered) return file;
        if (file.Count(ApplicantRowState.Open) + file.Count(ApplicantRowState.Entered) == 0) return Refusal.Of("file_empty");
        foreach (var row in file.Rows.Where(r => r.State == ApplicantRowState.Open))
        {
            var entered = await enter.Enter(work, ready.Value, row.Citizen!.Value, (IdOf(file, row), file.Proven), stop);
            var state = entered.Ok ? ApplicantRowState.Entered : ApplicantRowState.Refused;
            await database.Write(tx => tx.Connection.ExecuteAsync("update inc_applicant_row set state = @State, code = @Code where file = @Id and line = @Line and state = 'open'",
                new { State = Words<ApplicantRowState>.Of(state), Code = entered.Refused?.Code ?? "", file.Id, row.Line }, tx.Handle), stop);
        }
        var after = Must.Have(await files.One(programme, id, stop), "a file that was stored is there");
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync("update inc_applicant_file set state = 'entered' where id = @id and state = 'stored'", new { id }, tx.Handle) == 1)
                await log.Write(tx, new Operation("applicants.entered", work.Actor, id, After: $"{programme.Value} {after.Count(ApplicantRowState.Entered)} entered, {after.Count(ApplicantRowState.Refused)} refused", Reason: file.Reason));
        }, stop);
        return after with { State = ApplicantFileState.Entered };
    }

    private async Task<IReadOnlyList<ApplicantRow>> Judge(Offered offered, List<CsvRow> lines, CancellationToken stop)
    {
        var found = await recipients.Each(lines.Select(l => l[JudgeRows.MyKeyIdColumn]), stop);
        var (seen, rows, period) = (new Dictionary<PersonKey, int>(), new List<ApplicantRow>(), offered.PeriodOf(clock.Today()));
        foreach (var (line, who) in lines.Zip(found))
        {
            var (shown, active) = (JudgeRows.Shown(line[JudgeRows.MyKeyIdColumn]), who.Then<Recipient>(r => r.RequireActive()));
            if (active.Refused is { } no) rows.Add(new ApplicantRow(line.Line, null, shown, ApplicantRowState.Refused, no.Code, 0));
            else if (!seen.TryAdd(active.Value.Person, line.Line)) rows.Add(new ApplicantRow(line.Line, null, shown, ApplicantRowState.Refused, "already_applied", seen[active.Value.Person]));
            else rows.Add(await NotFor(active.Value) is { } code ? new ApplicantRow(line.Line, null, shown, ApplicantRowState.Refused, code, 0) : new ApplicantRow(line.Line, active.Value.Citizen, shown, ApplicantRowState.Open, "", 0));
        }
        return rows;

        async Task<string?> NotFor(Recipient one) => await applications.Of(offered.Offer.Programme, one.Person, period, stop) is not null ? "already_applied" : (await rules.NotFor(offered, one.Person, stop))?.Code;
    }

    private static TransferId IdOf(ApplicantFile file, ApplicantRow row) =>
        Ids.Named<TransferId>([.. "applicant"u8, .. file.Id.Bytes(), .. System.Text.Encoding.ASCII.GetBytes(row.Line.ToString(CultureInfo.InvariantCulture))]);
}
