namespace MyKey.App.Rehearsals;

/// <summary>Why somebody gets nothing out of a programme, in the order in which it shows.</summary>
public enum LeftOut { Age, Unaware, Unwilling, NoCard, NoDevice, Late, Rejected, BudgetEnded }

/// <summary>Somebody who does not exist, and what he would do.</summary>
/// <param name="Out">null: he applies and would be granted.</param>
/// <param name="Day">Of the application, 0 being the first day; also of one that is rejected.</param>
/// <param name="Lapses">He would never receive it.</param>
public readonly record struct MadeUp(LeftOut? Out, int Day, bool Lapses)
{
    public bool Applies => Out is null or LeftOut.Rejected;

    /// <summary>All of them, one after the other; the same for the same seed on every machine.</summary>
    public static IEnumerable<MadeUp> People(Assumptions assumed, RehearsedOffer offer, int seed)
    {
        var dice = new Dice(seed);
        var bands = Enum.GetValues<AgeBand>();
        for (var i = 0; i < assumed.People; i++)
        {
            var (band, at) = (bands[^1], dice.Below(100));
            foreach (var one in bands)
            {
                if (at < assumed.Bands[one].Share)
                {
                    band = one;
                    break;
                }
                at -= assumed.Bands[one].Share;
            }
            yield return One(assumed, assumed.Bands[band], offer, dice);
        }
    }

    private static MadeUp One(Assumptions assumed, BandAssumption band, RehearsedOffer offer, Dice dice)
    {
        if (!band.For) return new(LeftOut.Age, 0, false);
        if (!dice.Percent(band.Know)) return new(LeftOut.Unaware, 0, false);
        if (!dice.Percent(assumed.Apply)) return new(LeftOut.Unwilling, 0, false);
        if (!dice.Percent(band.Card)) return new(LeftOut.NoCard, 0, false);
        if (!dice.Percent(band.Device) && !assumed.Counter) return new(LeftOut.NoDevice, 0, false);
        var late = dice.Percent(assumed.Late);
        if (late && offer.LateDays == 0) return new(LeftOut.Late, 0, false);
        var day = late ? offer.Days + dice.Below(offer.LateDays) : OnCurve(assumed, offer.Days, dice);
        if (offer.Screened && dice.Percent(assumed.Reject)) return new(LeftOut.Rejected, day, false);
        return new(null, day, offer.Claimed && dice.Percent(assumed.Lapse));
    }

    /// <summary>Even within each quarter of the period.</summary>
    private static int OnCurve(Assumptions assumed, int days, Dice dice)
    {
        var (quarter, half, threeQuarters) = assumed.Curve;
        var at = dice.Below(100);
        var part = at < quarter ? 0 : at < half ? 1 : at < threeQuarters ? 2 : 3;
        return (int)((part * 1_000L + dice.Below(1_000)) * days / 4_000);
    }
}

/// <summary>SplitMix64: chance that is the same on every machine and in every version.</summary>
internal sealed class Dice(int seed)
{
    // Mixed first: two seeds side by side would else draw the same numbers, one step apart.
    private ulong state = Mixed((ulong)seed);

    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    public bool Percent(int share) => Below(100) < share;

    private ulong Next() => Mixed(unchecked(state += 0x9E3779B97F4A7C15));

    private static ulong Mixed(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
