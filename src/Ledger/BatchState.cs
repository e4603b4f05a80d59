using System.Security.Cryptography;
using MyKey.Kernel.Chain;

namespace MyKey.Ledger;

/// <summary>
/// A batch in memory: the loaded lots, to which the transfers are applied one after the other. Nothing here touches the database; a batch that
/// must be done again is loaded again.
/// </summary>
internal sealed class BatchState(Loaded loaded, TimeProvider clock, bool seal)
{
    private readonly Dictionary<(int Bucket, TransferId Id), Outcome> posted = [];
    private readonly Dictionary<(int Bucket, TransferId Id), long> goneBack = new(loaded.GoneBack);
    private readonly Dictionary<CitizenId, LastEntry> lastEntries = [];
    private readonly System.Formats.Cbor.CborWriter cbor = Canonical.Writer();
    private byte[] salts = [];
    private int saltAt;

    /// <summary>Milliseconds UTC, one for the batch.</summary>
    public long NowMs { get; } = clock.NowMs();

    public DateOnly Today { get; } = clock.Today();

    public Dictionary<int, List<EntryToWrite>> Entries { get; } = [];

    /// <summary>How much the premiums of this batch take from each budget, those taken back subtracted.</summary>
    public Dictionary<ProgrammeId, long> FromBudgets { get; } = [];

    /// <summary>Every holder of premiums that was changed or made.</summary>
    public IReadOnlyList<PremiumHolder> ChangedHolders() => [.. loaded.Premiums.Values.Where(h => h.Change != LotChange.None)];

    /// <summary>Applies one transfer: accepted, repeated, or refused with nothing changed.</summary>
    public Outcome Apply(Transfer transfer, int bucket)
    {
        var key = (bucket, transfer.Id);
        if (posted.TryGetValue(key, out var inBatch))
            return SameContent(transfer, inBatch.Row!) ? inBatch with { Repeated = true } : new Outcome(Refusal.Of("id_reused"));
        if (loaded.Transfers.TryGetValue(key, out var known))
            return SameContent(transfer, known) ? new Outcome(known, Repeated: true) : new Outcome(Refusal.Of("id_reused"));
        if (NowMs >= transfer.NotAfterMs) return new Outcome(Refusal.Of("busy"));
        var planned = Plan(transfer, bucket);
        if (planned.Refused is { } refusal) return new Outcome(refusal);
        var outcome = new Outcome(Accept(transfer, bucket, planned.Value), Repeated: false);
        posted.Add(key, outcome);
        return outcome;
    }

    /// <summary>Every lot that was changed or made.</summary>
    public IReadOnlyList<Lot> ChangedLots() => [.. loaded.Lots.Values.SelectMany(lots => lots).Where(l => l.Change != LotChange.None)];

    private Result<Plan> Plan(Transfer transfer, int bucket)
    {
        if (transfer.Cancels is not null) return PlanReturn(transfer, bucket);
        if (Directions.Check(transfer.Kind, transfer.From, transfer.To, transfer.Citizen) is { } no) return no;
        if (transfer.Pledged is { } pledge && Known((bucket, pledge)) is { } made && made.Acceptor != transfer.Acceptor) return Refusal.Of("scope_denied");
        if (transfer.Kind == TransferKind.Premium) return PremiumPlan.Pay(transfer, loaded.Premiums.GetValueOrDefault(transfer.Citizen!.Value));
        var planned = PlanOneWay(transfer, bucket, LotsOf(transfer.Citizen!.Value));
        // A grant is received in one piece (S1-37).
        return transfer.From.Kind == AccountKind.Entitlement && planned.Ok && !planned.Value.EmptiesOne ? Refusal.Of("split_forbidden") : planned;
    }

    private Result<Plan> PlanOneWay(Transfer transfer, int bucket, List<Lot> lots) =>
        transfer.Kind switch
        {
            TransferKind.Use or TransferKind.TicketUse or TransferKind.Voucher or TransferKind.Charge or TransferKind.Capture or TransferKind.Donate or TransferKind.Payout => Allocation.Use(transfer, lots, Today),
            TransferKind.Grant or TransferKind.Exchange => Allocation.Make(transfer, bucket, lots, Today, clock),
            TransferKind.Move or TransferKind.TicketIssue or TransferKind.Pledge => Allocation.Move(transfer, bucket, lots, Today, clock),
            TransferKind.Recall => Allocation.Recall(transfer, lots, Today),
            TransferKind.Void => Allocation.Void(transfer, lots, Today),
            TransferKind.Expire => Allocation.Expire(transfer, lots, Today),
            _ => Refusal.Of("direction_forbidden"),
        };

