using System.Globalization;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Operator.Citizens;

/// <param name="By">Kind and id of whoever did it; staff and terminals are looked up by it.</param>
public sealed record ExtractedOperation(long TimeMs, string Action, string By, Guid ById, Guid? Terminal, string? Before, string? After, string? Reason);

/// <param name="Change">Signed.</param>
/// <param name="BalanceAfter">Usable of the same points afterwards.</param>
/// <param name="Event">Of the points of a support event.</param>
public sealed record ExtractedTransfer(long TimeMs, string Receipt, string Kind, string Issuer, long Change, long BalanceAfter, Guid? Acceptor, bool Cancelled, Guid? Event)
{
    internal Purse Purse => new(MunicipalityCode.Trusted(Issuer), Event is { } id ? new SupportEventId(id) : null);
}

/// <param name="Assurance"><c>A2</c>, <c>A3</c> …</param>
public sealed record ExtractedSession(string Assurance, long CreatedMs, long UsedMs, long EndsMs, long? EndedMs);

/// <summary>All that is kept of one ID, newest first (S0-1022c). No name, address or birth date: there is none (S0-1023b).</summary>
/// <param name="More">There is older than this.</param>
public sealed record CitizenExtract(string MyKeyId, Guid Citizen, string State, IReadOnlyList<ExtractedOperation> Operations, IReadOnlyList<ExtractedTransfer> Transfers,
    IReadOnlyList<ExtractedSession> Sessions, bool More)
{
    public static CitizenExtract Of(MyKeyId id, CitizenHistory history, IReadOnlyList<HistoryLine> lines) => new(id.Value, history.Citizen.Value, Words<CitizenState>.Of(history.State),
        [.. history.Operations.Select(o => new ExtractedOperation(o.TimeMs, o.Action, Words<ActorKind>.Of(o.ActorKind), o.Actor, o.Terminal, o.Before, o.After, o.Reason))],
        [.. lines.Take(ExtractHistory.Limit).Select(l => new ExtractedTransfer(l.TimeMs, l.Receipt.ToString(), Words<TransferKind>.Of(l.Kind), l.Issuer.Value, l.Change, l.BalanceAfter.Value, l.Acceptor?.Value, l.Cancelled, l.Event?.Value))],
        [.. history.Sessions.Select(s => new ExtractedSession(s.Assurance.ToString(), s.CreatedMs, s.UsedMs, s.EndsMs, s.EndedMs))],
        history.More || lines.Count > ExtractHistory.Limit);

    /// <summary>One line per operation, transfer and session, newest first; UTF-8 with BOM, as spreadsheets like it.</summary>
    public byte[] Csv()
    {
        var lines = Operations.Select(o => (o.TimeMs, Line: Row(o.TimeMs, "operation", o.Action, $"{o.By} {o.ById}", o.Terminal, o.Before, o.After, o.Reason)))
            .Concat(Transfers.Select(t => (t.TimeMs, Line: Row(t.TimeMs, "transfer", t.Kind, t.Purse, t.Acceptor, t.Change, t.BalanceAfter, t.Receipt))))
            .Concat(Sessions.Select(s => (TimeMs: s.CreatedMs, Line: Row(s.CreatedMs, "session", s.Assurance, "", null, null, s.EndedMs is { } ended ? Time(ended) : null, null))))
            .OrderByDescending(l => l.TimeMs).Select(l => l.Line).Prepend("time,what,kind,who_or_issuer,terminal_or_acceptor,before_or_change,after_or_balance,reason_or_receipt\r\n");
        return CsvText.File(string.Concat(lines));
    }

    private static string Row(long timeMs, params object?[] cells) =>
        CsvText.Row(cells.Select(c => Convert.ToString(c, CultureInfo.InvariantCulture) ?? "").Prepend(Time(timeMs)));

    private static string Time(long ms) => Jst.At(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
}

/// <summary>Operation log and transfers of one ID, put together.</summary>
public sealed class ExtractCitizen(ExtractHistory extract, LedgerReading reading)
{
    /// <returns>As <see cref="ExtractHistory.Extract"/>, and <c>id_format</c>.</returns>
    public async Task<Result<CitizenExtract>> Run(StaffAtWork work, string? myKeyId, string? reason, CancellationToken stop = default)
    {
        var id = MyKeyId.ReadTyped(myKeyId);
        if (id.Refused is { } unreadable) return unreadable;
        var history = await extract.Extract(work.Member, work.Session, id.Value, reason, stop);
        if (history.Refused is { } no) return no;
        return CitizenExtract.Of(id.Value, history.Value, await reading.Everything(history.Value.Citizen, ExtractHistory.Limit + 1));
    }
}
