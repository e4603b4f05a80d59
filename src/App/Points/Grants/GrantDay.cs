using System.Data.Common;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Grants;

/// <summary>To whose sums of which day a grant counts.</summary>
public sealed record GrantCount(Actor Maker, MunicipalityCode Municipality, ProgrammeId Programme, DateOnly Day);

/// <summary>What one maker may do alone on a day.</summary>
/// <param name="Programme">Out of one programme, which may be stricter.</param>
/// <param name="Municipality">Out of all programmes of the municipality together.</param>
public sealed record AloneMost(long Programme, long Municipality)
{
    /// <summary>Another officer approved it.</summary>
    public static AloneMost Any { get; } = new(long.MaxValue, long.MaxValue);
}

/// <summary>What one maker has done on a day in a municipality, over all of its programmes.</summary>
internal static class MakerDay
{
    public const string Grant = "grant", Budget = "budget";

    /// <summary>Counts, as long as it stays within the most.</summary>
    public const string Count = """
        insert into pts_maker_day(maker, municipality, civil_day, what, points) values (@DayMaker, @DayTown, @DayOf, @DayWhat, @DayAmount)
        on conflict (maker, municipality, civil_day, what) do update set points = pts_maker_day.points + excluded.points where pts_maker_day.points + excluded.points <= @DayMost
        """;

    /// <returns>Whether it is within what may be done alone; then it is counted.</returns>
    public static async Task<bool> Take(Transaction tx, string what, (Actor Maker, MunicipalityCode Town, DateOnly Day) of, (long Amount, long Most) sum) =>
        sum.Amount <= sum.Most && await tx.Connection.ExecuteAsync(Count,
            new { DayMaker = of.Maker.Id, DayTown = of.Town, DayOf = of.Day, DayWhat = what, DayAmount = sum.Amount, DayMost = sum.Most }, tx.Handle) == 1;
}

/// <summary>
/// What one maker has granted on a day, alone or approved, out of a programme and out of all programmes of the municipality together: the sums that four eyes count
/// (identity.md). A new programme every hour is no way around them.
/// </summary>
internal static class GrantDay
{
    private const string Count = """
        insert into pts_grant_day(maker, programme, civil_day, granted) values (@Maker, @Programme, @Day, @Amount)
        on conflict (maker, programme, civil_day) do update set granted = pts_grant_day.granted + excluded.granted where pts_grant_day.granted + excluded.granted <= @Most
        """;

    private const string TakeOffTown = "update pts_maker_day set points = points - @Amount where maker = @Maker and municipality = @Town and civil_day = @Day and what = 'grant'";

    private const string TakeOff = $"""
        update pts_grant_day set granted = granted - @Amount where maker = @Maker and programme = @Programme and civil_day = @Day;
        {TakeOffTown}
        """;

    /// <summary>The same in the transaction of a transfer; <c>busy</c> when somebody else has used up what may be done alone.</summary>
    public static IEnumerable<Companion> Counted(GrantCount of, long amount, AloneMost most)
    {
        var (maker, day) = (of.Maker.Id, of.Day.ToNumber());
        yield return new Companion(MakerDay.Count,
            [("DayMaker", maker), ("DayTown", of.Municipality.Value), ("DayOf", day), ("DayWhat", MakerDay.Grant), ("DayAmount", amount), ("DayMost", most.Municipality)], 1, Refusal.Of("busy"));
        yield return new Companion(Count, [("Maker", maker), ("Programme", of.Programme), ("Day", day), ("Amount", amount), ("Most", most.Programme)], 1, Refusal.Of("busy"));
    }

    /// <returns>Whether it is within what may be granted alone; then it is counted.</returns>
    public static async Task<bool> Take(Transaction tx, GrantCount of, long amount, AloneMost most)
    {
        if (amount > most.Programme || !await MakerDay.Take(tx, MakerDay.Grant, (of.Maker, of.Municipality, of.Day), (amount, most.Municipality))) return false;
        if (await tx.Connection.ExecuteAsync(Count, Row(of, amount, most.Programme), tx.Handle) == 1) return true;
        // The programme is stricter than the municipality: nothing counts of what will wait.
        await tx.Connection.ExecuteAsync(TakeOffTown, Row(of, amount), tx.Handle);
        return false;
    }

    /// <summary>Counts what another officer approved.</summary>
    public static async Task Add(Transaction tx, GrantCount of, long amount) =>
        Must.Hold(await Take(tx, of, amount, AloneMost.Any), "what two decide has no most");

    public static async Task GiveBack(Transaction tx, GrantCount of, long amount) =>
        Must.Hold(await tx.Connection.ExecuteAsync(TakeOff, Row(of, amount), tx.Handle) == 2, "what was granted was counted");

    /// <summary>Whether so much more would be within the most now.</summary>
    public static async Task<bool> Fits(DbConnection connection, GrantCount of, long amount, AloneMost most)
    {
        var (programme, town) = await connection.QuerySingleAsync<(long, long)>("""
            select coalesce((select granted from pts_grant_day where maker = @Maker and programme = @Programme and civil_day = @Day), 0),
              coalesce((select points from pts_maker_day where maker = @Maker and municipality = @Town and civil_day = @Day and what = 'grant'), 0)
            """, Row(of, amount));
        return programme + amount <= most.Programme && town + amount <= most.Municipality;
    }

    private static object Row(GrantCount of, long amount, long most = 0) => new { Maker = of.Maker.Id, Town = of.Municipality, of.Programme, of.Day, Amount = amount, Most = most };
}