    private Result<Plan> PlanReturn(Transfer transfer, int bucket)
    {
        var key = (bucket, transfer.Cancels!.Value);
        var original = Known(key);
        if (original?.Citizen is not { } citizen) return Refusal.Of("transfer_unknown");
        if (original.Kind != transfer.Undoes) return Refusal.Of("cancel_forbidden");
        if (original.Acceptor != transfer.Acceptor || original.Programme != transfer.Programme) return Refusal.Of("scope_denied");
        var before = goneBack.GetValueOrDefault(key);
        if (before > 0 && transfer.Kind != TransferKind.Refund) return Refusal.Of("already_cancelled");
        var (legs, to) = (LegsText.Read(original.Legs), new Return(transfer, bucket, LotsOf(citizen), Today, clock));
        var plan = transfer.Kind switch
        {
            TransferKind.Cancel when original.Kind == TransferKind.Premium => PremiumPlan.TakeBack(transfer, legs, citizen),
            TransferKind.Cancel => to.Use(legs, citizen),
            TransferKind.Refund => to.Capture(legs, before),
            _ => to.Held(legs),
        };
        if (plan.Ok) goneBack[key] = before + plan.Value.Legs.Where(l => l.Amount > 0).Sum(l => l.Amount);
        return plan;
    }

    private TransferRow? Known((int Bucket, TransferId Id) key) => posted.TryGetValue(key, out var here) ? here.Row : loaded.Transfers.GetValueOrDefault(key);

    private TransferRow Accept(Transfer transfer, int bucket, Plan plan)
    {
        var citizen = plan.Citizen;
        var lots = LotsOf(citizen);
        var last = LastEntryOf(citizen, lots);
        plan.Apply(lots);
        var record = new TransferRecord
        {
            Bucket = bucket, Id = transfer.Id, Kind = transfer.Kind, Citizen = citizen, EntryNo = last.Number + 1, PreviousCommit = last.Commit,
            TimeMs = NowMs, CivilDay = Today, Actor = transfer.Actor, Acceptor = transfer.Acceptor, Terminal = transfer.Terminal,
            Programme = transfer.Programme, Cancels = transfer.Cancels, Settings = transfer.Settings, Legs = plan.Legs, NewLots = plan.NewLots,
        };
        Must.Hold(record.Legs.Sum(l => l.Amount) == 0, "the postings of a transfer sum to zero");
        var entry = Seal(record, last.Transfer);
        lastEntries[citizen] = new LastEntry(record.EntryNo, entry.Commit, transfer.Id);
        Touch(lots, plan, record.EntryNo, entry.Commit, transfer.Id);
        if (plan.Premium != 0) Count(record, entry.Commit, plan.Premium);
        if (!Entries.TryGetValue(bucket, out var entries)) Entries.Add(bucket, entries = new List<EntryToWrite>(64));
        entries.Add(entry);
        var head = loaded.Heads[bucket];
        return new TransferRow(bucket, transfer.Id, transfer.Kind, citizen, transfer.Actor, transfer.Acceptor, transfer.Programme, transfer.Cancels,
            record.Issuer.Value, record.Amount, entry.Legs, NowMs, head.Height + 1, entries.Count - 1)
        { BalanceAfter = record.BalanceAfter };
    }

    /// <summary>The holder's sum and the end of its chain.</summary>
    private void Count(TransferRecord record, byte[] commit, long premium)
    {
        var (holder, round) = (record.Citizen!.Value, record.Programme!.Value);
        if (!loaded.Premiums.TryGetValue(holder, out var known))
            loaded.Premiums.Add(holder, known = new PremiumHolder { Bucket = record.Bucket, Holder = holder, Programme = round, Service = new PaymentServiceId(record.Legs[1].Account.Owner), Change = LotChange.Inserted });
        else if (known.Change == LotChange.None) known.Change = LotChange.Updated;
        (known.Given, known.EntryNo, known.Commit, known.LastTransfer) = (known.Given + premium, record.EntryNo, commit, record.Id);
        FromBudgets[round] = FromBudgets.GetValueOrDefault(round) + premium;
    }

