using Dapper;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Kernel.Audits;

/// <param name="Whole">Every block from the first on; else those since the last audit.</param>
/// <param name="EndedMs">null: under way, or broken off and to be gone on with.</param>
public sealed record AuditRun(Guid Id, DateOnly Day, bool Whole, long StartedMs, long? EndedMs)
{
    public IReadOnlyList<AuditPart> Parts { get; init; } = [];

    public IEnumerable<AuditPart> Broken => Parts.Where(p => p.Broken.Count > 0);
}

/// <param name="Name">Such as <c>points:3</c> (a bucket), <c>operations</c>, <c>rights</c>.</param>
/// <param name="Span">What was looked at, e.g. <c>blocks 11 to 20</c>.</param>
/// <param name="Broken">Each names a row and what is wrong with it.</param>
public sealed record AuditPart(string Name, string Span, long Rows, IReadOnlyList<string> Broken);

/// <summary>What the audits that run by themselves have found, and where each chain ended.</summary>
public sealed class KeepAudits(Database database, OperationLog.OperationLog log, TimeProvider clock)
{
    private const string Columns = "select id, civil_day, whole, started_ms, ended_ms from krn_audit";

    private const string Put = """
        insert into krn_audit_part(audit, part, span, row_count, broken, ended_ms) values (@Id, @Name, @Span, @Rows, @Broken, @Now)
        on conflict (audit, part) do update set span = @Span, row_count = @Rows, broken = @Broken, ended_ms = @Now
        """;

    private const string Mark = """
        insert into krn_audit_mark(part, height, hash) values (@part, @Height, @Hash) on conflict (part) do update set height = @Height, hash = @Hash
        """;

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<AuditRun>> Last(int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var runs = (await connection.QueryAsync<RunRow>($"{Columns} order by civil_day desc limit @count", new { count })).AsList();
        var since = runs.Count == 0 ? 0 : runs[^1].CivilDay;
        var parts = (await connection.QueryAsync<PartRow>("""
            select p.audit, p.part, p.span, p.row_count, p.broken from krn_audit_part p join krn_audit a on a.id = p.audit where a.civil_day >= @since order by p.ended_ms, p.part
            """, new { since })).ToLookup(p => p.Audit);
        return [.. runs.Select(r => r.Read() with { Parts = [.. parts[r.Id].Select(p => p.Read())] })];
    }

    /// <summary>The last one from the first block on.</summary>
    public async Task<AuditRun?> LastWhole(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryFirstOrDefaultAsync<RunRow>($"{Columns} where whole = 1 and ended_ms is not null order by civil_day desc limit 1"))?.Read();
    }

    /// <summary>Begins the audit of a day, or goes on with it.</summary>
    /// <param name="ended">Nothing is looked at: from here on nights are counted.</param>
    public Task<AuditRun> Begin(DateOnly day, bool whole, bool ended = false, CancellationToken stop = default) => database.Write(async tx =>
    {
        var now = clock.NowMs();
        await tx.Connection.ExecuteAsync("insert into krn_audit(id, civil_day, whole, started_ms, ended_ms) values (@Id, @day, @Whole, @now, @Ended) on conflict (civil_day) do nothing",
            new { Id = Ids.NewV7(clock), day, Whole = whole ? 1 : 0, now, Ended = ended ? now : (long?)null }, tx.Handle);
        return (await tx.Connection.QuerySingleAsync<RunRow>($"{Columns} where civil_day = @day", new { day }, tx.Handle)).Read();
    }, stop);

    /// <param name="end">Where the chain of the part ended; null where it has none, or was not found whole.</param>
    public Task Write(AuditRun run, AuditPart part, ChainEnd? end, CancellationToken stop = default) => database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync(Put, new { run.Id, part.Name, part.Span, part.Rows, Broken = part.Broken.Count == 0 ? null : string.Join('\n', part.Broken), Now = clock.NowMs() }, tx.Handle);
        if (end is not null) await tx.Connection.ExecuteAsync(Mark, new { part = part.Name, end.Height, end.Hash }, tx.Handle);
    }, stop);

    /// <summary>Ends a run, with a line in the log of what it came to.</summary>
    public Task End(AuditRun run, Actor by, CancellationToken stop = default) => database.Write(async tx =>
    {
        if (await tx.Connection.ExecuteAsync("update krn_audit set ended_ms = @Now where id = @Id and ended_ms is null", new { run.Id, Now = clock.NowMs() }, tx.Handle) == 0) return;
        var broken = await tx.Connection.ExecuteScalarAsync<long>("select count(*) from krn_audit_part where audit = @Id and broken is not null", new { run.Id }, tx.Handle);
        await log.Write(tx, new Operation("audit.ended", by, run.Id, After: $"{(run.Whole ? "whole" : "since the last")}, {broken} parts broken"));
    }, stop);

    public async Task<ChainEnd?> EndOf(string part, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(long Height, byte[] Hash)?>("select height, hash from krn_audit_mark where part = @part", new { part });
        return row is { } end ? new ChainEnd(end.Height, end.Hash) : null;
    }

    private sealed record RunRow
    {
        public Guid Id { get; init; }
        public int CivilDay { get; init; }
        public int Whole { get; init; }
        public long StartedMs { get; init; }
        public long? EndedMs { get; init; }

        public AuditRun Read() => new(Id, Jst.FromNumber(CivilDay), Whole == 1, StartedMs, EndedMs);
    }

    private sealed record PartRow
    {
        public Guid Audit { get; init; }
        public string Part { get; init; } = "";
        public string Span { get; init; } = "";
        public long RowCount { get; init; }
        public string? Broken { get; init; }

        public AuditPart Read() => new(Part, Span, RowCount, Broken?.Split('\n') ?? []);
    }
}
