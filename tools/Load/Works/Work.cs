namespace MyKey.Load.Works;

/// <summary>
/// What has to be done in bulk beside payments, each with the bar of its size (docs/performance.md): made ready, done once, told in a line for
/// every figure; then the audit, where the ledger was touched.
/// </summary>
/// <param name="Size">What the bar asks for.</param>
internal sealed record Work(int Size, bool TouchesLedger, Func<Workplace, CancellationToken, Task> Do)
{
    public static IReadOnlyDictionary<string, Work> All { get; } = new Dictionary<string, Work>
    {
        ["coupons"] = new(1_000_000, false, Coupons.Import),
        ["grants"] = new(100_000, true, GrantLines.Post),
        ["premium"] = new(1_000_000, true, PremiumEvents.Post),
        ["expiry"] = new(1_000_000, true, Expiry.Lapse),
        ["move"] = new(100_000, true, DueMove.Move),
        ["tickets"] = new(200, true, TicketPrint.Print),
        ["login"] = new(500_000, false, CardLogins.Verify),
        ["lookups"] = new(10_000_000, false, Lookups.Look),
        ["applications"] = new(20_000, false, Applications.Apply),
        ["closing"] = new(1_000_000, true, Closing.Close),
        ["log"] = new(1_000_000, false, LogSearch.Search),
        ["search"] = new(700_000, false, PlaceSearch.Search),
        ["pages"] = new(10_000, false, Pages.Read),
    };

    /// <returns>0, or 1 when the audit found something.</returns>
    public static async Task<int> Start(string name, LoadOptions options, CancellationToken stop)
    {
        var work = All[name];
        await using var server = options.Sqlite ? null : await PostgresServer.Get(options, stop);
        await using var place = await Workplace.Open(options, server, options.Size ?? work.Size);
        await work.Do(place, stop);
        return !work.TouchesLedger || await place.Audit(stop) ? 0 : 1;
    }
}
