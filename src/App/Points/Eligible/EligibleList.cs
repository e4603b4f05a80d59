using Dapper;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Eligible;

/// <summary>Stored: read and shown, it does not count yet. Active: it counts. Replaced: another one counts in its place.</summary>
public enum EligibleState { Stored, Active, Replaced }

/// <summary>A list of those who may get something out of a programme, as it was read.</summary>
/// <param name="Good">Lines that name somebody.</param>
public sealed record EligibleList(Guid Id, ProgrammeId Programme, string Sha256, EligibleState State, int Lines, int Good, long MadeMs);

/// <param name="ShownId">Masked.</param>
/// <param name="Code">What is wrong with the line, or empty.</param>
public sealed record EligibleLine(int Line, string ShownId, string Code);

/// <summary>Reading who may get something (S4-04).</summary>
public sealed class FindEligible(Database database)
{
    private const string Lists = "select id, programme, sha256, state, line_count, good_count, made_ms from pts_eligible_list";

    private const string Member = """
        select count(*) from pts_eligible_row r join pts_eligible_list l on l.id = r.list where r.person = @person and r.code = '' and l.programme = @Id and l.state = 'active'
        """;

    private const string Persons = """
        select count(distinct r.person) from pts_eligible_row r join pts_eligible_list l on l.id = r.list where r.code = '' and l.programme = @programme and l.state = 'active'
        """;

    /// <returns>null where this person may get something; <c>not_eligible</c> who is on no list, <c>proof_required</c> where the officer has not confirmed.</returns>
    public async Task<Refusal?> Check(Programme programme, PersonKey person, bool proven, CancellationToken stop = default)
    {
        if (programme.Rules.Eligibility == Eligibility.Proof) return proven ? null : Refusal.Of("proof_required");
        if (programme.Rules.Eligibility == Eligibility.Anyone) return null;
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>(Member, new { programme.Id, person }) > 0 ? null : Refusal.Of("not_eligible");
    }

    /// <summary>How many persons the lists that count have together.</summary>
    public async Task<int> Count(ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (int)await connection.ExecuteScalarAsync<long>(Persons, new { programme });
    }

    public async Task<EligibleList?> One(ProgrammeId programme, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return Read(await connection.QuerySingleOrDefaultAsync<Row>($"{Lists} where id = @id and programme = @programme", new { id, programme }));
    }

    /// <summary>All of a programme, the newest first.</summary>
    public async Task<IReadOnlyList<EligibleList>> Of(ProgrammeId programme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Lists} where programme = @programme order by made_ms desc", new { programme })).Select(r => Read(r)!)];
    }

    /// <summary>Lines that name nobody, in their order.</summary>
    public async Task<IReadOnlyList<EligibleLine>> Faults(Guid list, int after, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Fault>("select line, shown_id, code from pts_eligible_row where list = @list and code <> '' and line > @after order by line limit @count", new { list, after, count })).Select(f => new EligibleLine(f.Line, f.ShownId, f.Code))];
    }

    private static EligibleList? Read(Row? row) =>
        row is null ? null : new EligibleList(row.Id, row.Programme, row.Sha256, Words<EligibleState>.Stored(row.State), row.LineCount, row.GoodCount, row.MadeMs);

    private sealed record Fault
    {
        public int Line { get; init; }
        public string ShownId { get; init; } = "";
        public string Code { get; init; } = "";
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public ProgrammeId Programme { get; init; }
        public string Sha256 { get; init; } = "";
        public string State { get; init; } = "";
        public int LineCount { get; init; }
        public int GoodCount { get; init; }
        public long MadeMs { get; init; }
    }
}
