using Dapper;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Recalls;

/// <summary>Waiting: for another officer. Posted: what was there is back in the budget, what was not is a debt. Withdrawn: nothing happens.</summary>
public enum RecallState { Waiting, Posted, Withdrawn }

/// <summary>A grant that turns out to be wrong, wherever it was made.</summary>
/// <param name="ShownId">Masked.</param>
public sealed record WrongGrant(TransferId Id, MunicipalityCode Municipality, ProgrammeId Programme, CitizenId Citizen, string ShownId, Points Amount, string Occasion)
{
    /// <summary>The office's page where it stands, when it is not one of its own grants.</summary>
    public string? Page { get; init; }
}

/// <summary>A grant that another module has made, by its transfer; null where it has none of that number.</summary>
public sealed record GrantElsewhere(Func<TransferId, CancellationToken, Task<WrongGrant?>> Find);

/// <summary>Which one is meant: that of the form for one person, or a line of a file.</summary>
public sealed record GrantPlace(Guid? Grant = null, string? File = null, int? Line = null);

/// <param name="Recalled">Null until it is posted, as the debt is.</param>
/// <param name="Owed">What was spent already: the municipality's own business with the person, outside the system.</param>
public sealed record Recall(TransferId Id, MunicipalityCode Municipality, ProgrammeId Programme, TransferId GrantedBy, CitizenId Citizen, PersonKey Person, string ShownId, Points Amount,
    string Reason, RecallState State, StaffId Maker, DateOnly Day, long MadeMs, Points? Recalled, Points? Owed);

/// <summary>Reading recalls, and the grants that they are about.</summary>
public sealed class FindRecalls(Database database, FindGrants grants, FindBatches batches, IEnumerable<GrantElsewhere> others)
{
    private const int Newest = 500;

    private const string All = """
        select id, municipality, programme, granted_by, citizen, person, shown_id, amount, reason, state, maker, civil_day, made_ms, recalled, owed from pts_recall r
        """;

    /// <summary>Of each grant the newest recall says what is open.</summary>
    private const string Open = """
        where municipality = @municipality and state = 'posted' and owed > 0 and not exists (select 1 from pts_recall n
          where n.granted_by = r.granted_by and n.state = 'posted' and n.posted_ms > r.posted_ms) order by made_ms desc
        """;

    /// <returns>A grant of this municipality that stands; else <c>not_found</c>.</returns>
    public async Task<Result<WrongGrant>> Grant(MunicipalityCode municipality, GrantPlace place, CancellationToken stop = default)
    {
        if (place.Grant is { } id)
            return await grants.One(new TransferId(id), stop) is { State: GrantState.Posted } grant && grant.Municipality == municipality
                ? new WrongGrant(grant.Id, municipality, grant.Programme, grant.Citizen, grant.ShownId, grant.Moves, grant.Occasion) : await Elsewhere(municipality, new TransferId(id), stop);
        if (place is not { File: { } hash, Line: { } line } || await batches.One(municipality, hash, stop) is not { } batch) return Refusal.Of("not_found");
        return (await batches.Rows(batch, RowsShown.All, line - 1, 1, stop)) is [{ State: BatchRowState.Posted, Citizen: { } citizen } row] && row.Line == line
            ? new WrongGrant(batch.TransferOf(line), municipality, batch.Programme, citizen, row.ShownId, new Points(row.Points), row.Occasion) : Refusal.Of("not_found");
    }

    private async Task<Result<WrongGrant>> Elsewhere(MunicipalityCode municipality, TransferId id, CancellationToken stop)
    {
        foreach (var other in others)
            if (await other.Find(id, stop) is { } grant && grant.Municipality == municipality) return grant;
        return Refusal.Of("not_found");
    }

    public async Task<Recall?> One(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{All} where id = @id", new { id }))?.Read();
    }

    /// <summary>Of one grant, in their order.</summary>
    public Task<IReadOnlyList<Recall>> Of(TransferId grant, CancellationToken stop = default) => Read($"{All} where granted_by = @grant order by made_ms", new { grant }, stop);

    public Task<IReadOnlyList<Recall>> Waiting(MunicipalityCode municipality, CancellationToken stop = default) =>
        Read($"{All} where municipality = @municipality and state = 'waiting' order by made_ms", new { municipality }, stop);

    /// <summary>The newest of a municipality.</summary>
    public Task<IReadOnlyList<Recall>> Of(MunicipalityCode municipality, CancellationToken stop = default) =>
        Read($"{All} where municipality = @municipality order by made_ms desc limit @Newest", new { municipality, Newest }, stop);

    /// <summary>What was spent of wrong grants.</summary>
    public Task<IReadOnlyList<Recall>> Owed(MunicipalityCode municipality, CancellationToken stop = default) => Read($"{All} {Open}", new { municipality }, stop);

    /// <summary>All posted of a bucket, for an audit.</summary>
    public Task<IReadOnlyList<Recall>> Posted(int bucket, CancellationToken stop = default) => Read($"{All} where bucket = @bucket and state = 'posted'", new { bucket }, stop);

    private async Task<IReadOnlyList<Recall>> Read(string sql, object values, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>(sql, values)).Select(r => r.Read())];
    }

    private sealed record Row
    {
        public TransferId Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public ProgrammeId Programme { get; init; }
        public TransferId GrantedBy { get; init; }
        public CitizenId Citizen { get; init; }
        public PersonKey Person { get; init; }
        public string ShownId { get; init; } = "";
        public long Amount { get; init; }
        public string Reason { get; init; } = "";
        public string State { get; init; } = "";
        public StaffId Maker { get; init; }
        public DateOnly CivilDay { get; init; }
        public long MadeMs { get; init; }
        public long? Recalled { get; init; }
        public long? Owed { get; init; }

        public Recall Read() => new(Id, Municipality, Programme, GrantedBy, Citizen, Person, ShownId, new Kernel.Points(Amount), Reason, Words<RecallState>.Stored(State), Maker, CivilDay, MadeMs,
            Recalled is { } recalled ? new Kernel.Points(recalled) : null, Owed is { } owed ? new Kernel.Points(owed) : null);
    }
}
