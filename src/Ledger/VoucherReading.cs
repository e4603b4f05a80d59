using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>Vouchers that a desk handed out, as the ledger has them.</summary>
/// <param name="Points">The citizen's.</param>
/// <param name="Premium">What the issuer added out of the budget of <paramref name="Programme"/>.</param>
public sealed record PostedVoucher(TransferId Id, CitizenId Citizen, AcceptorId Desk, MunicipalityCode Issuer, Points Points, Points Premium, ProgrammeId? Programme, bool Cancelled);

/// <summary>Reading vouchers, for an audit; other modules never read the ledger's tables.</summary>
public sealed class VoucherReading(Database database)
{
    private const string All = """
        select t.id, t.citizen, t.acceptor as desk, t.issuer, t.programme, t.legs, exists(select 1 from ledger_transfer c where c.bucket = @bucket and c.cancels = t.id) as cancelled
        from ledger_transfer t where t.bucket = @bucket and t.kind = @Kind order by t.id
        """;

    /// <summary>All of a bucket, in the order of their ids; no index helps it.</summary>
    public async Task<IReadOnlyList<PostedVoucher>> Of(int bucket, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>(All, new { bucket, Kind = (int)TransferKind.Voucher })).Select(r => r.Read())];
    }

    private sealed class Row
    {
        public TransferId Id { get; set; }
        public CitizenId Citizen { get; set; }
        public AcceptorId Desk { get; set; }
        public string Issuer { get; set; } = "";
        public ProgrammeId? Programme { get; set; }
        public string Legs { get; set; } = "";
        public bool Cancelled { get; set; }

        public PostedVoucher Read()
        {
            var legs = LegsText.Read(Legs);
            return new PostedVoucher(Id, Citizen, Desk, MunicipalityCode.Trusted(Issuer), Taken(legs, AccountKind.Holding), Taken(legs, AccountKind.Budget), Programme, Cancelled);
        }

        private static Points Taken(IReadOnlyList<Leg> legs, AccountKind from) => new(-legs.Where(l => l.Account.Kind == from).Sum(l => l.Amount));
    }
}
