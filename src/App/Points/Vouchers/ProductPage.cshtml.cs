using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Partners;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>One product: added here, or changed in all but what is printed on the paper (S4-08d). Its id stands in the address.</summary>
public sealed class ProductPage(SaveProduct save, FindVouchers find, ProgrammeList programmes, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "券の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "種類")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "1枚の額（円）")]
    public string? Denomination { get; set; }

    [BindProperty, Display(Name = "使えるところ")]
    public string? Where { get; set; }

    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "いつまで")]
    public string? Until { get; set; }

    [BindProperty, Display(Name = "上乗せ（%）")]
    public string? Premium { get; set; }

    [BindProperty, Display(Name = "上乗せを払う施策")]
    public string? Programme { get; set; }

    [BindProperty, Display(Name = "いま")]
    public string? State { get; set; }

    /// <summary>As it stands; null: it is added.</summary>
    public VoucherProduct? Product { get; private set; }

    public IReadOnlyList<SelectListItem> Programmes { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Kinds { get; } = [new("買い物に使う券", "shopping"), new("駐車場で使う券", "parking")];

    public IReadOnlyList<SelectListItem> States { get; } = [new("交換できる", "on"), new("休む", "off")];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await Show(id, stop) is { } gone) return gone;
        (Kind, Premium, State, From) = ("shopping", "0", "on", TypedDay.Of(clock.Today()));
        if (Product is not { } p) return Page();
        (Name, Kind, Denomination, Where) = (p.Name, Words<VoucherKind>.Of(p.Kind), p.Denomination.ToString(), p.Where);
        (From, Until, Premium, Programme, State) = (TypedDay.Of(p.From), TypedDay.Of(p.Until), $"{p.PremiumPercent}", p.Programme?.Value.ToString(), Words<VoucherProductState>.Of(p.State));
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Show(id, stop) is { } gone) return gone;
        var percent = string.IsNullOrWhiteSpace(Premium) ? 0 : int.TryParse(Typed.HalfWidth(Premium), NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : -1;
        var denomination = Kernel.Points.Read(Denomination);
        var wanted = new WantedProduct(id, Name, Product?.Kind ?? Words<VoucherKind>.Find(Kind ?? ""), Product?.Denomination.Value ?? (denomination.Ok ? denomination.Value.Value : 0), Where, TypedDay.Read(From),
            TypedDay.Read(Until), percent, Guid.TryParse(Programme, out var payer) ? new ProgrammeId(payer) : null, State != "off");
        var saved = await save.Run(Work, wanted, stop);
        return saved.Refused is { } no ? no.Code == "not_found" ? await this.Refuse(no) : this.Refuse(FieldOf(no), no) : this.SeeOther("/office/vouchers");
    }

    private async Task<IActionResult?> Show(Guid id, CancellationToken stop)
    {
        Product = await find.Product(id, stop);
        if (Product is { } known && known.Municipality != Work.Office.Code) return await this.Refuse(Refusal.Of("not_found"));
        Programmes = [new("なし", ""), .. (await programmes.Of(Work.Office.Code, stop)).Where(p => p.State == ProgrammeState.Open || p.Id == Product?.Programme).Select(p => new SelectListItem(p.Name, p.Id.Value.ToString()))];
        return null;
    }

    private static string FieldOf(Refusal no) => no.Code switch
    {
        "amount_format" or "denomination_fixed" => nameof(Denomination),
        "out_of_period" => nameof(Until),
        "percent_range" => nameof(Premium),
        _ => no.Fact<string>("field") switch
        {
            "kind" => nameof(Kind),
            "where" => nameof(Where),
            "from" => nameof(From),
            "until" => nameof(Until),
            "programme" => nameof(Programme),
            _ => nameof(Name),
        },
    };
}
