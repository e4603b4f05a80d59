using Dapper;
using MyKey.Identity;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Activities;

/// <summary>イベント参加報告: a citizen reports by a code that he scanned or typed (S1-34). Wrong codes slow down the next one, and more so.</summary>
public sealed class ReportAttendance(Database database, ReadCode read, MakeReport make, FindReports find, FindCitizen citizens, Tries tries, WatchReports watch)
{
    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 10 * 60_000, ForgetMs: 60 * 60_000);

    private const string UsedSlip = "select s.no, r.person from inc_slip s join inc_report r on r.id = s.report where s.code_hash = @Slip";

    /// <param name="sealedText">What the browser kept of a code that was scanned before the login.</param>
    /// <returns>The report; <c>code_throttled</c> (wait), <c>qr_invalid</c>, <c>mykey_unknown</c>, and as <see cref="MakeReport.Run"/>.</returns>
    public async Task<Result<Report>> Run(Citizen citizen, TransferId id, string? code, string? sealedText = null, CancellationToken stop = default)
    {
        if (await find.One(id, stop) is { } before) return before.Who.Citizen == citizen.Id ? before : Refusal.Of("id_reused");
        if (await citizens.PersonKeyOf(citizen.Id, stop) is not { } person) return Refusal.Of("mykey_unknown");
        var key = TryKey.Of("attend", citizen.Id.Value.ToString("N"));
        var wait = await database.Write(tx => tries.Reserve(tx, key, Rule), stop);
        if (wait > 0) return Refusal.Of("code_throttled", ("wait", Tries.Seconds(wait)));
        var seen = sealedText is null ? await read.Run(code, stop) : await read.Sealed(sealedText, stop);
        if (seen.Refused is { } wrong) return wrong;
        if (seen.Value.Slip is { } slip && await UsedByOther(slip, person, stop) is { } no)
        {
            await watch.SlipTried(seen.Value.Activity, no, stop);
            return Refusal.Of("qr_invalid");
        }
        await database.Write(tx => tries.Clear(tx, key), stop);
        return await make.Run(new NewReport(id, seen.Value, new Participant(citizen.Id, person, citizen.MyKeyId.Masked), Actor.Of(citizen.Id)), stop);
    }

    /// <returns>The number of a slip that somebody else has used.</returns>
    private async Task<int?> UsedByOther(byte[] slip, PersonKey person, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var used = (await connection.QueryAsync<(long No, PersonKey Person)>(UsedSlip, new { Slip = slip })).ToList();
        return used is [var one] && one.Person != person ? (int)one.No : null;
    }
}
