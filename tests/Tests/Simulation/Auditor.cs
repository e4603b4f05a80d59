using MyKey.Kernel;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Tells the whole history again from the records: which lots a transfer had to take, what was left, what the citizen was told. A second and
/// simple implementation, which knows nothing of batches, writers and tables.
/// </summary>
internal sealed class Auditor
{
    private const int GraceDays = 30;
    private const string Pool = "000000";
    private readonly Dictionary<Guid, Lot> lots = [];
    private readonly Dictionary<Guid, (long EntryNo, byte[] Commit)> last = [];
    private readonly HashSet<Guid> cancelled = [];

    public Dictionary<Guid, Record> Records { get; } = [];

    public void Read(IEnumerable<Record> records)
    {
        foreach (var record in records)
        {
            var expected = Expected(record);
            Wrong.Unless(record.Postings.SequenceEqual(expected), $"{Name(record)} posts {string.Join(" ", record.Postings)}; by its own past it had to post {string.Join(" ", expected)}");
            Wrong.Unless(record.Postings.Sum(p => p.Amount) == 0, $"{Name(record)} does not sum to zero");
            var (number, commit) = last.GetValueOrDefault(record.Citizen, (0, []));
            Wrong.Unless(record.EntryNo == number + 1 && (record.PreviousCommit ?? []).SequenceEqual(commit), $"{Name(record)} is entry {record.EntryNo} of its citizen after {number}");
            last[record.Citizen] = (record.EntryNo, record.Commit);
            Wrong.Unless(Records.TryAdd(record.Id, record), $"{Name(record)} stands twice");
        }
    }

    /// <summary>What can be used on a day; reserved points wait beyond their date.</summary>
    public long Usable(Box box, long day) => In(box, day).Sum(l => l.Left);

    private List<Posting> Expected(Record record)
    {
        var (first, end) = (record.Postings[0].Box, record.Postings[^1].Box);
        var (holding, reserved) = (new Box(1, end.Issuer, record.Citizen), new Box(6, Pool, record.Citizen));
        return record.Kind switch
        {
            Record.Grant => Made(record, new Box(2, first.Issuer, record.Programme!.Value), holding),
            Record.Exchange => Made(record, new Box(5, first.Issuer, first.Owner), first.Issuer == Pool ? reserved : holding),
            Record.Use => Used(record, holding),
            Record.TicketUse => Used(record, new Box(8, first.Issuer, first.Owner)),
            Record.Move => Moved(record, reserved, holding),
            Record.TicketIssue => Moved(record, holding, new Box(8, end.Issuer, record.Id)),
            Record.Cancel => GivenBack(record),
            Record.TicketReturn => TicketBack(record),
            Record.Expire => Expired(record),
            _ => throw new Wrong($"{Name(record)} is of no kind"),
        };
    }

    private List<Posting> Made(Record record, Box from, Box to)
    {
        var made = record.Lots.Single();
        Wrong.Unless(made.AcquiredOn == record.Day && made.ExpiresOn >= record.Day && made.Parent is null, $"{Name(record)} makes a lot of {made.AcquiredOn} to {made.ExpiresOn}");
        Wrong.Unless(record.Kind == Record.Grant || made.Source.StartsWith($"2 {from.Owner} ", StringComparison.Ordinal), $"{Name(record)} makes a lot of {made.Source}");
        Make(record, made, to);
        return [new(from, null, -made.Amount, null), On(record, made.Id, made.Amount)];
    }

    private List<Posting> Used(Record record, Box from) => [.. Taken(record, from).Select(t => t.Posting), new(new Box(3, from.Issuer, record.Acceptor!.Value), null, record.Moved, null)];

    private List<Posting> Moved(Record record, Box from, Box to)
    {
        var taken = Taken(record, from);
        var expected = taken.ConvertAll(t => t.Posting);
        Wrong.Unless(record.Lots.Count == taken.Count, $"{Name(record)} makes {record.Lots.Count} lots out of {taken.Count}");
        foreach (var ((lot, posting), made) in taken.Zip(record.Lots))
        {
            var (acquired, expires) = record.Kind == Record.TicketIssue ? (lot.Made.AcquiredOn, lot.Made.ExpiresOn) : (record.Day, Math.Max(made.ExpiresOn, record.Day));
            Wrong.Unless(made == lot.Made with { Id = made.Id, AcquiredOn = acquired, ExpiresOn = expires, Amount = -posting.Amount, Parent = lot.Made.Id }, $"{Name(record)} makes {made} out of {lot.Made}");
            Make(record, made, to);
            expected.Add(On(record, made.Id, made.Amount));
        }
        return expected;
    }

    private List<(Lot Lot, Posting Posting)> Taken(Record record, Box from)
    {
        var (left, taken) = (record.Moved, new List<(Lot, Posting)>());
        foreach (var lot in InOrder(In(from, record.Day), record.Settings.Contains("earliest_expiry", StringComparison.Ordinal)))
        {
            var part = Math.Min(left, lot.Left);
            if (part == 0) break;
            (lot.Left, left) = (lot.Left - part, left - part);
            taken.Add((lot, On(record, lot.Made.Id, -part)));
        }
        Wrong.Unless(left == 0, $"{Name(record)} uses {left} more than there was");
        return taken;
    }

