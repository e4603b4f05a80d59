using System.Globalization;
using Dapper;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>A file of acceptors that an office has sent.</summary>
/// <param name="TakenMs">When it was taken in; null: only looked at.</param>
public sealed record AcceptorFile(MunicipalityCode Municipality, string Sha256, int Lines, int Added, int Changed, int Refused, long MadeMs, long? TakenMs)
{
    public int Unchanged => Lines - Added - Changed - Refused;
}

/// <summary>What becomes, or became, of a line.</summary>
/// <param name="Number">The office's own number of the shop.</param>
public sealed record AcceptorFileLine(int Line, string Number, string Name, ImportOutcome Outcome, Refusal? Refused);

/// <summary>
/// Thousands of acceptors by a file of the office (S2-P10g): looked at first with a result for each line, then taken in. The same file again changes nothing, and so does a file whose taking in broke
/// off: each shop is known by the office's own number. Refused lines do not hold up the others; shops that the file leaves out stay as they are.
/// </summary>
public sealed class ImportAcceptors(Database database, OperationLog log, RegistryCache registry, TimeProvider clock)
{
    public const int MostLines = 20_000, MostBytes = 16 * 1024 * 1024;

    /// <summary>Few enough that a payment that needs a registry which has just changed never waits long.</summary>
    private const int AtOnce = 200;

    private const string Files = "select municipality, sha256, line_count as lines, added, changed, refused, made_ms, taken_ms from reg_acceptor_file where municipality = @office";

    private const string Keep = """
        insert into reg_acceptor_file(municipality, sha256, content, line_count, added, changed, refused, made_ms) values (@office, @Sha256, @content, @Lines, @Added, @Changed, @Refused, @Now)
        on conflict(municipality, sha256) do update set content = excluded.content, line_count = excluded.line_count, added = excluded.added, changed = excluded.changed, refused = excluded.refused,
          made_ms = excluded.made_ms, taken_ms = null
        """;

    private const string Own = $"{PlaceRow.Columns}, a.state from reg_place p join reg_acceptor a on a.id = p.id where p.municipality = @office and p.own_no is not null";

