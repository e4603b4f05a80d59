using MyKey.Kernel;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Tells the whole history again from the records: which lots a transfer had to take, what was left, what the citizen was told. A second and
/// simple implementation, which knows nothing of batches, writers and tables.
/// </summary>
internal sealed class Auditor
{
    private const int GraceDays = 30;
    private const string Pool = "000000", State = "000001", PremiumCap = "premium.cap=300";
    private readonly Dictionary<Guid, Lot> lots = [];
    private readonly Dictionary<(Guid Citizen, Box Box), List<Lot>> boxes = [];
    private readonly Dictionary<Guid, (long EntryNo, byte[] Commit)> last = [];
    private readonly HashSet<Guid> cancelled = [];
    private readonly Dictionary<Guid, (long Given, Guid Service)> premiums = [];
    private readonly Dictionary<Guid, long> refunded = [];

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

    /// <summary>What a citizen can use on a day; reserved points, tickets and pledges wait beyond their date.</summary>
    public long Usable(Guid citizen, Box box, long day) => In(citizen, box, day).Sum(l => l.Left);

    private List<Posting> Expected(Record record)
    {
        var (first, end) = (record.Postings[0].Box, record.Postings[^1].Box);
        var (holding, reserved) = (new Box(1, end.Issuer, record.Citizen), new Box(6, Pool, record.Citizen));
        return record.Kind switch
        {
            Record.Grant => Made(record, new Box(2, first.Issuer, record.Programme!.Value), end.Kind == 15 ? end with { Owner = record.Programme.Value } : holding),
            Record.Exchange => Made(record, new Box(5, first.Issuer, first.Owner), first.Issuer == Pool ? reserved : holding),
            Record.Use => Used(record, first.Kind == 7 ? first : holding, Shop(record, first)),
            Record.TicketUse => Used(record, new Box(8, first.Issuer, first.Owner), Shop(record, first)),
            Record.Capture => Used(record, new Box(9, first.Issuer, first.Owner), Shop(record, first)),
            Record.Voucher => Used(record, holding, new Box(10, first.Issuer, record.Acceptor!.Value)),
            Record.Charge => Used(record, holding, new Box(11, first.Issuer, end.Owner)),
            Record.Donate => Used(record, holding, new Box(14, first.Issuer, Guid.Empty)),
            Record.Premium => Premium(record, end),
            Record.Payout => Paid(record, first, new Box(12, first.Issuer, end.Owner)),
            Record.Move => Moved(record, first.Kind is 7 or 15 ? first : reserved, end.Kind == 7 ? end : holding),
            Record.TicketIssue => Moved(record, holding, new Box(8, end.Issuer, record.Id)),
            Record.Pledge => Moved(record, holding, new Box(9, end.Issuer, record.Id)),
            Record.Cancel => GivenBack(record),
            Record.TicketReturn => Emptied(record, Record.TicketIssue, 8),
            Record.Release => Emptied(record, Record.Pledge, 9),
            Record.Refund => Refunded(record),
            Record.Recall => Recalled(record, first.Kind == 15 ? first : holding),
            Record.Expire => Expired(record),
            Record.Void => Voided(record),
            _ => throw new Wrong($"{Name(record)} is of no kind"),
        };
    }

    private static Box Shop(Record record, Box from) => new(3, from.Issuer, record.Acceptor!.Value);

    private List<Posting> Made(Record record, Box from, Box to)
    {
        var made = record.Lots.Single();
        Wrong.Unless(made.AcquiredOn == record.Day && made.ExpiresOn >= record.Day && made.Parent is null, $"{Name(record)} makes a lot of {made.AcquiredOn} to {made.ExpiresOn}");
        Wrong.Unless(record.Kind == Record.Grant || made.Source.StartsWith($"2 {from.Owner} ", StringComparison.Ordinal), $"{Name(record)} makes a lot of {made.Source}");
        Make(record, made, to);
        return [new(from, null, -made.Amount, null), On(record, made.Id, made.Amount)];
    }

