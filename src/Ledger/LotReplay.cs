using System.Data.Common;
using Dapper;

namespace MyKey.Ledger;

/// <summary>Builds the lots of a bucket anew from the records, checking each posting on the way, and compares the result with the table.</summary>
internal sealed class LotReplay(int bucket)
{
    private readonly Dictionary<LotId, Replayed> lots = [];
    private readonly Dictionary<CitizenId, Last> citizens = [];
    private readonly Dictionary<TransferId, byte[]> commits = [];
    private readonly HashSet<TransferId> cancelled = [];
    private readonly Dictionary<TransferId, AcceptorId?> pledges = [];
    private readonly Dictionary<TransferId, Dictionary<LotId, long>> captures = [];
    private readonly HashSet<TransferId> seen = [];
    private readonly PremiumReplay premiums = new(bucket);

    public void Remember(TransferId id, byte[] commit) => commits[id] = commit;

    /// <summary>Applies a record.</summary>
    /// <returns>The citizen's transfer before it.</returns>
    public TransferId? Apply(TransferRecord record, string place)
    {
        Found.Unless(seen.Add(record.Id), $"{place}: stands in two blocks");
        if (record.Cancels is { } original) Found.Unless((record.Kind == TransferKind.Refund || cancelled.Add(original)) && seen.Contains(original), $"{place}: cancels what is cancelled already or was never posted");
        var citizen = record.Citizen!.Value;
        citizens.TryGetValue(citizen, out var last);
        Found.Unless(record.EntryNo == last.Number + 1, $"{place}: the citizen's entry {record.EntryNo} follows {last.Number}");
        Found.Unless((record.PreviousCommit ?? []).AsSpan().SequenceEqual(last.Commit ?? []), $"{place}: prev_commit is not the citizen's entry before");
        var commit = commits[record.Id];
        commits.Remove(record.Id);
        foreach (var made in record.NewLots) Make(record, made, commit, place);
        foreach (var leg in record.Legs) Post(record, leg, commit, place);
        Trace(record, place);
        premiums.Apply(record, commit, place);
        citizens[citizen] = new Last(record.EntryNo, commit, record.Id);
        return last.Number == 0 ? null : last.Transfer;
    }

    /// <summary>Every row against what the records say, and none too many.</summary>
    public async Task<long> CompareLots(DbConnection connection)
    {
        var rows = connection.Query<LotAuditRow>("select * from ledger_lot where bucket = @bucket order by citizen, id", new { bucket }, buffered: false);
        var count = 0;
        foreach (var row in rows)
        {
            var place = $"ledger_lot bucket {bucket} id {row.Id.Value}";
            Found.Unless(lots.TryGetValue(row.Id, out var lot), $"{place}: no record made it");
            row.Compare(lot!, citizens[lot!.Citizen].Number, place);
            count++;
        }
        await Task.CompletedTask;
        Found.Unless(count == lots.Count, $"ledger_lot bucket {bucket}: {lots.Count - count} lots are missing");
        return count;
    }

    /// <summary>What holders of premiums have, the same way.</summary>
    public Task ComparePremiums(DbConnection connection) => premiums.Compare(connection);

    private void Make(TransferRecord record, LotRecord made, byte[] commit, string place)
    {
        var account = record.Legs.Single(l => l.Lot == made.Id).Account;
        var lot = new Replayed(record.Citizen!.Value, account, made) { EntryNo = record.EntryNo, Commit = commit, LastTransfer = record.Id };
        Found.Unless(lots.TryAdd(made.Id, lot), $"{place}: makes lot {made.Id.Value} a second time");
    }

    private void Post(TransferRecord record, Leg leg, byte[] commit, string place)
    {
        Found.Unless(leg.Account.KeepsLots == leg.Lot is not null, $"{place}: a posting has a lot where its account keeps lots, and only there");
        if (leg.Lot is not { } id) return;
        Found.Unless(lots.TryGetValue(id, out var lot) && lot.Citizen == record.Citizen && lot.Account == leg.Account, $"{place}: posts on lot {id.Value}, which is not the citizen's");
        Found.Unless(MayPost(record, leg, lot!.Made.ExpiresOn), $"{place}: posts on lot {id.Value} after its date");
        lot.Remaining += leg.Amount;
        Found.Unless(lot.Remaining >= 0 && lot.Remaining <= lot.Made.Amount, $"{place}: leaves {lot.Remaining} in lot {id.Value}, which was made with {lot.Made.Amount}");
        (lot.EntryNo, lot.Commit, lot.LastTransfer) = (record.EntryNo, commit, record.Id);
    }

