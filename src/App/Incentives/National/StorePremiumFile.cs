using Dapper;
using MyKey.App.PaymentServices;
using MyKey.Identity.Machines;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.National;

/// <summary>
/// Takes in a service's file of events while it comes, up to a million lines, and says of each whether it is one; nothing is posted until the service says so. Each part is stored by itself, so that a file that
/// broke off goes on where it was.
/// </summary>
public sealed class StorePremiumFile(Database database, JudgePremiums judge, PremiumRows rows, FindPremiumFiles find, OperationLog log, TimeProvider clock)
{
    public const int MostLines = 1_000_000;

    public const int LinesAtOnce = 5_000;

    private const string Begin = """
        insert into inc_premium_file(id, service, sha256, state, line_count, good_count, posted_line, digest, machine, made_ms) values (@Id, @Service, @Sha256, 'receiving', 0, 0, 0, @Digest, @Machine, @MadeMs)
        on conflict do nothing
        """;

    private const string Again = "update inc_premium_file set state = 'receiving', line_count = 0, good_count = 0, digest = @Digest where id = @Id and state = 'refused'";

    // Of two that send the same file at once, one goes on.
    private const string Progress = """
        update inc_premium_file set line_count = line_count + @Lines, good_count = good_count + @Good, digest = @Digest where id = @Id and state = 'receiving' and line_count = @Before
        """;

    private const string RefuseLine = "insert into inc_premium_refused(file, line, event, code) values (@file, @Line, @Event, @Code)";

    private const string RefuseLines = "insert into inc_premium_refused(file, line, event, code) select @file, line, event, code from unnest(@lines, @events, @codes) as g(line, event, code)";