    private List<Posting> Used(Record record, Box from, Box to)
    {
        var (premium, taken) = (record.Added, record.Moved - record.Added);
        Wrong.Unless(premium == (record.Programme is null ? 0 : Orders.PremiumOf(taken)), $"{Name(record)} adds {premium} to {taken}");
        var expected = Taken(record, In(record.Citizen, from, record.Day), taken).ConvertAll(t => t.Posting);
        if (premium > 0) expected.Add(new(new Box(2, from.Issuer, record.Programme!.Value), null, -premium, null));
        expected.Add(new(to, null, record.Moved, null));
        return expected;
    }

    private List<Posting> Moved(Record record, Box from, Box to)
    {
        // What is left of an event goes as a whole, once its last day is over.
        var leftOver = In(record.Citizen, from).Where(l => record.Day > l.Made.ExpiresOn).ToList();
        var taken = from.Kind switch
        {
            7 => Taken(record, leftOver, leftOver.Sum(l => l.Left)),
            15 => [Whole(record, from)],
            _ => Taken(record, In(record.Citizen, from, record.Day), record.Moved),
        };
        var expected = taken.ConvertAll(t => t.Posting);
        Wrong.Unless(record.Lots.Count == taken.Count, $"{Name(record)} makes {record.Lots.Count} lots out of {taken.Count}");
        foreach (var ((lot, posting), made) in taken.Zip(record.Lots))
        {
            var (acquired, expires) = record.Kind != Record.Move ? (lot.Made.AcquiredOn, lot.Made.ExpiresOn) : (record.Day, Math.Max(made.ExpiresOn, record.Day));
            Wrong.Unless(made == lot.Made with { Id = made.Id, AcquiredOn = acquired, ExpiresOn = expires, Amount = -posting.Amount, Parent = lot.Made.Id }, $"{Name(record)} makes {made} out of {lot.Made}");
            Make(record, made, to);
            expected.Add(On(record, made.Id, made.Amount));
        }
        return expected;
    }

    private List<Posting> Paid(Record record, Box from, Box to) => [Whole(record, from).Posting, new(to, null, record.Moved, null)];

    /// <summary>Out of the State's budget, never beyond the cap that the record names, always to the service of the first one.</summary>
    private List<Posting> Premium(Record record, Box to)
    {
        var (given, service) = premiums.GetValueOrDefault(record.Citizen, (0, to.Owner));
        Wrong.Unless(service == to.Owner, $"{Name(record)} pays to {to.Owner}, its holder has {service}");
        Wrong.Unless(record.Settings == PremiumCap && given + record.Moved <= 300, $"{Name(record)} gives {record.Moved} after {given} under {record.Settings}");
        premiums[record.Citizen] = (given + record.Moved, service);
        return [new(new Box(2, State, record.Programme!.Value), null, -record.Moved, null), new(new Box(12, State, service), null, record.Moved, null)];
    }

    /// <summary>What is still to be received goes in one piece.</summary>
    private (Lot Lot, Posting Posting) Whole(Record record, Box from)
    {
        var lot = In(record.Citizen, from, record.Day).SingleOrDefault(l => l.Made.Id == record.Postings[0].Lot);
        Wrong.Unless(lot is not null && lot.Left == record.Moved && lot.Made.Programme == record.Programme && from.Owner == record.Programme, $"{Name(record)} takes {record.Moved} of an entitlement of {lot?.Left}");
        return Taken(record, [lot!], record.Moved).Single();
    }