    /// <summary>After its date a lot only lapses, gets back what its tickets and pledges held, or, where it is of an event, goes to the municipality (H-D2).</summary>
    private static bool MayPost(TransferRecord record, Leg leg, DateOnly lastDay) =>
        record.CivilDay <= lastDay || !leg.Account.Lapses || record.Kind is TransferKind.Expire or TransferKind.TicketReturn or TransferKind.Release
        || (record.Kind == TransferKind.Move && leg.Account.Kind == AccountKind.Event && leg.Amount < 0);

    /// <summary>Points that move keep where they come from, and a ticket's go back only there (docs/adr/0004).</summary>
    private void Trace(TransferRecord record, string place)
    {
        foreach (var made in record.NewLots) Trace(record, made, place);
        if (record.Kind == TransferKind.Recall) TraceRecall(record, place);
        if (record.Kind == TransferKind.Void) Found.Unless(record.Legs is [{ Lot: { } whole }, _] && lots[whole].Remaining == 0, $"{place}: leaves something in the lot that became void");
        if (record.Kind is TransferKind.Pledge or TransferKind.Capture or TransferKind.Refund) TracePledge(record, place);
        foreach (var leg in record.Legs.Where(l => l.Account.Kind == AccountKind.Entitlement && l.Amount < 0))
            Found.Unless(lots[leg.Lot!.Value].Remaining == 0 && leg.Account.Owner == lots[leg.Lot.Value].Made.Programme?.Value, $"{place}: takes part of an entitlement, or of another programme's");
        if (record.Kind is TransferKind.Move or TransferKind.TicketIssue or TransferKind.Pledge)
            Found.Unless(record.NewLots.Select(l => l.Parent).Distinct().Count() == record.Legs.Count(l => l.Amount < 0), $"{place}: does not make a lot for each that it takes from");
        if (record.Kind is not (TransferKind.TicketReturn or TransferKind.Release)) return;
        foreach (var leg in record.Legs.Where(l => l.Amount < 0))
        {
            var from = lots[leg.Lot!.Value].Made;
            Found.Unless(record.Legs.Any(l => l.Lot == from.Parent && l.Amount == -leg.Amount), $"{place}: what lot {from.Id.Value} held does not go back where it came from");
        }
    }

    /// <summary>A pledge is captured for whom it was made, and of a capture no more goes back into each lot than came out of it.</summary>
    private void TracePledge(TransferRecord record, string place)
    {
        if (record.Kind == TransferKind.Pledge) pledges[record.Id] = record.Acceptor;
        if (record.Kind == TransferKind.Capture)
        {
            var pledge = new TransferId(record.Legs[0].Account.Owner);
            Found.Unless(pledges.TryGetValue(pledge, out var acceptor) && acceptor == record.Acceptor, $"{place}: captures for somebody else than pledge {pledge.Value} was made for");
            captures[record.Id] = record.Legs.Where(l => l.Lot is not null).GroupBy(l => lots[l.Lot!.Value].Made.Parent!.Value).ToDictionary(g => g.Key, g => -g.Sum(l => l.Amount));
        }
        if (record.Kind != TransferKind.Refund) return;
        Found.Unless(captures.TryGetValue(record.Cancels!.Value, out var open), $"{place}: refunds what is no capture");
        foreach (var leg in record.Legs.Where(l => l.Lot is not null))
        {
            var into = record.NewLots.FirstOrDefault(l => l.Id == leg.Lot)?.Parent ?? leg.Lot!.Value;
            Found.Unless(open!.TryGetValue(into, out var rest) && leg.Amount <= rest, $"{place}: gives {leg.Amount} back to lot {into.Value}, of which {rest} are left in its capture");
            open![into] = rest - leg.Amount;
        }
    }

    /// <summary>What is recalled comes out of one grant: its lot and those that a cancel put in its place, into the budget that it came from (Z2).</summary>
    private void TraceRecall(TransferRecord record, string place)
    {
        var taken = record.Legs.Where(l => l.Lot is not null).Select(l => lots[l.Lot!.Value].Made).ToList();
        Found.Unless(taken.TrueForAll(l => l.Source.Kind == SourceKind.Grant && l.Programme == record.Programme) && taken.Select(l => l.Parent ?? l.Id).Distinct().Count() == 1
            && record.Legs.All(l => l.Lot is not null || l.Account.Owner == record.Programme?.Value), $"{place}: recalls what its programme has not granted at once");
    }

