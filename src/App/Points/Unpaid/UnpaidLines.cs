using Dapper;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Unpaid;

/// <summary>Somebody on a recipient list who has not been paid (S2-P2c).</summary>
/// <param name="Points">As the list says.</param>
/// <param name="Waits">A payment of it waits for another officer.</param>
public sealed record UnpaidLine(Guid Batch, string Sha256, string FileName, int Line, string Reference, string ShownId, string Points, string Occasion, string Code, bool Waits);

/// <param name="Place">Batch and line.</param>
public sealed record PayOrder(Guid Batch, int Line, string? MyKeyId, bool Proven);

/// <summary>
/// Who is on the recipient lists of a programme and why not paid yet; paid later under the transfer of the line, so that no list and no repetition pays twice.
/// What another list has paid under the same number of the office is gone from here.
/// </summary>
public sealed class UnpaidLines(Database database, FindBatches batches, FindGrants found, GrantPoints grants, OperationLog log, TimeProvider clock)
{
    public const int Most = 500;

    private const string Open = """
        from pts_grant_row r join pts_grant_batch b on b.id = r.batch left join pts_grant g on g.id = r.paid
        where b.programme = @programme and b.municipality = @municipality and b.state in ('running', 'done') and r.state = 'refused' and r.code <> 'already_granted' and r.dropped_ms is null
          and (g.id is null or g.state <> 'posted')
          and (r.reference = '' or not exists (select 1 from pts_grant_row o join pts_grant_batch ob on ob.id = o.batch left join pts_grant og on og.id = o.paid
            where ob.programme = b.programme and o.reference = r.reference and (o.state = 'posted' or og.state = 'posted')))
        """;

    private const string All = $"""
        select b.id as batch, b.sha256, b.file_name, r.line, r.reference, r.shown_id, r.shown_points as points, r.occasion, r.code,
          cast(case when g.state = 'waiting' then 1 else 0 end as int) as waits {Open}
        """;

    private const string First = All + " order by b.made_ms, b.id, r.line limit @Most";

    private const string Next = All + """
         and (b.made_ms, b.id, r.line) > ((select made_ms from pts_grant_batch where id = @Batch and municipality = @municipality), @Batch, @Line) order by b.made_ms, b.id, r.line limit @Most
        """;

    private const string One = All + " and r.batch = @batch and r.line = @line";

    /// <param name="after">The last line of the leaf before; null: from the first.</param>
    public async Task<IReadOnlyList<UnpaidLine>> Of(MunicipalityCode municipality, ProgrammeId programme, (Guid Batch, int Line)? after = null, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = after is { } last
            ? await connection.QueryAsync<Row>(Next, new { municipality, programme, Most, last.Batch, last.Line })
            : await connection.QueryAsync<Row>(First, new { municipality, programme, Most });
        return [.. rows.Select(r => r.Read())];
    }

    public static (Guid Batch, int Line)? After(Guid? batch, int? line) => batch is { } one && line is { } at ? (one, at) : null;

    /// <returns>null when it is paid, given up or no line of this office's programme.</returns>
    public async Task<UnpaidLine?> Find(StaffAtWork work, ProgrammeId programme, (Guid Batch, int Line) place, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>(One, new { municipality = work.Office.Code, programme, batch = place.Batch, line = place.Line }))?.Read();
    }

    public async Task<long> Count(MunicipalityCode municipality, ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>($"select count(*) {Open}", new { municipality, programme });
    }

    /// <summary>Pays a line to whoever has this MyKeyId: by all rules of a grant to one person.</summary>
    /// <returns>The grant, posted or waiting; <c>not_found</c> when the line is paid or given up, and the refusals of <see cref="GrantPoints"/>.</returns>
    public async Task<Result<Grant>> Pay(StaffAtWork work, ProgrammeId programme, PayOrder order, CancellationToken stop = default)
    {
        var granter = Granter.Of(work);
        if (granter.Refused is { } forbidden) return forbidden;
        if (await Find(work, programme, (order.Batch, order.Line), stop) is not { } line || await batches.One(work.Office.Code, line.Sha256, stop) is not { } batch) return Refusal.Of("not_found");
        var points = Points.Read(line.Points);
        if (points.Refused is { } noPoints) return noPoints;
        var id = await Asked(batch.TransferOf(order.Line), stop);
        var paid = await grants.Run(granter.Value, new GrantOrder(id, programme, order.MyKeyId, points.Value.Value, null, line.Occasion) { Proven = order.Proven }, stop);
        // Beside it only for this list: the grant is known by the line whether this is written or not.
        if (paid.Ok) await database.Write(tx => tx.Connection.ExecuteAsync("update pts_grant_row set paid = @id where batch = @Batch and line = @Line", new { id, order.Batch, order.Line }, tx.Handle), stop);
        return paid;
    }

    /// <summary>What another officer turned down is asked for again under the next number, and so on: of those only the last can ever be posted.</summary>
    private async Task<TransferId> Asked(TransferId id, CancellationToken stop)
    {
        while (await found.One(id, stop) is { State: GrantState.Withdrawn }) id = Ids.Named<TransferId>([.. "unpaid-again"u8, .. id.Value.Bytes()]);
        return id;
    }

    /// <summary>It will not be paid: it is on the list no more.</summary>
    /// <returns>false when it was not any more; <c>role_forbidden</c>, <c>not_found</c>, <c>field_required</c> and what free text is refused for.</returns>
    public async Task<Result<bool>> Drop(StaffAtWork work, ProgrammeId programme, (Guid Batch, int Line) place, string? why, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var reason = NameText.Read("reason", why, Recalls.RecallGrant.LongestReason);
        if (reason.Refused is { } no) return no;
        if (await Find(work, programme, place, stop) is null) return Refusal.Of("not_found");
        return await database.Write(async tx =>
        {
            var row = new { place.Batch, place.Line, Now = clock.NowMs() };
            var dropped = await tx.Connection.ExecuteAsync("update pts_grant_row set dropped_ms = @Now where batch = @Batch and line = @Line and state = 'refused' and dropped_ms is null", row, tx.Handle) == 1;
            if (dropped) await log.Write(tx, new Operation("unpaid.dropped", work.Actor, place.Batch, After: $"line {place.Line}", Reason: reason.Value));
            return dropped;
        }, stop);
    }

    private sealed record Row
    {
        public Guid Batch { get; init; }
        public string Sha256 { get; init; } = "";
        public string FileName { get; init; } = "";
        public int Line { get; init; }
        public string Reference { get; init; } = "";
        public string ShownId { get; init; } = "";
        public string Points { get; init; } = "";
        public string Occasion { get; init; } = "";
        public string Code { get; init; } = "";
        public int Waits { get; init; }

        public UnpaidLine Read() => new(Batch, Sha256, FileName, Line, Reference, ShownId, Points, Occasion, Code, Waits == 1);
    }
}
