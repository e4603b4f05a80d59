using System.Collections.Concurrent;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>What somebody asked for under an id that stays the same until it is answered.</summary>
/// <param name="Ask">Puts it to a house.</param>
/// <param name="Amount">Null where the ledger finds it.</param>
/// <param name="Companion">A row of its own goes with it.</param>
internal sealed record Order(TransferId Id, long Kind, CitizenId Citizen, long? Amount, bool Companion, Func<House, ValueTask<Result<Posted>>> Ask)
{
    /// <summary>A grant that is still to be received.</summary>
    public bool ToReceive { get; init; }

    /// <summary>Under which it is drawn again.</summary>
    public long Drawn => ToReceive ? -Kind : Kind;

    /// <summary>What a programme adds.</summary>
    public (ProgrammeId Programme, Points Points)? Premium { get; init; }
}

/// <summary>What the clients know: each order and its first answer.</summary>
internal sealed class Notebook
{
    public ConcurrentDictionary<TransferId, (Order Order, Result<Posted> Answer)> Answered { get; } = new();

    public ConcurrentQueue<Order> Open { get; } = new();

    private readonly ConcurrentQueue<(Order Order, Posted Answer)> fresh = new();
    private readonly List<(Order Order, Posted Answer)> accepted = [];
    private readonly Dictionary<long, List<(Order Order, Posted Answer)>> byKind = [];

    /// <summary>What was accepted before this moment began. What is drawn from it must not depend on who was answered first.</summary>
    public IReadOnlyList<(Order Order, Posted Answer)> Accepted => accepted;

    public IReadOnlyList<(Order Order, Posted Answer)> AcceptedOf(long kind) => byKind.GetValueOrDefault(kind, []);

    /// <summary>A moment is over: what was accepted in it can be drawn from now on, in the order of ids.</summary>
    public void Turn()
    {
        var said = new List<(Order Order, Posted Answer)>();
        while (fresh.TryDequeue(out var one)) said.Add(one);
        foreach (var one in said.OrderBy(a => a.Order.Id.Value))
        {
            accepted.Add(one);
            if (!byKind.TryGetValue(one.Order.Drawn, out var of)) byKind.Add(one.Order.Drawn, of = []);
            of.Add(one);
        }
    }

    public void Note(Order order, Result<Posted> answer)
    {
        if (Answered.TryAdd(order.Id, (order, answer)) && answer.Ok) fresh.Enqueue((order, answer.Value));
        var (_, first) = Answered[order.Id];
        if (first.Ok)
            Wrong.Unless(answer.Ok && answer.Value with { Repeated = first.Value.Repeated } == first.Value, $"order {order.Id.Value} was answered {first.Value} and then {Say(answer)}");
    }

    /// <summary>Every yes stands once and as it was answered; no refusal stands; nothing stands that nobody asked for.</summary>
    public void Compare(IReadOnlyDictionary<Guid, Record> records)
    {
        foreach (var (order, answer) in Answered.Values)
        {
            var stands = records.GetValueOrDefault(order.Id.Value);
            if (!answer.Ok)
            {
                Wrong.Unless(stands is null, $"order {order.Id.Value} was refused with {answer.Refused!.Code} and stands");
                continue;
            }
            var posted = answer.Value;
            Wrong.Unless(stands is not null, $"order {order.Id.Value} was answered with a yes and does not stand");
            Wrong.Unless(stands!.Kind == order.Kind && stands.Citizen == order.Citizen.Value && (order.Amount ?? stands.Moved) == stands.Moved, $"order {order.Id.Value} stands as {stands}");
            Wrong.Unless(order.Kind != Record.Voucher || stands.Added == (order.Premium?.Points.Value ?? 0), $"order {order.Id.Value} stands with a premium of {stands.Added}");
            Wrong.Unless((posted.Receipt.Bucket, posted.Receipt.Height, posted.Receipt.Position) == stands.Place && posted.Amount.Value == stands.Moved
                && posted.BalanceAfter.Value == stands.BalanceAfter && posted.TimeMs == stands.TimeMs, $"order {order.Id.Value} was answered {posted}, its record says {stands}");
        }
        foreach (var record in records.Values)
            Wrong.Unless(record.Kind == Record.Expire || (record.Kind == Record.Move && record.Postings[0].Kind == 7) || Answered.ContainsKey(new TransferId(record.Id)), $"nobody asked for {record.Place} {record.Id}");
    }

    public static string Say(Result<Posted> answer) => answer.Ok ? $"{answer.Value}" : answer.Refused!.Code;
}
