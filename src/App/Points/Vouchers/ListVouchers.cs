using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>What was handed out, by days: a desk sees its own, a municipality all of its points'.</summary>
public sealed class ListVouchers(FindVouchers find, RegistryCache registry, TimeProvider clock)
{
    /// <param name="from">First day; null: today.</param>
    /// <returns>Or <c>role_forbidden</c>, <c>out_of_period</c> (from, until).</returns>
    public async Task<Result<VoucherList>> OfDesk(Terminal terminal, DateOnly? from, DateOnly? until, CancellationToken stop = default)
    {
        if (terminal.Require(TerminalCall.HandOutVoucher).Refused is { } no) return no;
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        var days = VoucherList.Read(from, until, clock.Today());
        if (days.Refused is { } unreadable) return unreadable;
        return new VoucherList(days.Value, await find.Handed(new AcceptorId(holder), days.Value, stop), await registry.View());
    }

    /// <param name="from">First day; null: today.</param>
    /// <returns>Or <c>role_forbidden</c>, <c>out_of_period</c> (from, until).</returns>
    public async Task<Result<VoucherList>> OfOffice(StaffAtWork work, DateOnly? from, DateOnly? until, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        var days = VoucherList.Read(from, until, clock.Today());
        if (days.Refused is { } unreadable) return unreadable;
        return new VoucherList(days.Value, await find.Handed(work.Office.Code, days.Value, stop), await registry.View());
    }
}

/// <summary>A citizen's own vouchers, for the passbook.</summary>
public sealed class MyVouchers(FindVouchers find, LedgerReading reading)
{
    /// <returns>The vouchers of a receipt; or <c>number_format</c>, <c>transfer_unknown</c> also for somebody else's.</returns>
    public async Task<Result<VoucherOrder>> Find(CitizenId citizen, string? receipt, CancellationToken stop = default)
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return unreadable;
        return await reading.Find(number.Value, citizen) is { } line && await find.Order(number.Value.Bucket, line.Id, stop) is { } order ? order : Refusal.Of("transfer_unknown");
    }
}