    /// <param name="sha256">Of the file that comes, 64 lower-case hex digits: the same again answers again.</param>
    /// <returns>
    /// The file, looked at or further; <c>number_format</c> for the hash, <c>field_required</c> and <c>field_unknown</c> for columns, <c>too_large</c>, <c>file_empty</c> without a good line,
    /// <c>file_changed</c> when it is not the file of this hash, <c>busy</c> when it is being sent twice.
    /// </returns>
    public async Task<Result<PremiumFile>> Run((Machine Machine, PaymentService Service) by, string sha256, Stream body, CancellationToken stop = default)
    {
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower)) return Refusal.Of("number_format", ("field", "sha256"));
        var file = await Start(by, sha256, stop);
        if (file.State is PremiumFileState.Looked or PremiumFileState.Posting or PremiumFileState.Done) return file;
        using var lines = new PremiumLines(body);
        var sitting = await judge.Begin(by.Service.Id, stop);
        var (read, digest) = (0, Array.Empty<byte>());
        await foreach (var chunk in lines.Chunks(LinesAtOnce, stop))
        {
            if (read + chunk.Count > MostLines) return await Refuse(by.Machine, file, Refusal.Of("too_large"), stop);
            digest = PremiumLines.Digest(digest, chunk);
            read += chunk.Count;
            if (read <= file.Lines)
            {
                if (read == file.Lines && !digest.AsSpan().SequenceEqual(file.Digest)) return await Refuse(by.Machine, file, Refusal.Of("file_changed"), stop);
                continue;
            }
            if (read - chunk.Count < file.Lines) return await Refuse(by.Machine, file, Refusal.Of("file_changed"), stop);
            var judged = await sitting.Run(chunk, stop);
            var stored = await database.WriteOrRefuse(tx => Store(tx, file, judged, digest), stop);
            if (stored.Refused is { } no) return no;
            file = stored.Value;
        }
        if (lines.Unreadable is { } unreadable) return await Refuse(by.Machine, file, unreadable, stop);
        if (read != file.Lines || lines.Sha256 != sha256) return await Refuse(by.Machine, file, Refusal.Of("file_changed"), stop);
        return file.Good == 0 ? await Refuse(by.Machine, file, Refusal.Of("file_empty"), stop) : await Looked(by.Machine, file, stop);
    }

    private async Task<PremiumFile> Start((Machine Machine, PaymentService Service) by, string sha256, CancellationToken stop)
    {
        var row = new { Id = Ids.NewV7(clock), Service = by.Service.Id, Sha256 = sha256, Digest = Array.Empty<byte>(), Machine = by.Machine.Id, MadeMs = clock.NowMs() };
        await database.Write(tx => tx.Connection.ExecuteAsync(Begin, row, tx.Handle), stop);
        var file = Must.Have(await find.One(by.Service.Id, sha256, stop), "a file that was begun is there");
        if (file.State != PremiumFileState.Refused) return file;
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Again, new { file.Id, Digest = Array.Empty<byte>() }, tx.Handle) == 1)
                await tx.Connection.ExecuteAsync("delete from inc_premium_refused where file = @Id", new { file.Id }, tx.Handle);
        }, stop);
        return Must.Have(await find.One(by.Service.Id, sha256, stop), "a file that was begun is there");
    }

    private async Task<Result<PremiumFile>> Store(Transaction tx, PremiumFile file, IReadOnlyList<JudgedEvent> judged, byte[] digest)
    {
        var good = judged.Where(j => j.Event is not null).Select(j => j.Event!).ToList();
        var known = await rows.Insert(tx, file.Service, good, file.Id);
        var refused = judged.Where(j => j.No is not null).Select(j => (j.Line, j.EventId, j.No!.Code)).Concat(good.Where(e => known.Contains(e.Line)).Select(e => (e.Line, e.Id, "premium_known"))).ToList();
        await Refuse(tx, file.Id, refused);
        var count = good.Count - known.Count;
        if (await tx.Connection.ExecuteAsync(Progress, new { file.Id, Lines = judged.Count, Good = count, Digest = digest, Before = file.Lines }, tx.Handle) == 0) return Refusal.Of("busy");
        return file with { Lines = file.Lines + judged.Count, Good = file.Good + count, Digest = digest };
    }

    private static async Task Refuse(Transaction tx, Guid file, List<(int Line, string Event, string Code)> refused)
    {
        if (refused.Count == 0) return;
        if (tx.Engine == Engine.Postgres)
            await tx.Connection.ExecuteAsync(RefuseLines, new { file, lines = refused.Select(r => r.Line).ToArray(), events = refused.Select(r => r.Event).ToArray(), codes = refused.Select(r => r.Code).ToArray() }, tx.Handle);
        else
            await tx.Connection.ExecuteAsync(RefuseLine, refused.Select(r => new { file, r.Line, r.Event, r.Code }), tx.Handle);
    }

    private Task<Result<PremiumFile>> Looked(Machine machine, PremiumFile file, CancellationToken stop) => database.WriteOrRefuse<PremiumFile>(async tx =>
    {
        var row = new { file.Id, file.Lines };
        if (await tx.Connection.ExecuteAsync("update inc_premium_file set state = 'looked' where id = @Id and state = 'receiving' and line_count = @Lines", row, tx.Handle) == 0) return Refusal.Of("busy");
        await log.Write(tx, new Operation("premium_file.looked", Actor.Of(machine.Id), file.Id, After: $"{file.Service.Value} {file.Good} of {file.Lines} lines {file.Sha256}"));
        return file with { State = PremiumFileState.Looked };
    }, stop);

    private async Task<Result<PremiumFile>> Refuse(Machine machine, PremiumFile file, Refusal no, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync("update inc_premium_file set state = 'refused' where id = @Id and state = 'receiving'", new { file.Id }, tx.Handle) == 0) return;
            // Nothing of it was posted: it never was looked at wholly.
            await tx.Connection.ExecuteAsync("delete from inc_premium_event where file = @Id", new { file.Id }, tx.Handle);
            await log.Write(tx, new Operation("premium_file.refused", Actor.Of(machine.Id), file.Id, Before: $"{file.Service.Value} {file.Sha256}", After: no.Code));
        }, stop);
        return no;
    }
}