    private List<(Lot Lot, Posting Posting)> Taken(Record record, IEnumerable<Lot> from, long amount)
    {
        var (left, taken) = (amount, new List<(Lot, Posting)>());
        foreach (var lot in InOrder(from, record.Settings.Contains("earliest_expiry", StringComparison.Ordinal)))
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
        var use = Cancelled(record, Record.Use, Record.Voucher, Record.Charge, Record.Payout, Record.Premium);
        Wrong.Unless(cancelled.Add(use.Id), $"{Name(record)} cancels {Name(use)} again");
        if (use.Kind == Record.Premium) premiums[use.Citizen] = (premiums[use.Citizen].Given - use.Moved, premiums[use.Citizen].Service);
        var expected = use.Postings.Where(p => p.Lot is null).Select(p => p with { Amount = -p.Amount }).OrderBy(p => p.Amount).ToList();
        return Back(record, expected, use.Postings.Where(p => p.Lot is not null).Select(p => (lots[p.Lot!.Value], -p.Amount)));
    }

    /// <summary>Of a capture what was taken last, into the lots of which the pledge was made.</summary>
    private List<Posting> Refunded(Record record)
    {
        var capture = Cancelled(record, Record.Capture);
        var before = refunded.GetValueOrDefault(capture.Id);
        Wrong.Unless(before + record.Moved <= capture.Moved, $"{Name(record)} refunds {record.Moved} after {before} of {capture.Moved}");
        refunded[capture.Id] = before + record.Moved;
        // One point after the other in the order in which they were taken, from the end: simple, and no sum of parts to get wrong.
        var points = capture.Postings.Where(p => p.Lot is not null).SelectMany(p => Enumerable.Repeat(lots[p.Lot!.Value].Made.Parent!.Value, (int)-p.Amount)).Reverse();
        var parts = points.Skip((int)before).Take((int)record.Moved).GroupBy(p => p).Select(g => (lots[g.Key], (long)g.Count()));
        return Back(record, [new(Shop(record, capture.Postings[0].Box), null, -record.Moved, null)], parts);
    }

    /// <summary>Into the lots with their own dates; into new ones with a grace where those are over.</summary>
    private List<Posting> Back(Record record, List<Posting> expected, IEnumerable<(Lot Lot, long Amount)> parts)
    {
        var made = new Queue<MadeLot>(record.Lots);
        foreach (var (lot, amount) in parts)
        {
            if (record.Day <= lot.Made.ExpiresOn)
            {
                lot.Left += amount;
                expected.Add(On(record, lot.Made.Id, amount));
                continue;
            }
            Wrong.Unless(made.TryDequeue(out var next), $"{Name(record)} makes no lot for lapsed points");
            var expires = (long)Jst.FromNumber((int)record.Day).AddDays(GraceDays).ToNumber();
            Wrong.Unless(next == lot.Made with { Id = next!.Id, ExpiresOn = expires, Amount = amount, Parent = lot.Made.Id }, $"{Name(record)} makes {next} in place of {lot.Made}");
            Make(record, next!, lot.Box);
            expected.Add(On(record, next!.Id, next.Amount));
        }
        Wrong.Unless(made.Count == 0, $"{Name(record)} makes a lot too many");
        return expected;
    }

