using MyKey.App.Cases;
using MyKey.App.Partners;
using MyKey.App.Programmes;
using MyKey.App.Recalls;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Passbooks;

/// <summary>Points of one lot that a line took or gave.</summary>
/// <param name="Change">Below 0 where they left.</param>
public sealed record LotPart(DateOnly AcquiredOn, DateOnly ExpiresOn, long Change);

/// <summary>A line of the passbook in words.</summary>
/// <param name="Event">What happened and where: the shop or the programme.</param>
public sealed record PassbookLine(HistoryLine Line, string Event)
{
    /// <summary>Which points they were, where the municipality shows it (K-07).</summary>
    public IReadOnlyList<LotPart>? Lots { get; init; }

    /// <summary>The same in words.</summary>
    public string? LotWords => Lots is null ? null : string.Join("、", Lots.Select(l => $"{Words.Day(l.ExpiresOn)}までの分 {Words.Digits(Math.Abs(l.Change))}"));

    /// <summary>What is in a ticket or a pledge has left the holding before: its use or end changes nothing that is left there.</summary>
    private bool Inside => Line.Of is AccountKind.Ticket or AccountKind.Pledge;

    public Points? In => Line.Change > 0 && !Inside ? new Points(Line.Change) : null;

    public Points? Out => Line.Change < 0 && !Inside ? new Points(-Line.Change) : null;

    public Points? Rest => Inside ? null : Line.BalanceAfter;

    public HistoryRow Row => new(Line.TimeMs, Event, In, Out, Rest, Line.Receipt.ToString(), Path, Line.Cancelled) { Note = LotWords, CasePath = CaseLine.PathOf(new Purse(Line.Issuer), Line.Receipt) };

    public string Path => $"/my/history/{Line.Issuer.Value}/{Line.Receipt}";
}

/// <param name="Older">The last line shown, when there are older ones.</param>
public sealed record PassbookLeaf(IReadOnlyList<PassbookLine> Lines, TransferId? Older)
{
    public IReadOnlyList<HistoryRow> Rows => [.. Lines.Select(l => l.Row)];
}

