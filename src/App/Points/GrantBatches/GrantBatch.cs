using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.GrantBatches;

/// <summary>Stored: read and shown, nothing has happened. Waiting: for another officer. Running: being posted. Done: every row is posted or refused.</summary>
public enum BatchStage { Stored, Waiting, Running, Done }

/// <summary>Bad: refused when the file was read. Refused: when it was posted.</summary>
public enum BatchRowState { Bad, Open, Posted, Refused }

/// <summary>A file of grants as it is stored.</summary>
/// <param name="Maker">Who brought the file; <paramref name="AskedBy"/> who asked for its points. Neither approves.</param>
/// <param name="Points">Of the rows that can be granted.</param>
public sealed record GrantBatch(Guid Id, MunicipalityCode Municipality, ProgrammeId Programme, string Sha256, string FileName, DateOnly ExpiresOn, BatchStage Stage,
    StaffId Maker, StaffId? AskedBy, int Lines, int Good, Points Points, long MadeMs)
{
    public int Bad => Lines - Good;

    /// <summary>The transfer of a row: file and line, so that no repetition credits twice (S2-P6b).</summary>
    public TransferId TransferOf(int line) => Ids.Named<TransferId>(Encoding.UTF8.GetBytes($"grant {Municipality} {Sha256} {line}"));
}

/// <param name="ShownId">Masked; of a bad row as it was typed.</param>
/// <param name="Code">Why it is not granted, or empty.</param>
/// <param name="SameLine">For <c>already_granted</c> within the file: the line that has the same person.</param>
public sealed record GrantBatchRow(int Line, CitizenId? Citizen, PersonKey? Person, string ShownId, string ShownPoints, long Points, string Occasion, BatchRowState State, string Code, int SameLine);

/// <summary>How far a batch is.</summary>
public sealed record BatchProgress(int Posted, int Refused, int Open, long RefusedPoints);

/// <summary>Reading the files of grants.</summary>
public sealed class FindBatches(Database database)
{
    private const string All = """
        select id, municipality, programme, sha256, file_name, expires_on, state, maker, asked_by, line_count, good_count, points, made_ms from pts_grant_batch
        """;

    private const string RowsSql = """
        select line, citizen, person, shown_id, shown_points, points, occasion, state, code, same_line from pts_grant_row
        where batch = @batch and line > @after and (@bad = 0 or code <> '') order by line limit @count
        """;

    private const string OpenSql = """
        select line, citizen, person, shown_id, shown_points, points, occasion, state, code, same_line from pts_grant_row
        where batch = @batch and state = 'open' order by line limit @count
        """;

    private const string Progress = """
        select coalesce(sum(case when state = 'posted' then 1 else 0 end), 0), coalesce(sum(case when state = 'refused' then 1 else 0 end), 0),
          coalesce(sum(case when state = 'open' then 1 else 0 end), 0), coalesce(sum(case when state = 'refused' then points else 0 end), 0)
        from pts_grant_row where batch = @batch
        """;

    public async Task<GrantBatch?> One(MunicipalityCode municipality, string sha256, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{All} where municipality = @municipality and sha256 = @sha256", new { municipality, sha256 }))?.Read();
    }

    /// <summary>The newest of a municipality.</summary>
    public async Task<IReadOnlyList<GrantBatch>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} where municipality = @municipality order by made_ms desc limit 50", new { municipality })).Select(r => r.Read())];
    }

    public async Task<GrantBatch?> NextRunning(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<Row>($"{All} where state = 'running' order by made_ms limit 1"))?.Read();
    }

    public async Task<IReadOnlyList<GrantBatchRow>> Rows(Guid batch, int after, int count, bool bad, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LineRow>(RowsSql, new { batch, after, count, bad = bad ? 1 : 0 })).Select(r => r.Read())];
    }

    internal async Task<IReadOnlyList<GrantBatchRow>> Open(Guid batch, int count, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LineRow>(OpenSql, new { batch, count })).Select(r => r.Read())];
    }

    public async Task<BatchProgress> ProgressOf(Guid batch, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return Read(await connection.QuerySingleAsync<(long, long, long, long)>(Progress, new { batch }));
    }

    internal static async Task<BatchProgress> ProgressOf(Transaction tx, Guid batch) =>
        Read(await tx.Connection.QuerySingleAsync<(long, long, long, long)>(Progress, new { batch }, tx.Handle));

    private static BatchProgress Read((long Posted, long Refused, long Open, long Points) row) => new((int)row.Posted, (int)row.Refused, (int)row.Open, row.Points);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public ProgrammeId Programme { get; init; }
        public string Sha256 { get; init; } = "";
        public string FileName { get; init; } = "";
        public DateOnly ExpiresOn { get; init; }
        public string State { get; init; } = "";
        public StaffId Maker { get; init; }
        public StaffId? AskedBy { get; init; }
        public int LineCount { get; init; }
        public int GoodCount { get; init; }
        public long Points { get; init; }
        public long MadeMs { get; init; }

        public GrantBatch Read() => new(Id, Municipality, Programme, Sha256, FileName, ExpiresOn, Words<BatchStage>.Stored(State), Maker, AskedBy, LineCount, GoodCount, new Kernel.Points(Points), MadeMs);
    }

    private sealed record LineRow
    {
        public int Line { get; init; }
        public CitizenId? Citizen { get; init; }
        public PersonKey? Person { get; init; }
        public string ShownId { get; init; } = "";
        public string ShownPoints { get; init; } = "";
        public long Points { get; init; }
        public string Occasion { get; init; } = "";
        public string State { get; init; } = "";
        public string Code { get; init; } = "";
        public int SameLine { get; init; }

        public GrantBatchRow Read() => new(Line, Citizen, Person, ShownId, ShownPoints, Points, Occasion, Words<BatchRowState>.Stored(State), Code, SameLine);
    }
}
