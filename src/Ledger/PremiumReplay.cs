using System.Data.Common;
using Dapper;

namespace MyKey.Ledger;

/// <summary>What each holder of premiums has, built anew from the records: never more than the cap that they name, of one round and one service (S3-03, S3-05), and compared with the table.</summary>
internal sealed class PremiumReplay(int bucket)
{
    private readonly Dictionary<CitizenId, Held> holders = [];
    private readonly Dictionary<TransferId, long> paid = [];

    public void Apply(TransferRecord record, byte[] commit, string place)
    {
        long change;
        if (record.Kind == TransferKind.Premium)
        {
            change = record.Amount;
            paid.Add(record.Id, change);
        }
        else if (record.Kind == TransferKind.Cancel && paid.Remove(record.Cancels!.Value, out var given))
        {
            Found.Unless(record.Amount == given, $"{place}: takes {record.Amount} back of a premium of {given}");
            change = -given;
        }
        else return;
        var (budget, service) = (record.Legs.Single(l => l.Account.Kind == AccountKind.Budget).Account, record.Legs.Single(l => l.Account.Kind == AccountKind.PaymentService).Account);
        if (!holders.TryGetValue(record.Citizen!.Value, out var held)) holders.Add(record.Citizen.Value, held = new Held(new ProgrammeId(budget.Owner), new PaymentServiceId(service.Owner)));
        Found.Unless(held.Programme.Value == budget.Owner && held.Service.Value == service.Owner && record.Programme == held.Programme, $"{place}: another round or payment service than its holder's");
        held.Given += change;
        if (change > 0)
        {
            var cap = PremiumCap.Read(record.Settings);
            Found.Unless(held.Given <= cap, $"{place}: its holder has {held.Given} then, the cap is {cap}");
        }
        (held.EntryNo, held.Commit, held.Last) = (record.EntryNo, commit, record.Id);
    }

    /// <summary>Every row against what the records say, and none too many.</summary>
    public async Task Compare(DbConnection connection)
    {
        var count = 0;
        foreach (var row in await connection.QueryAsync<Row>("select holder, programme, service, given, entry_no, commitment, last_transfer from ledger_premium where bucket = @bucket order by holder", new { bucket }))
        {
            var place = $"ledger_premium bucket {bucket} holder {row.Holder.Value}";
            Found.Unless(holders.TryGetValue(row.Holder, out var held), $"{place}: no record made it");
            Same("programme", row.Programme, held!.Programme, place);
            Same("service", row.Service, held.Service, place);
            Same("given", row.Given, held.Given, place);
            Same("entry_no", row.EntryNo, held.EntryNo, place);
            Same("commitment", Convert.ToHexString(row.Commitment), Convert.ToHexString(held.Commit), place);
            Same("last_transfer", row.LastTransfer, held.Last, place);
            count++;
        }
        Found.Unless(count == holders.Count, $"ledger_premium bucket {bucket}: {holders.Count - count} holders are missing");
    }

    private static void Same<T>(string column, T stands, T recorded, string place) =>
        Found.Unless(EqualityComparer<T>.Default.Equals(stands, recorded), $"{place}: {column} is {stands}, the records say {recorded}");

    private sealed class Held(ProgrammeId programme, PaymentServiceId service)
    {
        public ProgrammeId Programme => programme;
        public PaymentServiceId Service => service;
        public long Given { get; set; }
        public long EntryNo { get; set; }
        public byte[] Commit { get; set; } = [];
        public TransferId Last { get; set; }
    }

    private sealed class Row
    {
        public CitizenId Holder { get; init; }
        public ProgrammeId Programme { get; init; }
        public PaymentServiceId Service { get; init; }
        public long Given { get; init; }
        public long EntryNo { get; init; }
        public byte[] Commitment { get; init; } = [];
        public TransferId LastTransfer { get; init; }
    }
}