/// <summary>A citizen's history as people read it; no goods, only when, where and how many.</summary>
public sealed class Passbook(LedgerReading reading, RegistryCache registry, ProgrammeList programmes, FindRecalls recalls, PartnerCache partners,
    Settings settings, TimeProvider clock)
{
    public const int LinesPerLeaf = 20;

    /// <summary>How far back a municipality counts as one that the citizen knows, though nothing is left of it.</summary>
    private const int LinesLookedAt = 100;

    /// <param name="before">The last line of the leaf before, or null.</param>
    public async Task<PassbookLeaf> Read(CitizenId citizen, MunicipalityCode issuer, TransferId? before, CancellationToken stop, int most = LinesPerLeaf)
    {
        var found = await reading.History(citizen, issuer, most + 1, before);
        var view = (await registry.View(), await partners.View());
        var names = await Names(found, stop);
        var lines = await WithLots(citizen, issuer, [.. found.Take(most).Select(l => Word(l, view, names))]);
        return new PassbookLeaf(lines, found.Count > most ? lines[^1].Line.Id : null);
    }

    /// <summary>One line by its receipt number, if it is this citizen's and of this issuer.</summary>
    public async Task<PassbookLine?> Find(CitizenId citizen, MunicipalityCode issuer, string receipt, CancellationToken stop)
    {
        var number = ReceiptNumber.Read(receipt);
        if (!number.Ok || await reading.Find(number.Value, citizen) is not { } line || line.Issuer != issuer || line.Of == AccountKind.Event) return null;
        return (await WithLots(citizen, issuer, [Word(line, (await registry.View(), await partners.View()), await Names([line], stop))]))[0];
    }

    /// <summary>The issuers whose points the citizen holds or has lately had.</summary>
    public async Task<IReadOnlyList<MunicipalityCode>> Issuers(CitizenId citizen, IEnumerable<Holding> held)
    {
        var history = await reading.History(citizen, null, LinesLookedAt);
        return [.. held.Select(h => h.Issuer).Concat(history.Select(l => l.Issuer)).Where(i => i != MunicipalityCode.Pool).Distinct().Order()];
    }

    private async Task<List<PassbookLine>> WithLots(CitizenId citizen, MunicipalityCode issuer, List<PassbookLine> lines)
    {
        if (!(await settings.View()).On("history.show_lots", new SettingScope(Issuer: issuer), clock.NowMs())) return lines;
        var lots = await reading.Lots(citizen, lines.SelectMany(l => l.Line.Lots).Select(l => l.Id));
        return lines.ConvertAll(l => l with { Lots = [.. l.Line.Lots.Select(p => new LotPart(lots[p.Id].AcquiredOn, lots[p.Id].ExpiresOn, p.Change))] });
    }

    private async Task<(Dictionary<ProgrammeId, string> Programmes, Dictionary<TransferId, string> Reasons)> Names(IReadOnlyList<HistoryLine> lines, CancellationToken stop)
    {
        var reasons = new Dictionary<TransferId, string>();
        foreach (var line in lines.Where(l => l.Kind == TransferKind.Recall))
            if (await recalls.One(line.Id, stop) is { } recall) reasons[line.Id] = recall.Reason;
        var names = new Dictionary<ProgrammeId, string>();
        foreach (var id in lines.Select(l => l.Programme).OfType<ProgrammeId>().Distinct())
            if (await programmes.Find(id, stop) is { } programme) names[id] = programme.Name;
        return (names, reasons);
    }

    private static PassbookLine Word(HistoryLine line, (RegistryView Registry, PartnerView Partners) view,
        (Dictionary<ProgrammeId, string> Programmes, Dictionary<TransferId, string> Reasons) names)
    {
        var programme = line.Programme is { } id ? names.Programmes.GetValueOrDefault(id, "付与") : "付与";
        var place = line.Acceptor is { } acceptor ? view.Registry.Find(acceptor)?.Name : null;
        return new PassbookLine(line, line.Kind switch
        {
            TransferKind.Grant => programme,
            TransferKind.Recall => $"{programme}の取り戻し（理由　{names.Reasons.GetValueOrDefault(line.Id, "")}）",
            TransferKind.Use => place ?? "お店での利用",
            TransferKind.Cancel => $"取り消し {place}".TrimEnd(),
            TransferKind.Expire => line.Of == AccountKind.Ticket ? "ポイント券の中で期限がすぎた分" : "期限がすぎた分",
            TransferKind.Exchange => $"{(line.Partner is { } partner ? view.Partners.Find(partner)?.Name : null) ?? "協力会社"}からの交換",
            TransferKind.Move => line.Event is { } supported ? $"{view.Registry.NameOfPoints(new Purse(line.Issuer, supported))}の残りから"
                : line.FromEntitlement ? $"{programme}の受け取り" : "留保ポイントから",
            TransferKind.TicketIssue => $"ポイント券の発行 {place}".TrimEnd(),
            TransferKind.TicketUse => $"ポイント券の利用 {place}".TrimEnd(),
            TransferKind.TicketReturn => "ポイント券から戻った分",
            TransferKind.Voucher => $"商品券などへの交換 {place}".TrimEnd(),
            TransferKind.Pledge => $"取り置き {place}".TrimEnd(),
            TransferKind.Capture => $"ネットでの利用 {place}".TrimEnd(),
            TransferKind.Release => $"取り置きから戻った分 {place}".TrimEnd(),
            TransferKind.Donate => "自治体への寄附",
            TransferKind.Void => "マイキーIDの失効",
            TransferKind.Refund => $"返金 {place}".TrimEnd(),
            TransferKind.Charge => "商店街・バスのカードへのチャージ",
            _ => throw new BrokenProperty($"a passbook has words for {line.Kind}", nameof(Passbook), 0),
        });
    }
}
