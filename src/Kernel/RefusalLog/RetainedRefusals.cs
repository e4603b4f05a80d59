using System.Globalization;
using Dapper;
using MyKey.Kernel.Db;
using MyKey.Kernel.Retention;

namespace MyKey.Kernel.RefusalLog;

/// <summary>The refusals (<c>log_refusal</c>): no link of a chain, and who was refused what is of use for some years only.</summary>
public static class RetainedRefusals
{
    // The month leads the key: without it, looking for what is old would read every refusal there is.
    private const string Sqlite = """
        delete from log_refusal where rowid in (select rowid from log_refusal where month <= @Month and time_ms < @before order by month, id limit @most)
        returning month, id, time_ms, civil_day, code, actor_kind, actor, terminal, client, method, route, inquiry, count
        """;

    private const string Postgres = "select month, id, time_ms, civil_day, code, actor_kind, actor, terminal, client, method, route, inquiry, count from krn_purge_refusal(@before, @most)";

    public static Retained Kind { get; } = new("log_refusal", "retention.refusal_days", async (tx, before, most) =>
        [.. (await tx.Connection.QueryAsync<RefusalRow>(tx.Engine == Engine.Postgres ? Postgres : Sqlite, new { before, most, Month = RefusalRow.MonthOf(Jst.Day(before)) }, tx.Handle))
            .OrderBy(r => r.Month).ThenBy(r => r.Id).Select(Text)]);

    private static string Text(RefusalRow r) => string.Create(CultureInfo.InvariantCulture,
        $"{r.Month};{r.Id};{r.TimeMs};{r.CivilDay.ToNumber()};{r.Code};{r.ActorKind};{r.Actor};{r.Terminal};{(r.Client is null ? "" : Convert.ToHexStringLower(r.Client))};{r.Method};{r.Route};{r.Inquiry};{r.Count}");
}
