using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Reserved;

/// <summary>How long points may stay without a municipality (S0-1010c, K-05).</summary>
public sealed class ReserveRule(Settings settings, TimeProvider clock)
{
    private const string Days = "reserve.days", CountFirst = "reserve.count_exchange_day";

    /// <summary>The last day, until 24:00 JST, on which the citizen chooses for what is exchanged on a day.</summary>
    public async ValueTask<DateOnly> LastDay(DateOnly exchangedOn)
    {
        var (view, now) = (await settings.View(), clock.NowMs());
        return exchangedOn.AddDays((int)view.Number(Days, default, now) - (view.On(CountFirst, default, now) ? 1 : 0));
    }

    /// <summary>What was in force, as the record of an exchange keeps it; nothing where a municipality is chosen.</summary>
    public async ValueTask<string> InForce(MunicipalityCode issuer, long atMs)
    {
        if (issuer != MunicipalityCode.Pool) return "";
        var view = await settings.View();
        return $"{view.Get(CountFirst, default, atMs).Pair};{view.Get(Days, default, atMs).Pair}";
    }
}
