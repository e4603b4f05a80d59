using Dapper;
using MyKey.App.Budgets;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Tables;

/// <summary>A day of the year, whichever year.</summary>
public readonly record struct DayOfYear(int Month, int Day)
{
    /// <returns>The day as typed, its two numbers in whatever words; or <c>day_format</c>. 29 February comes too seldom to be one.</returns>
    public static Result<DayOfYear> Read(string? typed)
    {
        var numbers = new string([.. Typed.HalfWidth(typed).Select(c => char.IsAsciiDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return numbers is [var month, var day] && int.TryParse(month, out var m) && int.TryParse(day, out var d) ? From(m, d) : Refusal.Of("day_format");
    }

    public static Result<DayOfYear> From(int month, int day) => month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2001, month) ? new DayOfYear(month, day) : Refusal.Of("day_format");

    /// <summary>In a fiscal year, which begins in April.</summary>
    public DateOnly In(int fiscalYear) => new(Month >= 4 ? fiscalYear : fiscalYear + 1, Month, Day);

    public override string ToString() => $"{Month}月{Day}日";
}

/// <summary>From which day of a fiscal year on a programme's table is used: until then people gather (S4-02c: in March).</summary>
public sealed class ExchangeDays(Database database, OfficeProgrammes programmes, OperationLog log, TimeProvider clock)
{
    private const string Select = "select month, day from pts_exchange_day where programme = @id";

    private const string Upsert = """
        insert into pts_exchange_day(programme, month, day) values (@id, @Month, @Day) on conflict (programme) do update set month = excluded.month, day = excluded.day
        """;

    /// <returns>null where the programme has none: whenever the office likes.</returns>
    public async Task<DayOfYear?> Of(ProgrammeId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<(int Month, int Day)?>(Select, new { id }) is { } row ? new DayOfYear(row.Month, row.Day) : null;
    }

    /// <summary>The first day on which what was gathered in a fiscal year becomes points.</summary>
    public async Task<DateOnly?> First(ProgrammeId id, int fiscalYear, CancellationToken stop = default) => (await Of(id, stop))?.In(fiscalYear);

    /// <returns>null; <c>not_started</c> (from) before it.</returns>
    public async Task<Refusal?> NotYet(ProgrammeId id, int fiscalYear, CancellationToken stop = default) =>
        await First(id, fiscalYear, stop) is { } first && clock.Today() < first ? Refusal.Of("not_started", ("from", Words.Day(first))) : null;

    /// <param name="day">null: none from now on.</param>
    /// <returns>The day; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<DayOfYear?>> Set(StaffAtWork work, ProgrammeId id, DayOfYear? day, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        if ((await programmes.One(work, id, stop)).Refused is { } no) return no;
        var before = await Of(id, stop);
        if (before == day) return day;
        await database.Write(async tx =>
        {
            if (day is { } set) await tx.Connection.ExecuteAsync(Upsert, new { id, set.Month, set.Day }, tx.Handle);
            else await tx.Connection.ExecuteAsync("delete from pts_exchange_day where programme = @id", new { id }, tx.Handle);
            await log.Write(tx, new Operation("programme.exchange_day_set", work.Actor, id.Value, Before: Said(before), After: Said(day)));
        }, stop);
        return day;
    }

    private static string? Said(DayOfYear? day) => day is { } set ? $"{set.Month:00}-{set.Day:00}" : null;
}