    private List<Posting> GivenBack(Record record)
    {
        var use = Cancelled(record, Record.Use);
        var expected = new List<Posting> { new(new Box(3, use.Postings[0].Issuer, use.Acceptor!.Value), null, -use.Moved, null) };
        var made = new Queue<MadeLot>(record.Lots);
        foreach (var taken in use.Postings.Where(p => p.Lot is not null))
        {
            var lot = lots[taken.Lot!.Value];
            if (record.Day <= lot.Made.ExpiresOn)
            {
                lot.Left -= taken.Amount;
                expected.Add(On(record, lot.Made.Id, -taken.Amount));
                continue;
            }
            Wrong.Unless(made.TryDequeue(out var next), $"{Name(record)} makes no lot for lapsed points");
            var expires = (long)Jst.FromNumber((int)record.Day).AddDays(GraceDays).ToNumber();
            Wrong.Unless(next == lot.Made with { Id = next!.Id, ExpiresOn = expires, Amount = -taken.Amount, Parent = lot.Made.Id }, $"{Name(record)} makes {next} in place of {lot.Made}");
            Make(record, next!, lot.Box);
            expected.Add(On(record, next!.Id, next.Amount));
        }
        Wrong.Unless(made.Count == 0, $"{Name(record)} makes a lot too many");
        return expected;
    }

    /// <summary>What is in the ticket, back into the lots that it came from; past its date it is not usable there.</summary>
    private List<Posting> TicketBack(Record record)
    {
        var issue = Cancelled(record, Record.TicketIssue);
        var back = InOrder(In(new Box(8, issue.Postings[0].Issuer, issue.Id), record.Day), byExpiry: false);
        Wrong.Unless(back.Count > 0 && record.Lots.Count == 0, $"{Name(record)} gives back out of {back.Count} lots");
        var parts = back.ConvertAll(l => (Lot: l, Part: l.Left));
        var expected = new List<Posting>();
        foreach (var (lot, part) in parts)
        {
            lot.Left = 0;
            expected.Add(On(record, lot.Made.Id, -part));
        }
        foreach (var (lot, part) in parts)
        {
            lots[lot.Made.Parent!.Value].Left += part;
            expected.Add(On(record, lot.Made.Parent.Value, part));
        }
        return expected;
    }

    private Record Cancelled(Record record, long kind)
    {
        Wrong.Unless(record.Cancels is { } id && Records.ContainsKey(id), $"{Name(record)} cancels what was never posted");
        var first = Records[record.Cancels!.Value];
        Wrong.Unless(first.Kind == kind && first.Acceptor == record.Acceptor && first.Citizen == record.Citizen && cancelled.Add(first.Id), $"{Name(record)} must not cancel {Name(first)}");
        return first;
    }

    private List<Posting> Expired(Record record)
    {
        var lot = lots[record.Postings.Single(p => p.Lot is not null).Lot!.Value];
        Wrong.Unless(record.Day > lot.Made.ExpiresOn && lot.Left > 0 && lot.Box.Kind == 1, $"{Name(record)} takes from a lot of {lot.Made.ExpiresOn} with {lot.Left} in it");
        var amount = lot.Left;
        lot.Left = 0;
        return [On(record, lot.Made.Id, -amount), new(new Box(4, lot.Box.Issuer, Guid.Empty), null, amount, null)];
    }

    /// <summary>A posting on a lot tells what is usable after it.</summary>
    private Posting On(Record record, Guid lot, long amount) => new(lots[lot].Box, lot, amount, Usable(lots[lot].Box, record.Day));

    private void Make(Record record, MadeLot made, Box box) =>
        Wrong.Unless(lots.TryAdd(made.Id, new Lot(record.Citizen, box, made) { Left = made.Amount }), $"{Name(record)} makes a lot that is there already");

    private IEnumerable<Lot> In(Box box, long day) => lots.Values.Where(l => l.Box == box && l.Left > 0 && (box.Kind != 1 || day <= l.Made.ExpiresOn));

    private static List<Lot> InOrder(IEnumerable<Lot> of, bool byExpiry) =>
    [
        .. of.OrderBy(l => byExpiry ? l.Made.ExpiresOn : l.Made.AcquiredOn).ThenBy(l => byExpiry ? l.Made.AcquiredOn : l.Made.ExpiresOn)
            .ThenBy(l => Convert.ToHexString(l.Made.Id.Bytes()), StringComparer.Ordinal),
    ];

    private static string Name(Record record) => $"{record.Place} {record.Id}, kind {record.Kind} of day {record.Day}";

    private sealed class Lot(Guid citizen, Box box, MadeLot made)
    {
        public Guid Citizen => citizen;
        public Box Box => box;
        public MadeLot Made => made;
        public long Left { get; set; }
    }
}
