using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Activities;

/// <summary>A slip of paper that reports one person once.</summary>
public sealed record Slip(int No, string Code);

/// <summary>Slips for those without a telephone, 24 on a sheet of A4. The codes exist on the paper alone: here are their keyed hashes.</summary>
public sealed class MakeSlips(Database database, ActivityCodes codes, OperationLog log, TimeProvider clock)
{
    public const int OnSheet = 24, MostSheets = 10, MostSlips = 2_400;

    /// <param name="sheet">Made by the caller. A sheet is printed once.</param>
    /// <returns>The slips; <c>field_unknown</c> (sheets), <c>activity_called_off</c>, <c>report_closed</c> (from, until), <c>slips_printed</c>, <c>too_large</c>.</returns>
    public async Task<Result<Slip[]>> Run(Venue venue, Guid sheet, int sheets, CancellationToken stop = default)
    {
        var activity = venue.Activity;
        if (sheets is < 1 or > MostSheets) return Refusal.Of("field_unknown", ("field", "sheets"));
        if (activity.State == ActivityState.CalledOff) return Refusal.Of("activity_called_off");
        if (clock.Today() > activity.Terms.ReportUntil) return activity.TakesReports(clock.NowMs(), activity.Terms.ReportUntil)!;
        var fresh = new List<(string Code, byte[] Hash)>();
        for (var i = 0; i < sheets * OnSheet; i++)
        {
            var code = CheckedNumber.New(CheckedNumber.SlipDigits);
            fresh.Add((code, await codes.HashOf(code, stop)));
        }
        return await database.WriteOrRefuse<Slip[]>(async tx =>
        {
            await RegisterForActivity.Hold(tx, activity.Id);
            var (before, printed) = await tx.Connection.QuerySingleAsync<(long, long)>(
                "select (select coalesce(max(no), 0) from inc_slip where activity = @Id), (select count(*) from inc_slip where sheet = @sheet)", new { activity.Id, sheet }, tx.Handle);
            if (printed > 0) return Refusal.Of("slips_printed");
            if (before + fresh.Count > MostSlips) return Refusal.Of("too_large");
            var rows = fresh.Select((f, i) => new { f.Hash, Activity = activity.Id, sheet, No = (int)before + i + 1 });
            await tx.Connection.ExecuteAsync("insert into inc_slip(code_hash, activity, sheet, no) values (@Hash, @Activity, @sheet, @No)", rows, tx.Handle);
            await log.Write(tx, new Operation("slips.printed", venue.Actor, activity.Id.Value, Terminal: venue.Actor.Kind == ActorKind.Terminal ? new TerminalId(venue.Actor.Id) : null, After: $"{activity.Municipality} {fresh.Count}"));
            return fresh.Select((f, i) => new Slip((int)before + i + 1, f.Code)).ToArray();
        }, stop);
    }
}
