using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Vouchers;

/// <summary>Received: new paper. Moved: to another desk. Lost, spoilt: no longer handed out. Found: what was lost or spoilt by mistake is in stock again.</summary>
public enum StockChangeKind { Received, Lost, Spoilt, Found, Moved }

/// <summary>A change of a desk's stock as an office asks for it.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="First">First number as printed, e.g. <c>A-0101</c>.</param>
/// <param name="Last">Last number; empty: only the first.</param>
/// <param name="Reason">For what is lost, spoilt or found.</param>
/// <param name="To">The desk to which it is moved.</param>
public sealed record WantedChange(Guid Id, Guid Product, AcceptorId Desk, StockChangeKind Kind, string? First, string? Last, string? Reason = null, AcceptorId? To = null);

/// <summary>Paper comes into a desk's stock as printed numbers from and until, and what becomes of it there is put right with a reason (S4-08c).</summary>
public sealed class ChangeStock(Database database, FindVouchers find, RegistryCache registry, OperationLog log, TimeProvider clock)
{
    public const int MostAtOnce = 10_000;

    private const string Keep = """
        insert into pts_voucher_change(id, product, desk, kind, prefix, width, from_serial, until_serial, to_desk, maker, made_ms)
        values (@Id, @Product, @Desk, @Kind, @Prefix, @Width, @From, @Until, @To, @Maker, @Now) on conflict do nothing
        """;

    private const string SameChange = """
        select product, desk, kind, prefix, from_serial, until_serial, to_desk from pts_voucher_change where id = @Id
        """;

    private const string Receive = """
        with recursive n(serial) as (select cast(@From as bigint) union all select serial + 1 from n where serial < @Until)
        insert into pts_voucher(product, prefix, serial, width, desk, state) select @Product, @Prefix, serial, @Width, @Desk, 'stock' from n where true on conflict do nothing
        """;

    private const string Correct = """
        update pts_voucher set state = @State where product = @Product and desk = @Desk and prefix = @Prefix and serial between @From and @Until and state in (@Was, @OrWas)
        """;

    private const string Move = """
        update pts_voucher set desk = @To where product = @Product and desk = @Desk and prefix = @Prefix and serial between @From and @Until and state = 'stock'
        """;

    /// <summary>Acceptors of the municipality that a desk can be at.</summary>
    public async Task<IReadOnlyList<Acceptor>> Desks(MunicipalityCode municipality) => [.. (await registry.View()).AcceptorsWithin(municipality)
        .Where(a => a.State == AcceptorState.Active).OrderBy(a => a.Name, StringComparer.Ordinal).ThenBy(a => a.Id.Value)];

    /// <returns>
    /// What changed; or <c>role_forbidden</c>, <c>not_found</c> for another municipality's product, <c>field_required</c> (desk, to, reason), <c>voucher_number_format</c>,
    /// <c>too_large</c>, <c>voucher_number_known</c> for paper that came before, <c>voucher_not_in_stock</c> for what is moved or put right, <c>id_reused</c>, what free text is refused for.
    /// </returns>
    public async Task<Result<VoucherRun>> Run(StaffAtWork work, WantedChange wanted, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        if (await find.Product(wanted.Product, stop) is not { } product || product.Municipality != work.Office.Code) return Refusal.Of("not_found");
        var desks = (await Desks(product.Municipality)).Select(d => d.Id).ToHashSet();
        if (!desks.Contains(wanted.Desk)) return Refusal.Of("field_required", ("field", "desk"));
        var to = wanted.Kind == StockChangeKind.Moved ? wanted.To : null;
        if (wanted.Kind == StockChangeKind.Moved && (to is not { } other || other == wanted.Desk || !desks.Contains(other))) return Refusal.Of("field_required", ("field", "to"));
        var run = VoucherRun.Read(wanted.First, wanted.Last);
        if (run.Refused is { } unreadable) return unreadable;
        if (run.Value.Count > MostAtOnce) return Refusal.Of("too_large");
        var reason = wanted.Kind is StockChangeKind.Received or StockChangeKind.Moved ? "" : ReasonText.Read(wanted.Reason, "reason");
        if (reason.Refused is { } noReason) return noReason;
        return await database.WriteOrRefuse(tx => Write(tx, work, (wanted with { To = to }, run.Value), reason.Value), stop);
    }

    private async Task<Result<VoucherRun>> Write(Transaction tx, StaffAtWork work, (WantedChange Wanted, VoucherRun Run) change, string reason)
    {
        var (wanted, run) = change;
        var (becomes, was, orWas) = wanted.Kind switch
        {
            StockChangeKind.Found => ("stock", "lost", "spoilt"),
            StockChangeKind.Received or StockChangeKind.Moved => ("stock", "", ""),
            _ => (Words<StockChangeKind>.Of(wanted.Kind), "stock", "stock"),
        };
        var row = new
        {
            wanted.Id, wanted.Product, wanted.Desk, Kind = Words<StockChangeKind>.Of(wanted.Kind), run.Prefix, run.Width, run.From, run.Until, Maker = work.Member.Id, Now = clock.NowMs(),
            wanted.To, State = becomes, Was = was, OrWas = orWas,
        };
        if (await tx.Connection.ExecuteAsync(Keep, row, tx.Handle) == 0)
            return await tx.Connection.QuerySingleAsync<(Guid, AcceptorId, string, string, long, long, AcceptorId?)>(SameChange, row, tx.Handle)
                == (wanted.Product, wanted.Desk, row.Kind, run.Prefix, run.From, run.Until, wanted.To) ? run : Refusal.Of("id_reused");
        var (action, statement) = wanted.Kind switch
        {
            StockChangeKind.Received => ("voucher_stock.received", Receive),
            StockChangeKind.Moved => ("voucher_stock.moved", Move),
            _ => ("voucher_stock.corrected", Correct),
        };
        if (await tx.Connection.ExecuteAsync(statement, row, tx.Handle) != run.Count)
            return Refusal.Of(wanted.Kind == StockChangeKind.Received ? "voucher_number_known" : "voucher_not_in_stock");
        await log.Write(tx, new Operation(action, work.Actor, wanted.Product,
            After: $"{row.Kind} {run} desk {wanted.Desk.Value}{(wanted.To is { } there ? $" to {there.Value}" : "")}", Reason: reason.Length == 0 ? null : reason));
        return run;
    }
}
