using MyKey.App.Events;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Cases;

/// <summary>
/// Finds lines in the three histories. The office of whose points a line tells looks after it: it alone can do something about them, and no office sees
/// what is not of its own points. Reserved points are nobody's yet, so the base municipality does, and the operators where there is none.
/// </summary>
public sealed class CaseLines(Passbook passbook, ReservedHistory reserved, MyEvents events, RegistryCache registry)
{
    /// <summary>How far back a day is looked for.</summary>
    private const int LinesLookedAt = 1_000;

    /// <param name="history">As in <see cref="CaseLine.History"/>.</param>
    /// <returns>The line; <c>transfer_unknown</c> also for somebody else's.</returns>
    public async Task<Result<CaseLine>> Find(Citizen citizen, string? history, string? receipt, CancellationToken stop = default)
    {
        var unknown = Refusal.Of("transfer_unknown");
        if (history == CaseLine.Reserved) return await reserved.Find(citizen.Id, receipt ?? "") is { } entry ? Of(entry, citizen) : unknown;
        if (Purse.Read(history) is not { Ok: true, Value: var purse }) return unknown;
        if (purse.Event is not { } id) return await passbook.Find(citizen.Id, purse.Issuer, receipt ?? "", stop) is { } line ? Of(line, await registry.View()) : unknown;
        return await events.Find(citizen.Id, id) is { Ok: true, Value: var mine } && await events.Line(citizen.Id, mine.Event, receipt ?? "") is { } told ? Of(told, mine) : unknown;
    }

    /// <summary>What an office looks after of one citizen's lines of a day, newest first.</summary>
    public async Task<IReadOnlyList<CaseLine>> On(Citizen citizen, MunicipalityCode desk, DateOnly day, CancellationToken stop = default)
    {
        var view = await registry.View();
        var lines = (await passbook.Read(citizen.Id, desk, before: null, stop, LinesLookedAt)).Lines.Select(l => Of(l, view)).ToList();
        if (citizen.BaseMunicipality == desk) lines.AddRange((await reserved.Read(citizen.Id, before: null, LinesLookedAt)).Lines.Select(e => Of(e, citizen)));
        foreach (var mine in (await events.All(citizen.Id)).Where(e => e.Payee.Code == desk))
            lines.AddRange((await events.History(citizen.Id, mine.Event, before: null, LinesLookedAt)).Lines.Select(l => Of(l, mine)));
        return [.. lines.Where(l => l.Row.Day == day).OrderByDescending(l => l.Row.TimeMs)];
    }

    /// <summary>The same by a receipt number, whichever history it stands in; empty when it is not this citizen's or another office's.</summary>
    public async Task<IReadOnlyList<CaseLine>> By(Citizen citizen, MunicipalityCode desk, string receipt, CancellationToken stop = default)
    {
        var histories = (await events.All(citizen.Id)).Where(e => e.Payee.Code == desk).Select(e => e.Event.Purse.ToString()).Prepend(CaseLine.Reserved).Prepend(desk.Value);
        var lines = new List<CaseLine>();
        foreach (var history in histories)
            if ((await Find(citizen, history, receipt, stop)) is { Ok: true, Value: var line } && line.Desk == desk) lines.Add(line);
        return lines;
    }

    private static CaseLine Of(PassbookLine line, RegistryView view) => new(line.Line.Issuer.Value, line.Row, view.NameOfPoints(line.Line.Issuer), line.Line.Id, line.Line.Kind, line.Line.Issuer)
    {
        Acceptor = line.Line.Acceptor, Held = new Points(Math.Abs(line.Line.Change)),
    };

    private static CaseLine Of(ReservedEntry entry, Citizen citizen) =>
        new(CaseLine.Reserved, entry.Row, "留保ポイント", entry.Line.Id, entry.In is null ? TransferKind.Move : TransferKind.Exchange, citizen.BaseMunicipality);

    private static CaseLine Of(EventLine line, MyEvent mine) =>
        new(mine.Event.Purse.ToString(), line.Row, mine.Event.PointName, line.Line.Id, line.Line.Kind, mine.Payee.Code) { Acceptor = line.Line.Acceptor };
}
