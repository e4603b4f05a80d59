using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Vouchers;

/// <summary>What all desks of a municipality handed out, by days, with the premium as a column of its own (S2-P8g).</summary>
public sealed class HandedPage(ListVouchers lists, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "from"), Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "until"), Display(Name = "いつまで")]
    public string? Until { get; set; }

    public VoucherList List { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        // The month so far, until other days are asked for.
        var today = clock.Today();
        (From, Until) = (From ?? TypedDay.Of(new DateOnly(today.Year, today.Month, 1)), Until ?? TypedDay.Of(today));
        var list = await lists.OfOffice(Work, TypedDay.Read(From), TypedDay.Read(Until), stop);
        List = list.Ok ? list.Value : (await lists.OfOffice(Work, null, null, stop)).Value;
        return list.Refused is { } no ? this.Refuse(nameof(Until), no) : Page();
    }

    public async Task<IActionResult> OnGetCsv(CancellationToken stop)
    {
        var list = await lists.OfOffice(Work, TypedDay.Read(From), TypedDay.Read(Until), stop);
        return list.Refused is { } no ? await this.Refuse(no) : File(list.Value.Csv(), $"{MediaTypeNames.Text.Csv}; charset=utf-8", "vouchers.csv");
    }
}

/// <summary>One exchange, as staff see it: with the form that takes it back (table Z2).</summary>
public abstract class StaffOrderPage(TakeVouchersBack vouchers, RegistryCache registry, LedgerReading reading, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public string[] Returned { get; set; } = [];

    [BindProperty]
    public string[] Spoilt { get; set; } = [];

    public VoucherOrder? Order { get; private set; }

    public ReceiptNumber? Receipt { get; private set; }

    public string Desk { get; private set; } = "";

    protected TakeVouchersBack Vouchers => vouchers;

    protected abstract Task<Result<VoucherOrder>> Find(CancellationToken stop);

    protected abstract string Path { get; }

    protected async Task<Refusal?> Show(CancellationToken stop)
    {
        var order = await Find(stop);
        if (order.Refused is { } no) return no;
        (Order, Desk) = (order.Value, (await registry.View()).Find(order.Value.Desk)?.Name ?? "");
        Receipt = (await reading.Find(Order.Bucket, Order.Id))?.Receipt;
        if (Id == Guid.Empty) Id = Ids.NewV7(clock);
        return null;
    }

    protected async Task<IActionResult> TakeBack(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await No(gone);
        var back = await vouchers.Run(Order!, new TransferId(Id), new ReturnedPaper(Returned, Spoilt), (Work.Actor, null), stop);
        if (back.Ok) return this.SeeOther(Path);
        return back.Refused!.Code == "voucher_not_returned" ? this.Refuse(nameof(Returned), back.Refused) : await No(back.Refused, new NextStep("券の記録に戻る", Path));
    }
}

/// <summary>An exchange of the office's own points.</summary>
public sealed class OfficeOrderPage(TakeVouchersBack vouchers, RegistryCache registry, LedgerReading reading, TimeProvider clock) : StaffOrderPage(vouchers, registry, reading, clock)
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    protected override string Path => $"/office/vouchers/handed/{Key}";

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await No(no) : Page();

    public Task<IActionResult> OnPost(CancellationToken stop) => TakeBack(stop);

    protected override Task<Result<VoucherOrder>> Find(CancellationToken stop) => Vouchers.Find(Work, Key, stop);
}

/// <summary>Any exchange, by its receipt, for operators.</summary>
public sealed class OperatorVouchersPage(TakeVouchersBack vouchers, RegistryCache registry, LedgerReading reading, TimeProvider clock) : StaffOrderPage(vouchers, registry, reading, clock)
{
    [BindProperty(SupportsGet = true), Display(Name = "控えの番号")]
    public string? Number { get; set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override string Path => $"/operator/vouchers?Number={Uri.EscapeDataString(Number ?? "")}";

    public async Task<IActionResult> OnGet(CancellationToken stop) =>
        string.IsNullOrWhiteSpace(Number) ? Page() : await Show(stop) is { } no ? this.Refuse(nameof(Number), no) : Page();

    public Task<IActionResult> OnPost(CancellationToken stop) => TakeBack(stop);

    protected override Task<Result<VoucherOrder>> Find(CancellationToken stop) => Vouchers.ByReceipt(Work, Number, stop);
}
