using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.GrantBatches;

/// <summary>Reading the files of grants.</summary>
public sealed class FindBatches(Database database)
{
    private const int Newest = 50;

    private const string All = """
        select id, municipality, programme, sha256, file_name, occasion, expires_on, state, maker, asked_by, asked_on, decided_by, line_count, good_count, points, made_ms
        from pts_grant_batch
        """;

    private const string Lines = "select line, citizen, person, shown_id, shown_points, points, occasion, state, code, same_line, reference from pts_grant_row where batch = @batch and line > @after";

    private const string Progress = "select state, count(*) from pts_grant_row where batch = @Id group by state";

    public async Task<GrantBatch?> One(MunicipalityCode municipality, string sha256, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{All} where municipality = @municipality and sha256 = @sha256", new { municipality, sha256 }))?.Read();
    }

    /// <returns>The batch; <c>not_found</c>; <c>form_expired</c> when the file was read again since.</returns>
    public async Task<Result<GrantBatch>> One(StaffAtWork work, string sha256, Guid id, CancellationToken stop) =>
        await One(work.Office.Code, sha256, stop) is not { } batch ? Refusal.Of("not_found") : batch.Id != id ? Refusal.Of("form_expired") : batch;

    /// <summary>The newest of a municipality.</summary>
    public async Task<IReadOnlyList<GrantBatch>> Of(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} where municipality = @municipality order by made_ms desc limit @Newest", new { municipality, Newest })).Select(r => r.Read())];
    }

    /// <summary>Those of a municipality that somebody still has to do with.</summary>
    public async Task<IReadOnlyList<GrantBatch>> InWork(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} where municipality = @municipality and state <> 'done' order by made_ms", new { municipality })).Select(r => r.Read())];
    }

    public async Task<GrantBatch?> NextRunning(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<Row>($"{All} where state = 'running' order by made_ms limit 1"))?.Read();
    }

    /// <summary>Lines after one, in their order.</summary>
    public async Task<IReadOnlyList<GrantBatchRow>> Rows(GrantBatch batch, RowsShown shown, int after, int count, CancellationToken stop = default)
    {
        var sql = shown switch
        {
            RowsShown.Refused => $"{Lines} and state = 'refused' order by line limit @count",
            RowsShown.Open => $"{Lines} and state = 'open' order by line limit @count",
            _ => $"{Lines} order by line limit @count",
        };
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<LineRow>(sql, new { batch = batch.Id, after, count })).Select(r => r.Read())];
    }

    public async Task<BatchProgress> ProgressOf(GrantBatch batch, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var counts = (await connection.QueryAsync<(string State, long Count)>(Progress, new { batch.Id })).ToDictionary(c => Words<BatchRowState>.Stored(c.State), c => (int)c.Count);
        return new BatchProgress(counts.GetValueOrDefault(BatchRowState.Posted), counts.GetValueOrDefault(BatchRowState.Refused), counts.GetValueOrDefault(BatchRowState.Open));
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public ProgrammeId Programme { get; init; }
        public string Sha256 { get; init; } = "";
        public string FileName { get; init; } = "";
        public string Occasion { get; init; } = "";
        public DateOnly ExpiresOn { get; init; }
        public string State { get; init; } = "";
        public StaffId Maker { get; init; }
        public StaffId? AskedBy { get; init; }
        public DateOnly? AskedOn { get; init; }
        public StaffId? DecidedBy { get; init; }
        public int LineCount { get; init; }
        public int GoodCount { get; init; }
        public long Points { get; init; }
        public long MadeMs { get; init; }

        public GrantBatch Read() => new(Id, Municipality, Programme, Sha256, FileName, Occasion, ExpiresOn, Words<BatchStage>.Stored(State), Maker, AskedBy, AskedOn, DecidedBy,
            LineCount, GoodCount, new Kernel.Points(Points), MadeMs);
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
        public string Reference { get; init; } = "";

        public GrantBatchRow Read() => new(Line, Citizen, Person, ShownId, ShownPoints, Points, Occasion, Words<BatchRowState>.Stored(State), Code, SameLine) { Reference = Reference };
    }
}
