using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Tables;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Counters;

/// <summary>What somebody has gathered over a year, and what it would give.</summary>
/// <param name="Gives">By the programme's table as it stands; null while it has none.</param>
/// <param name="Next">The step above it, or null.</param>
/// <param name="From">The first day on which it becomes points; null: whenever the office does it.</param>
/// <param name="Granted">It has become points.</param>
public sealed record MyCounter(Programme Programme, string Municipality, int Year, long Count, Points? Gives, Step? Next, DateOnly? From, bool Granted);

/// <summary>The counters of a citizen, of this fiscal year and of the last until it has become points (S2-P19e).</summary>
public sealed class MyCounters(CountRows counts, FindCitizen citizens, ProgrammeList programmes, StepTables tables, ExchangeDays days, RegistryCache registry, TimeProvider clock)
{
    public async Task<IReadOnlyList<MyCounter>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        if (await citizens.PersonKeyOf(citizen, stop) is not { } person) return [];
        var (view, now) = (await registry.View(), Jst.FiscalYear(clock.Today()));
        var mine = new List<MyCounter>();
        foreach (var (id, year, count) in await counts.Of(person, stop))
        {
            if (year < now - 1 || count == 0) continue;
            var granted = await counts.Granted(id, year, person, stop);
            if (year < now && granted) continue;
            var programme = Must.Have(await programmes.Find(id, stop), "what is counted has a programme");
            var table = await tables.Of(id, stop);
            mine.Add(new MyCounter(programme, view.Find(programme.Municipality)?.Name ?? programme.Municipality.Value, year, count, table is null ? null : new Points(table.For(count)),
                table?.Steps.FirstOrDefault(s => s.Least > count), await days.First(id, year, stop), granted));
        }
        return mine;
    }
}
