using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Office.Joining;

/// <summary>A device of an outlet.</summary>
/// <param name="Online">It was there within the last days: its line works.</param>
/// <param name="CardMs">When its card agent last read a card; null: not in the last days.</param>
public sealed record OutletDevice(Terminal Terminal, bool Online, long? CardMs);

/// <summary>Where points are used or the card is read, with its devices (S2-P8d).</summary>
/// <param name="Page">Where the office keeps it.</param>
/// <param name="OpensPoints">The municipality's own points pay here; null: no matter of points.</param>
public sealed record Outlet(Guid Id, string Name, string Kind, string Page, bool? OpensPoints, IReadOnlyList<OutletDevice> Devices)
{
    /// <summary>What is missing here, in words.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. OpensPoints == false ? ["ポイントを使う決まり"] : Array.Empty<string>(),
        .. Devices.All(d => d.Terminal.State == TerminalState.Revoked) ? ["端末"] : Array.Empty<string>(),
        .. Devices.Any(d => d.Terminal.State == TerminalState.Registered) ? ["端末に番号を入れる"] : Array.Empty<string>(),
        .. Devices.Any(d => d is { Terminal.State: TerminalState.Enrolled, Online: false }) ? ["通信"] : Array.Empty<string>(),
        .. Devices.Any(d => d is { Terminal.State: TerminalState.Enrolled, CardMs: null }) ? ["カードの読み取り"] : Array.Empty<string>(),
    ];
}

/// <summary>The outlets of a municipality with what each is ready for: what is not ready first.</summary>
public sealed class ListOutlets(RegistryCache registry, FindTerminal terminals, SearchOperations operations, TimeProvider clock)
{
    public const int MostShown = 50;

    /// <summary>How far back a device or a card is looked for.</summary>
    public const int Days = 90;

    /// <summary>What shows that a card was read there, in the operation log.</summary>
    private static readonly string[] Reads = ["card.tapped", "card.signed"];

    /// <returns>At most <see cref="MostShown"/>, and how many there are.</returns>
    public async Task<(IReadOnlyList<Outlet> Shown, int All)> Of(StaffAtWork work, CancellationToken stop)
    {
        var (view, code, today) = (await registry.View(), work.Office.Code, clock.Today());
        var devices = (await terminals.All(code, stop)).Where(t => t.Holder is not null).ToLookup(t => t.Holder!.Value);
        var outlets = view.AcceptorsOf(code).Where(a => a.State != AcceptorState.Closed)
            .Select(a => new Outlet(a.Id.Value, a.Name, a.Kind.Name, $"/office/shops/{a.Id.Value}", view.AcceptedHere(code, a.Id).Ok, []))
            .Concat(view.Providers.Where(p => p.Municipality == code && p.IsOpen(today)).Select(p => new Outlet(p.Id.Value, p.Name, p.Kind.Name, $"/office/providers/{p.Id.Value}", null, [])))
            // Known without a look at the log: no device, or one that waits for its number.
            .OrderBy(o => devices[o.Id].Any(t => t.State == TerminalState.Enrolled)).ThenBy(o => o.Name, StringComparer.Ordinal).ThenBy(o => o.Id).ToList();
        var shown = new List<Outlet>();
        foreach (var outlet in outlets.Take(MostShown)) shown.Add(outlet with { Devices = await Look(devices[outlet.Id], stop) });
        return (shown, outlets.Count);
    }

    private async Task<IReadOnlyList<OutletDevice>> Look(IEnumerable<Terminal> terminals, CancellationToken stop)
    {
        var (now, looked) = (clock.NowMs(), new List<OutletDevice>());
        var since = now - Days * Jst.DayMs;
        foreach (var terminal in terminals.Where(t => t.State != TerminalState.Revoked))
            looked.Add(new OutletDevice(terminal, terminal.UsedMs >= since, terminal.State == TerminalState.Enrolled ? await LastCard(terminal.Id, (since, now + 1), stop) : null));
        return looked;
    }

    private async Task<long?> LastCard(TerminalId terminal, (long From, long Until) span, CancellationToken stop)
    {
        long? last = null;
        foreach (var action in Reads)
            if (await operations.Run(new OperationQuery(span.From, span.Until, action, Actor: terminal.Value), null, 1, stop) is [var found, ..] && !(last > found.Place.TimeMs)) last = found.Place.TimeMs;
        return last;
    }
}
