using MyKey.App.Cases;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>A line of the history in words.</summary>
/// <param name="Partners">Whose points they were.</param>
public sealed record ReservedEntry(ReservedLine Line, string Event, string Partners)
{
    public Points? In => Line.Change > 0 ? new Points(Line.Change) : null;

    public Points? Out => Line.Change < 0 ? new Points(-Line.Change) : null;

    public HistoryRow Row => new(Line.TimeMs, Event, In, Out, Line.BalanceAfter, Line.Receipt.ToString(), Path)
    {
        Note = Out is null ? null : $"{Partners}のポイントから", CasePath = CaseLine.PathOf(CaseLine.Reserved, Line.Receipt),
    };

    public string Path => $"/my/reserved/history/{Line.Receipt}";
}

/// <param name="Older">The last line shown, when there are older ones.</param>
public sealed record ReservedLeaf(IReadOnlyList<ReservedEntry> Lines, TransferId? Older)
{
    public IReadOnlyList<HistoryRow> Rows => [.. Lines.Select(l => l.Row)];
}

/// <summary>The history of reserved points as people read it (S0-5011).</summary>
public sealed class ReservedHistory(ReservedReading reading, LedgerReading ledger, RegistryCache registry, PartnerCache partners)
{
    public const int LinesPerLeaf = 20;

    /// <param name="before">The last line of the leaf before, or null.</param>
    public async Task<ReservedLeaf> Read(CitizenId citizen, TransferId? before, int most = LinesPerLeaf)
    {
        var found = await reading.History(citizen, most + 1, before);
        var view = (await registry.View(), await partners.View());
        var lines = found.Take(most).Select(l => Word(l, view)).ToList();
        return new ReservedLeaf(lines, found.Count > most ? lines[^1].Line.Id : null);
    }

    /// <summary>One line by its receipt number, if it is this citizen's; else null, as for a number that does not exist.</summary>
    public async Task<ReservedEntry?> Find(CitizenId citizen, string receipt)
    {
        var number = ReceiptNumber.Read(receipt);
        if (!number.Ok || await ledger.Find(number.Value, citizen) is not { } own || await reading.Find(citizen, own.Id) is not { } line) return null;
        return Word(line, (await registry.View(), await partners.View()));
    }

    private static ReservedEntry Word(ReservedLine line, (RegistryView Registry, PartnerView Partners) view)
    {
        var companies = string.Join("、", line.Partners.Select(p => view.Partners.Find(p)?.Name ?? "協力会社"));
        if (line.Change > 0) return new ReservedEntry(line, $"{companies}からの交換", companies);
        var town = view.Registry.NameOfPoints(new Purse(line.To, line.Event));
        return new ReservedEntry(line, line.By switch
        {
            ActorKind.Job => $"期限がきて{town}へ移った",
            ActorKind.Staff => $"マイキーの運用が{town}へ移した",
            _ => $"{town}へ移した",
        }, companies);
    }
}
