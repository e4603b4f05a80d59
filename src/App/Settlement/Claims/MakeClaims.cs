using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>The claims of a month that is being closed, out of its lines. They may be made twice: their ids follow from whose they are.</summary>
public sealed class MakeClaims(Database database, RegistryCache registry, OnlineSiteCache sites, Settings settings, TimeProvider clock)
{
    public const int WholeRate = 10_000;

    private const string OwnKind = "public_facility";

    private const string Issuers = """
        select issuer from stl_line where month = @Number and issuer <> @State union select issuer from stl_claim where month = @Before and state = 'carried' and amount < 0 order by 1
        """;

    private const string Sums = """
        select account_kind, issuer, owner, cast(sum(case when undone = 0 then amount else 0 end) as bigint) as used, cast(sum(case when undone = 1 then amount else 0 end) as bigint) as undone,
          cast(sum(case when kind = @Capture then amount else 0 end) as bigint) as online
        from stl_line where issuer = @Issuer and account_kind in (@Acceptor, @Desk, @Centre, @Service) and month = @Number group by account_kind, issuer, owner
        """;

    private const string LeftOver = "select creditor_kind as account_kind, issuer, creditor as owner, amount as carried from stl_claim where issuer = @Issuer and month = @Before and state = 'carried' and amount < 0";

    private const string Columns = "id, month, issuer, creditor_kind, creditor, used, undone, carried, fee_rate, fee, amount, state, claimed_ms";

    private const string PutOne = $"""
        insert into stl_claim({Columns})
        values (@Id, @Month, @Issuer, @CreditorKind, @Creditor, @Used, @Undone, @Carried, @FeeRate, @Fee, @Amount, @State, case when @State = 'claimed' then @Now end) on conflict do nothing
        """;

    private const string PutMany = $"""
        insert into stl_claim({Columns})
        select k.*, case when k.state = 'claimed' then @Now end from unnest(@Id, @Month, @Issuer, @CreditorKind, @Creditor, @Used, @Undone, @Carried, @FeeRate, @Fee, @Amount, @State)
          k(id, month, issuer, creditor_kind, creditor, used, undone, carried, fee_rate, fee, amount, state)
        on conflict do nothing
        """;

    internal async Task Make(SettlementMonth month, CancellationToken stop)
    {
        var known = new Known(await settings.View(), await registry.View(), (await sites.View()).All.SelectMany(s => s.Sellers, (s, seller) => (s.Key, seller.Acceptor)).DistinctBy(s => s.Acceptor).ToDictionary(s => s.Acceptor, s => s.Key));
        foreach (var issuer in await Owing(month, stop))
            foreach (var some in (await Owed(month, issuer, stop)).Select(o => Of(month, o, known)).Chunk(Pieces.AtOnce))
                await database.WritePiece(tx => tx.Engine == Engine.Sqlite ? tx.Connection.ExecuteAsync(PutOne, some.Select(Row).ToList(), tx.Handle) : tx.Connection.ExecuteAsync(PutMany, Rows(some), tx.Handle), stop);
    }

    /// <summary>A fee never is more than what it is taken of; what is less than a yen is not taken. Of what was refunded it goes back.</summary>
    public static long FeeOf(long captured, int rate) => (long)((Int128)captured * rate / WholeRate);

    private async Task<IReadOnlyList<string>> Owing(SettlementMonth month, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. await connection.QueryAsync<string>(Issuers, new { month.Number, Before = month.Before.Number, State = MunicipalityCode.State.Value })];
    }

    private async Task<ICollection<Sum>> Owed(SettlementMonth month, string issuer, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var owed = (await connection.QueryAsync<Sum>(Sums, new
        {
            month.Number, Issuer = issuer, Capture = (int)TransferKind.Capture, Acceptor = (int)AccountKind.Acceptor, Desk = (int)AccountKind.VoucherDesk, Centre = (int)AccountKind.CardCentre,
            Service = (int)AccountKind.PaymentService,
        })).ToDictionary(s => (s.AccountKind, s.Owner));
        foreach (var left in await connection.QueryAsync<Sum>(LeftOver, new { Before = month.Before.Number, Issuer = issuer }))
        {
            if (!owed.TryGetValue((left.AccountKind, left.Owner), out var sum)) owed[(left.AccountKind, left.Owner)] = sum = left;
            sum.Carried = left.Carried;
        }
        return owed.Values;
    }

    private MonthClaim Of(SettlementMonth month, Sum sum, Known known)
    {
        var issuer = MunicipalityCode.Trusted(sum.Issuer);
        var taker = new AcceptorId(sum.Owner);
        var (scope, last) = (new SettingScope(Issuer: issuer, Site: known.Sites.GetValueOrDefault(taker)), month.UntilMs - 1);
        var rate = sum.Online == 0 ? 0 : (int)known.Settings.Number("settlement.fee", scope, last);
        var fee = FeeOf(sum.Online, rate);
        var amount = sum.Used + sum.Undone + sum.Carried - fee;
        var own = sum.AccountKind == (int)AccountKind.Acceptor && known.Registry.Find(taker) is { Kind.Code: OwnKind } place && place.Municipality == issuer;
        var state = own ? ClaimState.Internal : amount <= 0 ? ClaimState.Carried : known.Settings.Get("settlement.claim", scope, last).Text == "auto" ? ClaimState.Claimed : ClaimState.Open;
        return new MonthClaim(IdOf(month, sum), month, issuer, (AccountKind)sum.AccountKind, sum.Owner, sum.Used, sum.Undone, sum.Carried, rate, fee, amount, state);
    }

    private static Guid IdOf(SettlementMonth month, Sum sum) => Ids.Named<TransferId>(System.Text.Encoding.ASCII.GetBytes($"claim {month} {sum.Issuer} {sum.AccountKind} {sum.Owner:N}")).Value;

    private object Row(MonthClaim c) => new
    {
        c.Id, Month = c.Month.Number, Issuer = c.Issuer.Value, CreditorKind = (int)c.CreditorKind, c.Creditor, c.Used, c.Undone, c.Carried, c.FeeRate, c.Fee, c.Amount, State = Words<ClaimState>.Of(c.State), Now = clock.NowMs(),
    };

    private object Rows(MonthClaim[] all) => new
    {
        Id = Array.ConvertAll(all, c => c.Id), Month = Array.ConvertAll(all, c => c.Month.Number), Issuer = Array.ConvertAll(all, c => c.Issuer.Value), CreditorKind = Array.ConvertAll(all, c => (int)c.CreditorKind),
        Creditor = Array.ConvertAll(all, c => c.Creditor), Used = Array.ConvertAll(all, c => c.Used), Undone = Array.ConvertAll(all, c => c.Undone), Carried = Array.ConvertAll(all, c => c.Carried),
        FeeRate = Array.ConvertAll(all, c => c.FeeRate), Fee = Array.ConvertAll(all, c => c.Fee), Amount = Array.ConvertAll(all, c => c.Amount), State = Array.ConvertAll(all, c => Words<ClaimState>.Of(c.State)), Now = clock.NowMs(),
    };

    /// <param name="Sites">Which site an acceptor takes points for.</param>
    private sealed record Known(SettingsView Settings, RegistryView Registry, IReadOnlyDictionary<AcceptorId, string> Sites);

    private sealed class Sum
    {
        public int AccountKind { get; init; }
        public string Issuer { get; init; } = "";
        public Guid Owner { get; init; }
        public long Used { get; init; }
        public long Undone { get; init; }
        public long Online { get; init; }
        public long Carried { get; set; }
    }
}
