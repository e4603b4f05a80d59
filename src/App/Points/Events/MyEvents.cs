using MyKey.App.Cases;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Events;

/// <summary>What a citizen has for an event.</summary>
/// <param name="Usable">Nothing once it is over.</param>
public sealed record MyEvent(SupportEvent Event, Municipality Payee, Points Usable)
{
    public string Path => $"/my/events/{Event.Id.Value}";
}

/// <summary>A line of an event's history in words.</summary>
public sealed record EventLine(HistoryLine Line, string Words)
{
    public Points? In => Line.Change > 0 ? new Points(Line.Change) : null;

    public Points? Out => Line.Change < 0 ? new Points(-Line.Change) : null;

    public HistoryRow Row => new(Line.TimeMs, Words, In, Out, Line.BalanceAfter, Line.Receipt.ToString(), $"/my/events/{Line.Event!.Value.Value}/{Line.Receipt}", Line.Cancelled)
    {
        CasePath = CaseLine.PathOf(new Purse(Line.Issuer, Line.Event), Line.Receipt),
    };
}

/// <param name="Older">The last line shown, when there are older ones.</param>
public sealed record EventLeaf(IReadOnlyList<EventLine> Lines, TransferId? Older)
{
    public IReadOnlyList<HistoryRow> Rows => [.. Lines.Select(l => l.Row)];
}

/// <summary>A citizen's event points and their history (S2-P17e, S0-5013).</summary>
public sealed class MyEvents(EventReading reading, LedgerReading ledger, RegistryCache registry, TimeProvider clock)
{
    public const int LinesPerLeaf = 20;

    /// <summary>Every event for which the citizen has or had points; what can still be used first, the next to end before the others.</summary>
    public async Task<IReadOnlyList<MyEvent>> All(CitizenId citizen)
    {
        var view = await registry.View();
        var usable = (await reading.Of(citizen, clock.Today())).ToDictionary(e => e.Event, e => e.Usable);
        return [.. (await reading.Known(citizen)).Select(view.Find).OfType<SupportEvent>().Select(e => Of(e, view, usable.GetValueOrDefault(e.Id)))
            .OrderBy(e => e.Usable == Points.Zero).ThenBy(e => e.Event.Until).ThenBy(e => e.Event.Name, StringComparer.Ordinal)];
    }

    /// <returns>An event that everybody may read of, whether the citizen has points for it or not; <c>not_found</c>.</returns>
    public async Task<Result<MyEvent>> Find(CitizenId citizen, SupportEventId id)
    {
        var view = await registry.View();
        if (view.Find(id) is not { State: not EventState.Draft } found) return Refusal.Of("not_found");
        return Of(found, view, (await reading.Of(citizen, clock.Today())).FirstOrDefault(e => e.Event == id)?.Usable ?? Points.Zero);
    }

    /// <summary>The shops that take its points, by name.</summary>
    public async Task<IReadOnlyList<Acceptor>> Shops(SupportEvent supported)
    {
        var view = await registry.View();
        return [.. view.AcceptorsOf(supported.Id).Where(a => a.State == AcceptorState.Active).OrderBy(a => a.Name, StringComparer.Ordinal).ThenBy(a => a.Id.Value)];
    }

    /// <param name="before">The last line of the leaf before, or null.</param>
    public async Task<EventLeaf> History(CitizenId citizen, SupportEvent supported, TransferId? before, int most = LinesPerLeaf)
    {
        var (found, view) = (await reading.History(citizen, supported.Account, most + 1, before), await registry.View());
        var lines = found.Take(most).Select(l => Word(l, view)).ToList();
        return new EventLeaf(lines, found.Count > most ? lines[^1].Line.Id : null);
    }

    /// <summary>One line by its receipt number, if it is this citizen's; else null, as for a number that does not exist.</summary>
    public async Task<EventLine?> Line(CitizenId citizen, SupportEvent supported, string receipt)
    {
        var number = ReceiptNumber.Read(receipt);
        if (!number.Ok || await ledger.Find(number.Value, citizen) is not { } own || await reading.Find(citizen, supported.Account, own.Id) is not { } line) return null;
        return Word(line, await registry.View());
    }

    private static MyEvent Of(SupportEvent supported, RegistryView view, Points usable) =>
        new(supported, Must.Have(view.Find(supported.Municipality), "an event's municipality is registered"), usable);

    private static EventLine Word(HistoryLine line, RegistryView view)
    {
        var place = line.Acceptor is { } acceptor ? view.Find(acceptor)?.Name : null;
        return new EventLine(line, line.Kind switch
        {
            TransferKind.Move => line.Change > 0 ? "留保ポイントから" : $"{view.NameOfPoints(line.Issuer)}へ移った",
            TransferKind.Use => place ?? "お店での利用",
            TransferKind.Cancel => $"取り消し {place}".TrimEnd(),
            TransferKind.Expire => "期限がすぎた分",
            TransferKind.Void => "マイキーIDの失効",
            _ => throw new BrokenProperty($"an event's history has words for {line.Kind}", nameof(MyEvents), 0),
        });
    }
}