    private EntryToWrite Seal(TransferRecord record, TransferId? previous)
    {
        var bytes = seal ? record.Bytes(cbor) : [];
        var salt = NextSalt();
        return new EntryToWrite(record, previous, bytes, salt, seal ? Entry.Commit(salt, bytes) : salt, record.LegsText());
    }

    private static void Touch(List<Lot> lots, Plan plan, long entryNo, byte[] commit, TransferId transfer)
    {
        foreach (var lot in lots)
        {
            if (plan.Touches(lot))
            {
                (lot.EntryNo, lot.Commit, lot.LastTransfer, lot.Closed) = (entryNo, commit, transfer, false);
                if (lot.Change == LotChange.None) lot.Change = LotChange.Updated;
            }
            else if (lot.Remaining == 0 && !lot.Closed)
            {
                lot.Closed = true;
                if (lot.Change == LotChange.None) lot.Change = LotChange.Updated;
            }
        }
    }

    private List<Lot> LotsOf(CitizenId citizen)
    {
        if (!loaded.Lots.TryGetValue(citizen, out var lots)) loaded.Lots.Add(citizen, lots = []);
        return lots;
    }

    private LastEntry LastEntryOf(CitizenId citizen, List<Lot> lots)
    {
        if (lastEntries.TryGetValue(citizen, out var known)) return known;
        if (loaded.Premiums.TryGetValue(citizen, out var holder)) return new LastEntry(holder.EntryNo, holder.Commit, holder.LastTransfer);
        Lot? newest = null;
        foreach (var lot in lots)
            if (newest is null || lot.EntryNo > newest.EntryNo) newest = lot;
        return newest is null ? new LastEntry(0, null, null) : new LastEntry(newest.EntryNo, newest.Commit, newest.LastTransfer);
    }

    /// <summary>One call of the random generator draws the salts of many entries.</summary>
    private byte[] NextSalt()
    {
        if (saltAt == salts.Length)
        {
            salts = RandomNumberGenerator.GetBytes(32 * 64);
            saltAt = 0;
        }
        saltAt += 32;
        return salts[(saltAt - 32)..saltAt];
    }

    /// <summary>The same id says the same thing: kind, citizen, amount, both accounts, acceptor, programme, what is cancelled, and actor.</summary>
    private static bool SameContent(Transfer asked, TransferRow known) =>
        asked.Kind == known.Kind && asked.Actor == known.Actor && asked.Acceptor == known.Acceptor && asked.Programme == known.Programme
        && asked.Cancels == known.Cancels && (asked.Citizen is null || asked.Citizen == known.Citizen)
        && (asked.FindsAmount || (asked.Amount + asked.Premium).Value == known.Amount) && (asked.Citizen is null || LegsText.Read(known.Legs).All(l => IsAsked(asked, l)));

    private static bool IsAsked(Transfer asked, Leg leg) =>
        leg.Amount > 0 ? leg.Account == asked.To : leg.Account == asked.From || (asked.Premium > Points.Zero && leg.Account.Kind == AccountKind.Budget);

    private sealed record LastEntry(long Number, byte[]? Commit, TransferId? Transfer);
}

/// <summary>What became of one transfer in a batch: its row, or why not.</summary>
internal sealed record Outcome(TransferRow? Row, bool Repeated, Refusal? Refused = null)
{
    public Outcome(Refusal refused) : this(null, false, refused)
    {
    }

    public Outcome(TransferRow row, bool Repeated) : this(row, Repeated, null)
    {
    }

    public Result<Posted> Answer() => Row is { } row
        ? new Posted(row.Id, new ReceiptNumber(row.Bucket, row.Height, row.Pos), row.Kind, MunicipalityCode.Trusted(row.Issuer), new Points(row.Amount),
            new Points(row.BalanceAfter), row.TimeMs, row.Cancels, Repeated)
        : Refused!;
}
