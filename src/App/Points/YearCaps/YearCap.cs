using Dapper;
using MyKey.App.Programmes;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.YearCaps;

/// <summary>
/// What a programme gives one person in a fiscal year at most (S4-03). What is above it is not given: the rest is. The sum is counted in the transaction of the
/// grant, so grants at the same moment never exceed it together; which of them gets less is found by asking again.
/// </summary>
public sealed class YearCap(Database database, Buckets buckets, TimeProvider clock)
{
    private const int Tries = 5;

    private const string Count = """
        insert into pts_grant_year(bucket, programme, fiscal_year, person, granted) values (@CapBucket, @CapProgramme, @CapYear, @CapPerson, @CapAmount)
        on conflict (bucket, programme, fiscal_year, person) do update set granted = pts_grant_year.granted + excluded.granted
        where pts_grant_year.granted + excluded.granted <= @CapMost
        """;

    private const string Note = """
        insert into pts_grant_counted(bucket, transfer, programme, fiscal_year, person, granted) values (@NoteBucket, @NoteTransfer, @NoteProgramme, @NoteYear, @NotePerson, @NoteAmount)
        on conflict do nothing
        """;

    private const string Uncount = """
        update pts_grant_year set granted = granted - @LessAmount where bucket = @LessBucket and granted >= @LessAmount and exists (select 1 from pts_grant_counted n
          where n.bucket = pts_grant_year.bucket and n.transfer = @LessTransfer and n.programme = pts_grant_year.programme and n.fiscal_year = pts_grant_year.fiscal_year and n.person = pts_grant_year.person)
        """;

    private const string Unnote = "update pts_grant_counted set granted = granted - @BackCounted where bucket = @BackBucketOf and transfer = @BackTransfer and granted >= @BackCounted";

    /// <summary>Of open lines of a file, what is left for each after the lines of the same person before it.</summary>
    private const string RestOfLines = """
        from (select r.line as at, @Cap - coalesce(y.granted, 0) - (sum(r.points) over (partition by r.person order by r.line) - r.points) as rest
          from pts_grant_row r left join pts_grant_year y on y.bucket = r.bucket and y.programme = @Programme and y.fiscal_year = @Year and y.person = r.person
          where r.batch = @Batch and r.state = 'open') s
        where pts_grant_row.batch = @Batch and pts_grant_row.line = s.at and pts_grant_row.state = 'open'
        """;

    private const string RefuseLines = $"update pts_grant_row set state = 'refused', code = 'cap_reached', points = 0 {RestOfLines} and s.rest <= 0";

    private const string ReduceLines = $"update pts_grant_row set code = 'cap_reached', points = s.rest {RestOfLines} and s.rest < pts_grant_row.points";

    /// <returns>What of it can be given to this person today; <c>cap_reached</c> when nothing can.</returns>
    public async Task<Result<Points>> Credit(Programme programme, PersonKey person, Points asked, CancellationToken stop = default)
    {
        if (programme.Rules.YearCap is not { } cap) return asked;
        await using var connection = await database.Open(stop);
        var granted = await connection.ExecuteScalarAsync<long?>(
            "select granted from pts_grant_year where bucket = @Bucket and programme = @Id and fiscal_year = @Year and person = @person",
            new { Bucket = buckets.Of(person.Value), programme.Id, Year, person }) ?? 0;
        return granted >= cap.Value ? Refusal.Of("cap_reached") : new Points(Math.Min(asked.Value, cap.Value - granted));
    }

    /// <summary>Posts as much of a grant as the cap leaves.</summary>
    /// <param name="post">Posts this amount with these companions beside its own.</param>
    /// <returns>What was posted; <c>cap_reached</c>, <c>busy</c> while others take the rest, and what <paramref name="post"/> refuses.</returns>
    public async Task<Result<Points>> Post(Programme programme, PersonKey person, (TransferId Id, Points Asked) grant, Func<Points, IReadOnlyList<Companion>, ValueTask<Result<Posted>>> post)
    {
        Points? before = null;
        for (var tried = 0; tried < Tries; tried++)
        {
            var credit = await Credit(programme, person, grant.Asked);
            if (credit.Refused is { } reached) return reached;
            // The same again: then it is the account that is full, not the year.
            if (before == credit.Value) return Refusal.Of("cap_reached");
            var posted = await post(credit.Value, Companions(programme, person, grant.Id, credit.Value));
            if (posted.Ok) return posted.Value.Amount;
            if (programme.Rules.YearCap is null || posted.Refused!.Code != "cap_reached") return posted.Refused!;
            before = credit.Value;
        }
        return Refusal.Of("busy");
    }

    /// <summary>For the recall of a part of a grant: what it counted.</summary>
    public async Task<IReadOnlyList<Companion>> GiveBack(TransferId grant, PersonKey person, Points amount, CancellationToken stop = default)
    {
        var bucket = buckets.Of(person.Value);
        await using var connection = await database.Open(stop);
        if (await connection.ExecuteScalarAsync<long>("select count(*) from pts_grant_counted where bucket = @bucket and transfer = @grant", new { bucket, grant }) == 0) return [];
        return
        [
            new Companion(Uncount, [("LessBucket", bucket), ("LessTransfer", grant), ("LessAmount", amount.Value)], 1, Refusal.Of("busy")),
            new Companion(Unnote, [("BackBucketOf", bucket), ("BackTransfer", grant), ("BackCounted", amount.Value)], 1, Refusal.Of("busy")),
        ];
    }

    /// <summary>Before anything happens: what each line of a file would give, and those that would give nothing.</summary>
    public async Task Foresee(Transaction tx, Guid batch, Programme programme)
    {
        if (programme.Rules.YearCap is not { } cap) return;
        var values = new { Batch = batch, Programme = programme.Id, Year, Cap = cap.Value };
        await tx.Connection.ExecuteAsync(RefuseLines, values, tx.Handle);
        await tx.Connection.ExecuteAsync(ReduceLines, values, tx.Handle);
    }

    private int Year => Jst.FiscalYear(clock.Today());

    private IReadOnlyList<Companion> Companions(Programme programme, PersonKey person, TransferId transfer, Points amount)
    {
        if (programme.Rules.YearCap is not { } cap) return [];
        var (bucket, year) = (buckets.Of(person.Value), Year);
        return
        [
            new Companion(Count,
            [
                ("CapBucket", bucket), ("CapProgramme", programme.Id), ("CapYear", year), ("CapPerson", person), ("CapAmount", amount.Value), ("CapMost", cap.Value),
            ], 1, Refusal.Of("cap_reached")),
            new Companion(Note,
            [
                ("NoteBucket", bucket), ("NoteTransfer", transfer), ("NoteProgramme", programme.Id), ("NoteYear", year), ("NotePerson", person), ("NoteAmount", amount.Value),
            ], 1, Refusal.Of("busy")),
        ];
    }
}