    /// <summary>What is in a ticket or pledge, back into the lots that it came from; past its date it is not usable there.</summary>
    private List<Posting> Emptied(Record record, long kind, long boxKind)
    {
        var first = Cancelled(record, kind);
        Wrong.Unless(cancelled.Add(first.Id), $"{Name(record)} empties {Name(first)} again");
        var back = InOrder(In(record.Citizen, new Box(boxKind, first.Postings[0].Issuer, first.Id), record.Day), byExpiry: false);
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

    /// <summary>Out of what one grant made, and of what cancels put in its place, back into its budget.</summary>
    private List<Posting> Recalled(Record record, Box holding)
    {
        var first = lots[record.Postings[0].Lot!.Value];
        var granted = lots[first.Made.Parent ?? first.Made.Id].Made;
        Wrong.Unless(granted.Parent is null && granted.Source.StartsWith("1 ", StringComparison.Ordinal) && granted.Programme == record.Programme, $"{Name(record)} recalls what is no grant of its programme");
        var there = In(record.Citizen, holding, record.Day).Where(l => l.Made.Id == granted.Id || l.Made.Parent == granted.Id);
        var taken = holding.Kind == 15 ? [Whole(record, holding)] : Taken(record, there, record.Moved);
        return [.. taken.Select(t => t.Posting), new(new Box(2, holding.Issuer, record.Programme!.Value), null, record.Moved, null)];
    }

    private Record Cancelled(Record record, params long[] kinds)
    {
        Wrong.Unless(record.Cancels is { } id && Records.ContainsKey(id), $"{Name(record)} cancels what was never posted");
        var first = Records[record.Cancels!.Value];
        Wrong.Unless(kinds.Contains(first.Kind) && first.Acceptor == record.Acceptor && first.Programme == record.Programme && first.Citizen == record.Citizen, $"{Name(record)} must not cancel {Name(first)}");
        return first;
    }

    private List<Posting> Expired(Record record)
    {
        var lot = lots[record.Postings.Single(p => p.Lot is not null).Lot!.Value];
        Wrong.Unless(record.Day > lot.Made.ExpiresOn && lot.Left > 0 && lot.Box.Kind is (1 or 7 or 15), $"{Name(record)} takes from a lot of {lot.Made.ExpiresOn} with {lot.Left} in it");
        var amount = lot.Left;
        lot.Left = 0;
        return [On(record, lot.Made.Id, -amount), new(new Box(4, lot.Box.Issuer, Guid.Empty), null, amount, null)];
    }

    /// <summary>One lot goes whole, while it can still be used.</summary>
    private List<Posting> Voided(Record record)
    {
        var lot = lots[record.Postings.Single(p => p.Lot is not null).Lot!.Value];
        Wrong.Unless(lot.Left > 0 && lot.Box.Kind is (1 or 6 or 7 or 15) && (lot.Box.Kind == 6 || record.Day <= lot.Made.ExpiresOn), $"{Name(record)} voids a lot of {lot.Made.ExpiresOn} with {lot.Left} in it");
        var amount = lot.Left;
        lot.Left = 0;
        return [On(record, lot.Made.Id, -amount), new(new Box(13, lot.Box.Issuer, Guid.Empty), null, amount, null)];
    }

    /// <summary>A posting on a lot tells what is usable after it.</summary>
    private Posting On(Record record, Guid lot, long amount) => new(lots[lot].Box, lot, amount, Usable(record.Citizen, lots[lot].Box, record.Day));

    private void Make(Record record, MadeLot made, Box box)
    {
        var lot = new Lot(box, made) { Left = made.Amount };
        Wrong.Unless(lots.TryAdd(made.Id, lot), $"{Name(record)} makes a lot that is there already");
        if (!boxes.TryGetValue((record.Citizen, box), out var here)) boxes.Add((record.Citizen, box), here = []);
        here.Add(lot);
    }

    private IEnumerable<Lot> In(Guid citizen, Box box) => boxes.GetValueOrDefault((citizen, box), []).Where(l => l.Left > 0);

    private IEnumerable<Lot> In(Guid citizen, Box box, long day) => In(citizen, box).Where(l => box.Kind is not (1 or 7 or 15) || day <= l.Made.ExpiresOn);

    private static List<Lot> InOrder(IEnumerable<Lot> of, bool byExpiry) =>
    [
        .. of.OrderBy(l => byExpiry ? l.Made.ExpiresOn : l.Made.AcquiredOn).ThenBy(l => byExpiry ? l.Made.AcquiredOn : l.Made.ExpiresOn)
            .ThenBy(l => Convert.ToHexString(l.Made.Id.Bytes()), StringComparer.Ordinal),
    ];

    private static string Name(Record record) => $"{record.Place} {record.Id}, kind {record.Kind} of day {record.Day}";

    private sealed class Lot(Box box, MadeLot made)
    {
        public Box Box => box;
        public MadeLot Made => made;
        public long Left { get; set; }
    }
}