    /// <summary>Looks at a file and keeps it; an older one of the office that was never taken in is forgotten.</summary>
    /// <returns>The file; <c>body_unreadable</c>, <c>field_required</c> and <c>field_unknown</c> for its columns, <c>lines_missing</c>, <c>too_large</c>.</returns>
    public async Task<Result<AcceptorFile>> Look(MunicipalityCode office, byte[] content, Actor by, CancellationToken stop = default)
    {
        var read = await Read(office, content, stop);
        if (read.Refused is { } no) return no;
        var (sha, lines) = read.Value;
        var file = new AcceptorFile(office, sha, lines.Count, lines.Count(l => l.Shown.Outcome == ImportOutcome.Added), lines.Count(l => l.Shown.Outcome == ImportOutcome.Changed), lines.Count(l => l.Shown.Refused is not null), clock.NowMs(), null);
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("delete from reg_acceptor_file where municipality = @office and taken_ms is null and sha256 <> @Sha256", new { office, file.Sha256 }, tx.Handle);
            await tx.Connection.ExecuteAsync(Keep, new { office, file.Sha256, content, file.Lines, file.Added, file.Changed, file.Refused, Now = file.MadeMs }, tx.Handle);
            await log.Write(tx, new Operation("acceptor_file.stored", by, After: Short(file)));
        }, stop);
        return file;
    }

    /// <summary>The files of an office, the newest first.</summary>
    public async Task<IReadOnlyList<AcceptorFile>> Of(MunicipalityCode office, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<FileRow>($"{Files} order by made_ms desc limit 20", new { office })).Select(r => r.Read())];
    }

    /// <summary>A file with what becomes of each line; of one that was taken in the lines that were refused and can be mended are told by sending it again.</summary>
    /// <returns>Or <c>not_found</c>.</returns>
    public async Task<Result<(AcceptorFile File, IReadOnlyList<AcceptorFileLine> Lines)>> One(MunicipalityCode office, string sha256, CancellationToken stop = default)
    {
        if ((await Of(office, stop)).FirstOrDefault(f => f.Sha256 == sha256) is not { } file) return Refusal.Of("not_found");
        if (await Content(office, sha256, stop) is not { } content) return (file, (IReadOnlyList<AcceptorFileLine>)[]);
        var read = await Read(office, content, stop);
        if (read.Refused is { } no) return no;
        IReadOnlyList<AcceptorFileLine> lines = [.. read.Value.Lines.Select(l => l.Shown)];
        return (file, lines);
    }

    /// <summary>Takes a file in that was looked at. Taking it in twice is taking it in once.</summary>
    /// <returns>The file; <c>not_found</c>.</returns>
    public async Task<Result<AcceptorFile>> Take(MunicipalityCode office, string sha256, Actor by, CancellationToken stop = default)
    {
        if ((await Of(office, stop)).FirstOrDefault(f => f.Sha256 == sha256) is not { } file) return Refusal.Of("not_found");
        if (file.TakenMs is not null || await Content(office, sha256, stop) is not { } content) return file;
        var read = await Read(office, content, stop);
        if (read.Refused is { } unreadable) return unreadable;
        foreach (var chunk in read.Value.Lines.Select(l => l.Good).OfType<AcceptorLine>().Where(l => l.Outcome != ImportOutcome.Unchanged).Chunk(AtOnce))
        {
            var written = await registry.Change<int>(async (tx, no) =>
            {
                foreach (var line in chunk) await Write(tx, no, office, line, by);
                return chunk.Length;
            }, stop);
            if (written.Refused is { } refused) return refused;
        }
        var taken = file with { TakenMs = clock.NowMs() };
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync("update reg_acceptor_file set taken_ms = @TakenMs, content = null where municipality = @office and sha256 = @sha256 and taken_ms is null", new { office, sha256, taken.TakenMs }, tx.Handle) == 1)
                await log.Write(tx, new Operation("acceptor_file.taken_in", by, After: Short(taken)));
        }, stop);
        return taken;
    }

    private async Task Write(Transaction tx, long no, MunicipalityCode office, AcceptorLine line, Actor by)
    {
        // Two takings in at once: the second finds the shop that the first has made.
        var (id, before) = (line.Id, line.Before);
        if (before is null && await tx.Connection.QuerySingleOrDefaultAsync<PlaceRow>($"{Own} and p.own_no = @OwnNo", new { office, line.OwnNo }, tx.Handle) is { } made) (id, before) = (new AcceptorId(made.Id), (made.Read(), line.State));
        // Shopping street and note are in no file.
        var acceptor = before is null ? new Acceptor(id, office, line.Kind, line.Name, line.State) : Must.Have(await RegistryCache.Find(tx, id), "a shop of the list is registered") with { Name = line.Name, State = line.State };
        await AcceptorRow.Save(tx, acceptor, no);
        var after = new Place(0, id.Value, PlaceSource.Acceptor, office, line.Kind.Code, line.Name, line.Details, null, line.OwnNo, line.State == AcceptorState.Active);
        await PlaceIndex.Save(tx, after);
        var said = $"{Words<AcceptorState>.Of(line.State)} {line.Name}";
        await log.Write(tx, before is not { } was ? new Operation("acceptor.registered", by, id.Value, After: $"{office} {line.Kind.Code} {line.Name}")
            : new Operation("acceptor.changed", by, id.Value, Before: $"{Words<AcceptorState>.Of(was.State)} {was.Place.Name}", After: said));
        if ((before?.Place.Details ?? PlaceDetails.None) != line.Details)
            await log.Write(tx, new Operation("place.described", by, id.Value, Before: before is { } there ? DescribePlace.Short(there.Place) : "", After: DescribePlace.Short(after)));
    }

    private async Task<byte[]?> Content(MunicipalityCode office, string sha256, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<byte[]>("select content from reg_acceptor_file where municipality = @office and sha256 = @sha256", new { office, sha256 });
    }

    private async Task<Result<(string Sha256, List<(AcceptorFileLine Shown, AcceptorLine? Good)> Lines)>> Read(MunicipalityCode office, byte[] content, CancellationToken stop)
    {
        var table = CsvTable.Read(content, AcceptorLines.Columns);
        if (table.Refused is { } unreadable) return unreadable;
        if (table.Value.Unasked is { } further) return further;
        var rows = table.Value.Lines(MostLines);
        if (rows.Refused is { } unusable) return unusable.Code == "file_empty" ? Refusal.Of("lines_missing") : unusable;
        await using var connection = await database.Open(stop);
        var known = (await connection.QueryAsync<PlaceRow>(Own, new { office })).ToDictionary(r => r.OwnNo!, r => (r.Read(), Words<AcceptorState>.Stored(r.State)), StringComparer.Ordinal);
        var lines = new AcceptorLines(await registry.View(), office, known, clock);
        return (table.Value.Sha256, rows.Value.Select(row =>
        {
            var read = lines.Read(row);
            return (new AcceptorFileLine(row.Line, row["番号"], row["名前"], read.Ok ? read.Value.Outcome : ImportOutcome.Refused, read.Refused), read.Ok ? read.Value : null);
        }).ToList());
    }

    private static string Short(AcceptorFile f) => string.Create(CultureInfo.InvariantCulture, $"{f.Municipality} {f.Added} added, {f.Changed} changed, {f.Unchanged} unchanged, {f.Refused} refused, file {f.Sha256}");

    private sealed record FileRow
    {
        public MunicipalityCode Municipality { get; init; }
        public string Sha256 { get; init; } = "";
        public int Lines { get; init; }
        public int Added { get; init; }
        public int Changed { get; init; }
        public int Refused { get; init; }
        public long MadeMs { get; init; }
        public long? TakenMs { get; init; }

        public AcceptorFile Read() => new(Municipality, Sha256, Lines, Added, Changed, Refused, MadeMs, TakenMs);
    }
}
