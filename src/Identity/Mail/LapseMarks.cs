using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Mail;

/// <summary>Until which last day of points a citizen has been told; each moves on once a day, so nobody hears twice of the same points and one mail a day is the most.</summary>
public sealed record LapseMark(CitizenId Citizen, DateOnly Told30, DateOnly Told7);

/// <summary>Who has still to be asked about today, whatever days the job was away.</summary>
public sealed class LapseMarks(Database database, WriteNotice notices)
{
    public const int Early = 30, Late = 7;

    /// <summary>Citizens with a mailbox who were not looked at today.</summary>
    public async Task<IReadOnlyList<LapseMark>> Behind(DateOnly today, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<(CitizenId Citizen, int Told30, int Told7)>(
            "select citizen, told30, told7 from idn_mail where told7 < @Until order by told7, citizen limit @count", new { Until = today.AddDays(Late), count });
        return [.. rows.Select(r => new LapseMark(r.Citizen, Day(r.Told30), Day(r.Told7)))];
    }

    /// <summary>Takes the day for a citizen and writes the notice, where there is something to tell.</summary>
    /// <param name="facts">Which points, and their last day as yyyymmdd.</param>
    /// <returns>false when another process has been there.</returns>
    public Task<bool> Tell(LapseMark mark, DateOnly today, IReadOnlyList<(string Name, string Value)> facts, CancellationToken stop = default) => database.Write(async tx =>
    {
        var moved = await tx.Connection.ExecuteAsync("update idn_mail set told30 = @Until30, told7 = @Until7 where citizen = @Citizen and told7 = @Before",
            new { mark.Citizen, Until30 = today.AddDays(Early), Until7 = today.AddDays(Late), Before = mark.Told7 == DateOnly.MinValue ? 0 : mark.Told7.ToNumber() }, tx.Handle);
        if (moved == 0) return false;
        if (facts.Count > 0) await notices.Write(tx, mark.Citizen, Notice.Lapse, [.. facts]);
        return true;
    }, stop);

    private static DateOnly Day(int number) => number == 0 ? DateOnly.MinValue : Jst.FromNumber(number);
}
