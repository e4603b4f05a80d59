using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Vouchers;

/// <summary>Paper comes into a desk's stock, or what became of it there is put right (S4-08c).</summary>
public sealed class StockPage(ChangeStock stock, FindVouchers find, FindTerminal terminals, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "すること")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "券")]
    public string? Product { get; set; }

    [BindProperty, Display(Name = "窓口")]
    public string? Desk { get; set; }

    [BindProperty, Display(Name = "移す先の窓口")]
    public string? To { get; set; }

    [BindProperty, Display(Name = "はじめの番号")]
    public string? First { get; set; }

    [BindProperty, Display(Name = "終わりの番号")]
    public string? Last { get; set; }

    [BindProperty, Display(Name = "わけ")]
    public string? Reason { get; set; }

    /// <summary>What was changed just now.</summary>
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<SelectListItem> Kinds { get; } = [new("在庫に入れる", "received"), new("なくした", "lost"), new("いたんで渡せない", "spoilt"), new("見つかった（在庫に戻す）", "found"), new("ほかの窓口に移す", "moved")];

    public IReadOnlyList<SelectListItem> Products { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Desks { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop)
    {
        (Id, Kind) = (Ids.NewV7(clock), "received");
        await Choices(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Choices(stop);
        if (Words<StockChangeKind>.Find(Kind ?? "") is not { } kind) return this.Refuse(nameof(Kind), Refusal.Of("field_required", ("field", nameof(Kind))));
        if (!Guid.TryParse(Product, out var product)) return this.Refuse(nameof(Product), Refusal.Of("field_required", ("field", nameof(Product))));
        var changed = await stock.Run(Work, new WantedChange(Id, product, Chosen(Desk), kind, First, Last, Reason, Chosen(To)), stop);
        if (changed.Ok) return this.SeeOther($"/office/vouchers/stock?done={Uri.EscapeDataString($"{changed.Value.Count}")}");
        return this.Refuse(changed.Refused!.Fact<string>("field") switch { "desk" => nameof(Desk), "to" => nameof(To), "reason" => nameof(Reason), _ => nameof(First) }, changed.Refused);
    }

    private static AcceptorId Chosen(string? desk) => new(Guid.TryParse(desk, out var id) ? id : Guid.Empty);

    /// <summary>Desks are where a terminal can give out paper; what has none yet comes behind.</summary>
    private async Task Choices(CancellationToken stop)
    {
        var hands = (await terminals.All(Work.Office.Code, stop)).Where(t => t.State != TerminalState.Revoked && t.Require(TerminalCall.HandOutVoucher).Ok).Select(t => t.Holder).ToHashSet();
        Products = [new("選んでください", ""), .. (await find.Products(Work.Office.Code, stop)).Select(p => new SelectListItem(p.Name, p.Id.ToString()))];
        Desks = [new("選んでください", ""), .. (await stock.Desks(Work.Office.Code)).OrderByDescending(d => hands.Contains(d.Id.Value)).Select(d => new SelectListItem(d.Name, d.Id.Value.ToString()))];
    }
}
