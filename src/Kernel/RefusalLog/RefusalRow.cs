using System.Text;

namespace MyKey.Kernel.RefusalLog;

/// <summary>A row of log_refusal: one refusal, or the count of those of one source and minute.</summary>
internal sealed record RefusalRow
{
    public int Month { get; init; }
    public Guid Id { get; init; }
    public long TimeMs { get; init; }
    public DateOnly CivilDay { get; init; }
    public string Code { get; init; } = "";
    public int? ActorKind { get; init; }
    public Guid? Actor { get; init; }
    public Guid? Terminal { get; init; }
    public byte[]? Client { get; init; }
    public string Method { get; init; } = "";
    public string Route { get; init; } = "";
    public string? Inquiry { get; init; }
    public int Count { get; init; }

    public static RefusalRow Line(RefusalEntry entry, long timeMs, Guid id) => At(timeMs, id, 1) with
    {
        Code = entry.Code,
        ActorKind = (int?)entry.Actor?.Kind,
        Actor = entry.Actor?.Id,
        Terminal = entry.Terminal?.Value,
        Client = entry.Client,
        Method = entry.Method,
        Route = entry.Route,
        Inquiry = entry.Inquiry,
    };

    /// <summary>Adds to the row of its source and minute. The id follows from both, so every batch and every process meets the same row.</summary>
    public static void AddTo(Dictionary<Guid, RefusalRow> rows, RefusalEntry entry, long timeMs)
    {
        var (kind, source) = entry.Source;
        var id = Ids.Named<TerminalId>(Encoding.UTF8.GetBytes($"refusals:{kind}:{source}:{RefusalRate.Minute(timeMs)}")).Value;
        rows[id] = rows.TryGetValue(id, out var row)
            ? row with { Count = row.Count + 1, Code = row.Code == entry.Code ? row.Code : "*" }
            : Line(entry, timeMs, id) with { Inquiry = null };
    }

    /// <summary>The refusals that found no place in the queue, or no database.</summary>
    public static RefusalRow Lost(long timeMs, long missing, Guid id) =>
        At(timeMs, id, (int)Math.Min(missing, int.MaxValue)) with { Code = "*", Method = "", Route = "lost" };

    /// <summary>yyyymm.</summary>
    public static int MonthOf(DateOnly day) => day.Year * 100 + day.Month;

    private static RefusalRow At(long timeMs, Guid id, int count)
    {
        var day = Jst.Day(timeMs);
        return new RefusalRow { Month = MonthOf(day), Id = id, TimeMs = timeMs, CivilDay = day, Count = count };
    }
}
