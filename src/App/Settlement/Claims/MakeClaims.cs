using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>The claims of a month that is being closed, out of its lines. They may be made twice: their ids follow from whose they are.</summary>
public sealed class MakeClaims(Database database, RegistryCache registry, Settings settings, TimeProvider clock)
{
    public const int WholeRate = 10_000;

    private const int AtOnce = 1_000;

    private const string OwnKind = "public_facility";

    private const string Sums = """
        select account_kind, issuer, owner, cast(sum(case when undone = 0 then amount else 0 end) as bigint) as used, cast(sum(case when undone = 1 then amount else 0 end) as bigint) as undone,
          cast(sum(case when kind = @Capture then amount else 0 end) as bigint) as online
        from stl_line where month = @Number and issuer <> @State and account_kind in (@Acceptor, @Desk, @Centre, @Service) group by account_kind, issuer, owner
        """;

    private const string LeftOver = "select creditor_kind as account_kind, issuer, creditor as owner, amount as carried from stl_claim where month = @Number and state = 'carried' and amount < 0";

    private const string Put = """
        insert into stl_claim(id, month, issuer, creditor_kind, creditor, used, undone, carried, fee_rate, fee, amount, state, claimed_ms)
        values (@Id, @Month, @Issuer, @CreditorKind, @Creditor, @Used, @Undone, @Carried, @FeeRate, @Fee, @Amount, @State, @ClaimedMs) on conflict do nothing
        """;

    internal async Task Make(SettlementMonth month, CancellationToken stop)
    {
        var (view, now) = (await settings.View(), await registry.View());
        var claims = (await Owed(month, stop)).Select(o => Of(month, o, now, view));
        foreach (var some in claims.Chunk(AtOnce))
            await database.Write(tx => tx.Connection.ExecuteAsync(Put, some.Select(Row).ToList(), tx.Handle), stop);
    }

    /// <summary>A fee never is more than what it is taken of; what is less than a yen is not taken. Of what was refunded it goes back.</summary>
    public static long FeeOf(long captured, int rate) => (long)((Int128)captured * rate / WholeRate);

    private async Task<ICollection<Sum>> Owed(SettlementMonth month, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var owed = (await connection.QueryAsync<Sum>(Sums, new
        {
            month.Number, State = MunicipalityCode.State.Value, Capture = (int)TransferKind.Capture, Acceptor = (int)AccountKind.Acceptor, Desk = (int)AccountKind.VoucherDesk, Centre = (int)AccountKind.CardCentre,
            Service = (int)AccountKind.PaymentService,
        })).ToDictionary(s => (s.AccountKind, s.Issuer, s.Owner));
        foreach (var left in await connection.QueryAsync<Sum>(LeftOver, new { month.Before.Number }))
        {
            if (!owed.TryGetValue((left.AccountKind, left.Issuer, left.Owner), out var sum)) owed[(left.AccountKind, left.Issuer, left.Owner)] = sum = left;
            sum.Carried = left.Carried;
        }
        return owed.Values;
    }

    private MonthClaim Of(SettlementMonth month, Sum sum, RegistryView registry, SettingsView settings)
    {
        var issuer = MunicipalityCode.Trusted(sum.Issuer);
        var (scope, last) = (new SettingScope(Issuer: issuer), month.UntilMs - 1);
        var rate = sum.Online == 0 ? 0 : (int)settings.Number("settlement.fee", scope, last);
        var fee = FeeOf(sum.Online, rate);
        var amount = sum.Used + sum.Undone + sum.Carried - fee;
        var own = sum.AccountKind == (int)AccountKind.Acceptor && registry.Find(new AcceptorId(sum.Owner)) is { Kind.Code: OwnKind } place && place.Municipality == issuer;
        var state = own ? ClaimState.Internal : amount <= 0 ? ClaimState.Carried : settings.Get("settlement.claim", scope, last).Text == "auto" ? ClaimState.Claimed : ClaimState.Open;
        return new MonthClaim(IdOf(month, sum), month, issuer, (AccountKind)sum.AccountKind, sum.Owner, sum.Used, sum.Undone, sum.Carried, rate, fee, amount, state) { ClaimedMs = state == ClaimState.Claimed ? clock.NowMs() : null };
    }

    private static Guid IdOf(SettlementMonth month, Sum sum) => Ids.Named<TransferId>(System.Text.Encoding.ASCII.GetBytes($"claim {month} {sum.Issuer} {sum.AccountKind} {sum.Owner:N}")).Value;

    private static object Row(MonthClaim c) => new
    {
        c.Id, Month = c.Month.Number, Issuer = c.Issuer.Value, CreditorKind = (int)c.CreditorKind, c.Creditor, c.Used, c.Undone, c.Carried, c.FeeRate, c.Fee, c.Amount, State = Words<ClaimState>.Of(c.State), c.ClaimedMs,
    };

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
