using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Load.Works;

/// <summary>Searches in a long operation log, each from the newest line on (S0-1022c: within 5 s).</summary>
internal static class LogSearch
{
    private const int AtOnce = 1_000;
    private const int Leaf = 51;
    private const int Again = 5;
    private static readonly string[] Actions = ["shop.opened", "code.used", "staff.logged_in", "citizen.logged_in", "code.issued"];

    public static async Task Search(Workplace at, CancellationToken stop)
    {
        var (staff, citizens, shops) = (Some<StaffId>(997), Some<CitizenId>(49_999), Some<AcceptorId>(4_999));
        var log = at.Get<OperationLog>();
        var filled = await Workplace.Time(async () =>
        {
            for (var from = 0; from < at.Size; from += AtOnce)
                await at.Database.Write(async tx =>
                {
                    for (var i = from; i < Math.Min(from + AtOnce, at.Size); i++)
                        await log.Write(tx, new Operation(Actions[i % Actions.Length], Actor.Of(staff[i % staff.Length]), shops[i % shops.Length].Value, citizens[i % citizens.Length], Before: "Active", After: "Suspended"));
                }, stop);
        });
        await at.Say($"{at.Size:#,0} rows of the operation log written in {filled:0.0} s");
        Guid[] office = [.. staff.Take(20).Select(s => s.Value)];
        foreach (var (name, query) in new (string, OperationQuery)[]
        {
            ("everything", new(0, long.MaxValue)), ("an action", new(0, long.MaxValue, "code.used")), ("an action that never was", new(0, long.MaxValue, "citizen.suspended")),
            ("one of the staff", new(0, long.MaxValue, Actor: office[7])), ("an action of one of the staff", new(0, long.MaxValue, "code.used", office[7])),
            ("a shop", new(0, long.MaxValue, About: shops[7].Value)), ("a citizen", new(0, long.MaxValue, Citizen: citizens[7])), ("an office", new(0, long.MaxValue, Ours: office)),
            ("an office without lines", new(0, long.MaxValue, Ours: [Ids.NewV7(at.Clock)])),
        })
        {
            var (search, times) = (at.Get<SearchOperations>(), new List<double>());
            for (var n = 0; n <= Again; n++) times.Add(1_000 * await Workplace.Time(() => search.Run(query, null, Leaf, stop)));
            await at.Say($"search for {name}: the first {times[0]:0} ms, then {times.Skip(1).Order().ElementAt(Again / 2):0} ms");
        }
    }

    private static T[] Some<T>(int count) where T : struct, IId<T> => [.. Enumerable.Range(0, count).Select(_ => Ids.NewRandom<T>())];
}