    private void Trace(TransferRecord record, LotRecord made, string place)
    {
        if (record.Kind == TransferKind.Exchange)
            Found.Unless(made.Source.Kind == SourceKind.Exchange && made.Source.Partner?.Value == record.Legs[0].Account.Owner, $"{place}: lot {made.Id.Value} does not name the partner it comes from");
        if (record.Kind is TransferKind.Grant or TransferKind.Exchange)
        {
            Found.Unless(made.Parent is null, $"{place}: lot {made.Id.Value} comes out of another lot");
            return;
        }
        Found.Unless(made.Parent is { } id && lots.TryGetValue(id, out var from) && from.Made.Source == made.Source && from.Made.Programme == made.Programme, $"{place}: lot {made.Id.Value} does not keep the source of the lot it came from");
        if (record.Kind is TransferKind.Cancel or TransferKind.Refund) return;
        var parent = lots[made.Parent!.Value].Made;
        Found.Unless(record.Legs.Any(l => l.Lot == parent.Id && l.Amount == -made.Amount), $"{place}: lot {made.Id.Value} holds other than its part");
        Found.Unless(record.Kind is not (TransferKind.TicketIssue or TransferKind.Pledge) || (made.AcquiredOn, made.ExpiresOn) == (parent.AcquiredOn, parent.ExpiresOn), $"{place}: lot {made.Id.Value} does not keep its dates");
    }

    private readonly record struct Last(long Number, byte[]? Commit, TransferId Transfer);

    internal sealed class Replayed(CitizenId citizen, Account account, LotRecord made)
    {
        public CitizenId Citizen => citizen;
        public Account Account => account;
        public LotRecord Made => made;
        public long Remaining { get; set; }
        public long EntryNo { get; set; }
        public byte[] Commit { get; set; } = [];
        public TransferId LastTransfer { get; set; }
    }

    private sealed class LotAuditRow
    {
        public CitizenId Citizen { get; set; }
        public LotId Id { get; set; }
        public int Kind { get; set; }
        public string Issuer { get; set; } = "";
        public Guid Owner { get; set; }
        public int AcquiredOn { get; set; }
        public int ExpiresOn { get; set; }
        public long Amount { get; set; }
        public long Remaining { get; set; }
        public int SourceKind { get; set; }
        public PartnerId? Partner { get; set; }
        public int RatePartner { get; set; }
        public int RateMunicipal { get; set; }
        public ProgrammeId? Programme { get; set; }
        public LotId? Parent { get; set; }
        public long EntryNo { get; set; }
        public byte[] Commitment { get; set; } = [];
        public TransferId LastTransfer { get; set; }
        public int Closed { get; set; }

        public void Compare(Replayed lot, long lastEntryOfCitizen, string place)
        {
            Same("citizen", Citizen, lot.Citizen);
            Same("kind", Kind, (int)lot.Account.Kind);
            Same("issuer", Issuer, lot.Account.Issuer.Value);
            Same("owner", Owner, lot.Account.Owner);
            Same("acquired_on", AcquiredOn, lot.Made.AcquiredOn.ToNumber());
            Same("expires_on", ExpiresOn, lot.Made.ExpiresOn.ToNumber());
            Same("amount", Amount, lot.Made.Amount);
            Same("remaining", Remaining, lot.Remaining);
            Same("source_kind", SourceKind, (int)lot.Made.Source.Kind);
            Same("partner", Partner, lot.Made.Source.Partner);
            Same("rate_partner", RatePartner, lot.Made.Source.Rate.Partner);
            Same("rate_municipal", RateMunicipal, lot.Made.Source.Rate.Municipal);
            Same("programme", Programme, lot.Made.Programme);
            Same("parent", Parent, lot.Made.Parent);
            Same("entry_no", EntryNo, lot.EntryNo);
            Same("commitment", Convert.ToHexString(Commitment), Convert.ToHexString(lot.Commit));
            Same("last_transfer", LastTransfer, lot.LastTransfer);
            Same("closed", Closed, lot.Remaining == 0 && lot.EntryNo < lastEntryOfCitizen ? 1 : 0);

            void Same<T>(string column, T stands, T recorded) =>
                Found.Unless(EqualityComparer<T>.Default.Equals(stands, recorded), $"{place}: {column} is {stands}, the records say {recorded}");
        }
    }
}
