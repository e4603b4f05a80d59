using Dapper;
using MyKey.App.Grants;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Counters;

/// <summary>Where something that is counted comes from.</summary>
public enum CountKind { Attendance, File, Correction }

/// <param name="Id">Of the occasion, the file or the correction: with the line it counts once.</param>
/// <param name="Year">The fiscal year in which it was done.</param>
public sealed record CountSource(Guid Id, ProgrammeId Programme, int Year, CountKind Kind);

/// <param name="Amount">Stamps or hours; below 0 only in a correction.</param>
public sealed record CountLine(int Line, CitizenId Citizen, PersonKey Person, long Amount);

/// <summary>What somebody has gathered of a programme in a fiscal year.</summary>
/// <param name="Citizen">Under whom it was counted last.</param>
public sealed record Counted(CitizenId Citizen, PersonKey Person, long Count, bool Granted);

/// <summary>Counters of yearly programmes (S2-P19e). A counter is the sum of its lines, so there is nothing that could disagree with them.</summary>
public sealed class CountRows(Database database, Buckets buckets, TimeProvider clock)
{
    private const string Insert = """
        insert into pts_count(bucket, source, line, programme, fiscal_year, person, citizen, amount, kind, made_ms)
        values (@Bucket, @Source, @Line, @Programme, @Year, @Person, @Citizen, @Amount, @Kind, @Now)
        """;

    private const string Sum = "select cast(coalesce(sum(amount), 0) as bigint) from pts_count where bucket = @Bucket and person = @Person and programme = @Programme and fiscal_year = @Year";

    private const string Open = """
        select programme, fiscal_year, cast(sum(amount) as bigint) from pts_count where bucket = @Bucket and person = @person
        group by programme, fiscal_year having sum(amount) > 0 order by fiscal_year, programme
        """;

    private const string Once = "select count(*) from pts_grant_once where bucket = @Bucket and programme = @Programme and occasion = @Occasion and person = @person";

    // The newest line says under which citizen: a person may have got a new ID since the first.
    private const string OfYear = """
        select c.person, c.count, c.last_ms, n.citizen,
          cast(case when exists (select 1 from pts_grant_once o where o.bucket = c.bucket and o.programme = @programme and o.occasion = @occasion and o.person = c.person) then 1 else 0 end as int) as granted
        from (select bucket, person, cast(sum(amount) as bigint) as count, max(made_ms) as last_ms from pts_count
          where programme = @programme and fiscal_year = @year group by bucket, person) c
        join pts_count n on n.bucket = c.bucket and n.person = c.person and n.programme = @programme and n.fiscal_year = @year and n.made_ms = c.last_ms
        """;

    /// <summary>Adds lines in the transaction of whatever brings them.</summary>
    public async Task Add(Transaction tx, CountSource source, IEnumerable<CountLine> lines)
    {
        var now = clock.NowMs();
        await tx.Connection.ExecuteAsync(Insert, lines.Select(l => new
        {
            Bucket = buckets.Of(l.Person.Value), Source = source.Id, l.Line, source.Programme, source.Year, l.Person, l.Citizen, l.Amount, Kind = Words<CountKind>.Of(source.Kind), Now = now,
        }), tx.Handle);
    }

    /// <summary>What somebody who gives up the ID has gathered and is no points yet comes to nothing, with a line that says so (S0-5017).</summary>
    /// <returns>How much of each programme and fiscal year.</returns>
    public async Task<IReadOnlyList<(ProgrammeId Programme, int Year, long Count)>> End(Transaction tx, CitizenId citizen, PersonKey person)
    {
        var open = (await tx.Connection.QueryAsync<(ProgrammeId Programme, int Year, long Count)>(Open, new { Bucket = buckets.Of(person.Value), person }, tx.Handle)).ToList();
        var ended = new List<(ProgrammeId, int, long)>();
        foreach (var one in open)
        {
            if (await tx.Connection.ExecuteScalarAsync<long>(Once, new { Bucket = buckets.Of(person.Value), one.Programme, Occasion = GrantConditions.OccasionOf(one.Year), person }, tx.Handle) > 0) continue;
            await Add(tx, new CountSource(Guid.CreateVersion7(), one.Programme, one.Year, CountKind.Correction), [new CountLine(1, citizen, person, -one.Count)]);
            ended.Add(one);
        }
        return ended;
    }

    /// <summary>What somebody has now, in a transaction.</summary>
    public Task<long> Of(Transaction tx, ProgrammeId programme, int year, PersonKey person) =>
        tx.Connection.ExecuteScalarAsync<long>(Sum, new { Bucket = buckets.Of(person.Value), Person = person, Programme = programme, Year = year }, tx.Handle);

    /// <summary>Everybody of a year, each once.</summary>
    public async Task<IReadOnlyList<Counted>> All(ProgrammeId programme, int year, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<Row>(OfYear, new { programme, year, occasion = GrantConditions.OccasionOf(year) });
        return [.. rows.DistinctBy(r => r.Person).Select(r => new Counted(r.Citizen, r.Person, r.Count, r.Granted == 1))];
    }

    /// <summary>The counters of one person, by programme and fiscal year.</summary>
    public async Task<IReadOnlyList<(ProgrammeId Programme, int Year, long Count)>> Of(PersonKey person, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<(ProgrammeId, int, long)>("""
            select programme, fiscal_year, cast(sum(amount) as bigint) from pts_count where bucket = @Bucket and person = @person group by programme, fiscal_year order by fiscal_year desc, programme
            """, new { Bucket = buckets.Of(person.Value), person })];
    }

    /// <summary>Whether a person's year has become points.</summary>
    public async Task<bool> Granted(ProgrammeId programme, int year, PersonKey person, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from pts_grant_once where bucket = @Bucket and programme = @programme and occasion = @occasion and person = @person",
            new { Bucket = buckets.Of(person.Value), programme, occasion = GrantConditions.OccasionOf(year), person }) > 0;
    }

    private sealed class Row
    {
        public PersonKey Person { get; init; }
        public long Count { get; init; }
        public CitizenId Citizen { get; init; }
        public int Granted { get; init; }
    }
}
