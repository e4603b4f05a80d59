using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>
/// Who has a citizen's password, or a number that it opens, moves at most so much a day: one sum over online sites, street cards, the number for shops and donations, whoever issued the
/// points (K-02). Above it the card is asked for. It is counted in the very transaction that moves the points.
/// </summary>
public sealed class PasswordSum(Settings settings, LedgerReading reading, Ledger.Ledger ledger, TimeProvider clock)
{
    public const string Code = "password_limit";

    private const string Key = "password.day_limit";

    private const string Mark = $"{Key}=";

    private const string Take = """
        insert into pts_password_day(bucket, citizen, civil_day, moved) select @SumBucket, @SumCitizen, @SumDay, @SumAmount where @SumAmount <= @SumMost
        on conflict (bucket, citizen, civil_day) do update set moved = pts_password_day.moved + excluded.moved where pts_password_day.moved + excluded.moved <= @SumMost
        """;

    private const string TakeMany = """
        insert into pts_password_day(bucket, citizen, civil_day, moved)
        select k.bucket, k.citizen, k.day, sum(k.amount)::bigint from unnest(@SumBucket, @SumCitizen, @SumDay, @SumAmount, @SumMost) k(bucket, citizen, day, amount, most)
        group by k.bucket, k.citizen, k.day having sum(k.amount) <= min(k.most)
        on conflict (bucket, citizen, civil_day) do update set moved = pts_password_day.moved + excluded.moved
        where pts_password_day.moved + excluded.moved <= (select min(m.most) from unnest(@SumMost) m(most))
        """;

    private const string TakeOff = """
        update pts_password_day set moved = case when moved > @OffAmount then moved - @OffAmount else 0 end where bucket = @OffBucket and citizen = @OffCitizen and civil_day = @OffDay
        """;

    /// <summary>Whether card and PIN are the way on from a refusal.</summary>
    public static bool AsksForCard(Refusal? refusal) => refusal?.Code is "step_up_required" or Code;

    /// <summary>How much may be moved without card and PIN on a day.</summary>
    public async Task<long> Limit() => (await settings.View()).Number(Key, default, clock.NowMs());

    /// <summary>The same transfer, counted: it is refused with <c>password_limit</c> (perDay) where the day's sum would be above the limit. Its record says that it counts.</summary>
    public async Task<Transfer> Count(Transfer transfer)
    {
        var now = clock.NowMs();
        var most = (await settings.View()).Get(Key, default, now);
        return transfer with
        {
            Settings = transfer.Settings.Length == 0 ? most.Pair : $"{transfer.Settings};{most.Pair}",
            Companions =
            [
                .. transfer.Companions,
                new Companion(Take,
                [
                    ("SumBucket", ledger.BucketOf(transfer)), ("SumCitizen", transfer.Citizen), ("SumDay", Jst.Day(now).ToNumber()), ("SumAmount", transfer.Amount.Value), ("SumMost", most.Number),
                ], 1, Refusal.Of(Code, ("perDay", most.Number)), TakeMany),
            ],
        };
    }

    /// <summary>For what gives points back: takes them off the sum, where they were counted today; nothing otherwise.</summary>
    public async Task<IReadOnlyList<Companion>> Free(int bucket, TransferId moved, long amount)
    {
        if (await reading.Find(bucket, moved) is not { } line || Jst.Day(line.TimeMs) != clock.Today() || !line.Settings.Contains(Mark, StringComparison.Ordinal)) return [];
        return [new Companion(TakeOff, [("OffAmount", amount), ("OffBucket", bucket), ("OffCitizen", await reading.CitizenOf(bucket, moved)), ("OffDay", Jst.Day(line.TimeMs).ToNumber())], 1, Refusal.Of("busy"))];
    }
}
