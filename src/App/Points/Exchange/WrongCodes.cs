using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <summary>
/// Ends guessing: so many codes that nobody gave out, per citizen and day. Codes are counted before they are looked up and those that exist are given
/// back, so any number of guesses at the same instant gain nothing.
/// </summary>
public sealed class WrongCodes(Database database, Buckets buckets, TimeProvider clock)
{
    public const int MostPerDay = 50;

    private const string Count = """
        insert into pts_coupon_wrong(bucket, citizen, civil_day, wrong) values (@Bucket, @citizen, @day, @count)
        on conflict (bucket, citizen, civil_day) do update set wrong = pts_coupon_wrong.wrong + @count where pts_coupon_wrong.wrong + @count <= @MostPerDay
        """;

    private const string Give = "update pts_coupon_wrong set wrong = wrong - @count where bucket = @Bucket and citizen = @citizen and civil_day = @day";

    /// <returns>The day on which they were counted; <c>rate_limited</c> (wait) until it ends.</returns>
    public async Task<Result<DateOnly>> Reserve(CitizenId citizen, int count, CancellationToken stop)
    {
        var day = clock.Today();
        if (count == 0) return day;
        var counted = await database.Write(tx => tx.Connection.ExecuteAsync(Count, new { Bucket = buckets.Of(citizen.Value), citizen, day, count, MostPerDay }, tx.Handle), stop);
        return counted == 1 ? day : Refusal.Of("rate_limited", ("wait", (int)((Jst.EndOf(day) - clock.NowMs()) / 1000) + 1));
    }

    public async Task GiveBack(CitizenId citizen, DateOnly day, int count, CancellationToken stop)
    {
        if (count > 0) await database.Write(tx => tx.Connection.ExecuteAsync(Give, new { Bucket = buckets.Of(citizen.Value), citizen, day, count }, tx.Handle), stop);
    }
}
