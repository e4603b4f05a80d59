using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>A municipality's products, and what its desks have of them.</summary>
public sealed class OfficeVouchersPage(FindVouchers find, RegistryCache registry, TimeProvider clock) : StaffPage
{
    public IReadOnlyList<VoucherProduct> Products { get; private set; } = [];

    public IReadOnlyList<(VoucherProduct Product, string Desk, long Count)> Stock { get; private set; } = [];

    /// <summary>For a product that is added.</summary>
    public Guid NewId { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop)
    {
        (NewId, Products) = (Ids.NewV7(clock), await find.Products(Work.Office.Code, stop));
        var (view, stock) = (await registry.View(), await find.Stock(Work.Office.Code, stop));
        Stock = [.. from product in Products
                    from at in stock.Where(s => s.Key.Product == product.Id)
                    select (product, view.Find(at.Key.Desk)?.Name ?? "", at.Value)];
    }

    public string Said(VoucherProduct product) => product.Against(clock.Today())?.Code switch
    {
        "voucher_off" => "お休み",
        "not_started" => "これから",
        "out_of_period" => "終わり",
        _ => "交換できます",
    };
}
