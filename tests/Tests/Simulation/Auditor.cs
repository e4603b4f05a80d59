using MyKey.Kernel;

namespace MyKey.Tests.Simulation;

/// <summary>
/// Tells the whole history again from the records: which lots a transfer had to take, what was left, what the citizen was told. A second and
/// simple implementation, which knows nothing of batches, writers and tables.
/// </summary>
internal sealed class Auditor
{
    private const int GraceDays = 30;
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

    /// <summary>What a citizen can use of an issuer's points on a day.</summary>
    public long Usable(Guid citizen, string issuer, long day) => Usable(Of(citizen, issuer), day);

    private List<Posting> Expected(Record record) => record.Kind switch
    {
        Record.Grant => Granted(record),
        Record.Use => Used(record),
        Record.Cancel => GivenBack(record),
        Record.Expire => Expired(record),
        _ => throw new Wrong($"{Name(record)} is of no kind"),
    };

    private List<Posting> Granted(Record record)
    {
        var (made, issuer) = (record.Lots.Single(), record.Postings[0].Issuer);
        Wrong.Unless(made.AcquiredOn == record.Day && made.ExpiresOn >= record.Day && made.Parent is null, $"{Name(record)} makes a lot of {made.AcquiredOn} to {made.ExpiresOn}");
        Make(record, made, issuer);
        return [new(2, issuer, record.Programme!.Value, null, -made.Amount, null), Holding(record, issuer, made.Id, made.Amount)];
    }

    private List<Posting> Used(Record record)
    {
        var issuer = record.Postings[0].Issuer;
        var (left, expected) = (record.Moved, new List<Posting>());
        var usable = Of(record.Citizen, issuer).Where(l => l.Left > 0 && record.Day <= l.Made.ExpiresOn);
        usable = record.Settings.Contains("earliest_expiry", StringComparison.Ordinal)
            ? usable.OrderBy(l => l.Made.ExpiresOn).ThenBy(l => l.Made.AcquiredOn).ThenBy(l => Convert.ToHexString(l.Made.Id.Bytes()), StringComparer.Ordinal)
            : usable.OrderBy(l => l.Made.AcquiredOn).ThenBy(l => l.Made.ExpiresOn).ThenBy(l => Convert.ToHexString(l.Made.Id.Bytes()), StringComparer.Ordinal);
        foreach (var lot in usable.ToList())
        {
            var part = Math.Min(left, lot.Left);
            if (part == 0) break;
            (lot.Left, left) = (lot.Left - part, left - part);
            expected.Add(Holding(record, issuer, lot.Made.Id, -part));
        }
        Wrong.Unless(left == 0, $"{Name(record)} uses {left} more than there was");
        return [.. expected, new(3, issuer, record.Acceptor!.Value, null, record.Moved, null)];
    }

    private List<Posting> GivenBack(Record record)
    {
        Wrong.Unless(record.Cancels is { } id && Records.ContainsKey(id), $"{Name(record)} cancels what was never posted");
        var use = Records[record.Cancels!.Value];
        Wrong.Unless(use.Kind == Record.Use && use.Acceptor == record.Acceptor && use.Citizen == record.Citizen && cancelled.Add(use.Id), $"{Name(record)} must not cancel {Name(use)}");
        var issuer = use.Postings[0].Issuer;
        var expected = new List<Posting> { new(3, issuer, use.Acceptor!.Value, null, -use.Moved, null) };
        var made = new Queue<MadeLot>(record.Lots);
        foreach (var taken in use.Postings.Where(p => p.Lot is not null))
        {
            var lot = lots[taken.Lot!.Value];
            if (record.Day <= lot.Made.ExpiresOn)
            {
                lot.Left -= taken.Amount;
                expected.Add(Holding(record, issuer, lot.Made.Id, -taken.Amount));
                continue;
            }
            Wrong.Unless(made.TryDequeue(out var next), $"{Name(record)} makes no lot for lapsed points");
            var expires = (long)Jst.FromNumber((int)record.Day).AddDays(GraceDays).ToNumber();
            Wrong.Unless(next == new MadeLot(next!.Id, lot.Made.AcquiredOn, expires, -taken.Amount, lot.Made.Programme, lot.Made.Id), $"{Name(record)} makes {next} in place of {lot.Made}");
            Make(record, next!, issuer);
            expected.Add(Holding(record, issuer, next!.Id, next.Amount));
        }
        Wrong.Unless(made.Count == 0, $"{Name(record)} makes a lot too many");
        return expected;
    }

    private List<Posting> Expired(Record record)
    {
        var lot = lots[record.Postings.Single(p => p.Lot is not null).Lot!.Value];
        Wrong.Unless(record.Day > lot.Made.ExpiresOn && lot.Left > 0, $"{Name(record)} takes from a lot of {lot.Made.ExpiresOn} with {lot.Left} in it");
        var amount = lot.Left;
        lot.Left = 0;
        return [Holding(record, lot.Issuer, lot.Made.Id, -amount), new(4, lot.Issuer, Guid.Empty, null, amount, null)];
    }

    /// <summary>A posting on a lot tells what is usable after it.</summary>
    private Posting Holding(Record record, string issuer, Guid lot, long amount) =>
        new(1, issuer, record.Citizen, lot, amount, Usable(record.Citizen, issuer, record.Day));

    private void Make(Record record, MadeLot made, string issuer) =>
        Wrong.Unless(lots.TryAdd(made.Id, new Lot(record.Citizen, issuer, made) { Left = made.Amount }), $"{Name(record)} makes a lot that is there already");

    private IEnumerable<Lot> Of(Guid citizen, string issuer) => lots.Values.Where(l => l.Citizen == citizen && l.Issuer == issuer);

    private static long Usable(IEnumerable<Lot> of, long day) => of.Where(l => day <= l.Made.ExpiresOn).Sum(l => l.Left);

    private static string Name(Record record) => $"{record.Place} {record.Id}, kind {record.Kind} of day {record.Day}";

    private sealed class Lot(Guid citizen, string issuer, MadeLot made)
    {
        public Guid Citizen => citizen;
        public string Issuer => issuer;
        public MadeLot Made => made;
        public long Left { get; set; }
    }
}
