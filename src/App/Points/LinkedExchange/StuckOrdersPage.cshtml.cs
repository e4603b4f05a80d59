using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>Orders that do not come to their end by themselves, and a button for each.</summary>
public sealed class StuckOrdersPage(LinkOrders orders, ResolveLinkOrder resolve, PartnerCache partners, RegistryCache registry) : StaffPage
{
    public const string Here = "/operator/link-orders";

    private PartnerView? view;
    private RegistryView? towns;

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<LinkOrder> Orders { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (Orders, view, towns) = (await orders.Stuck(stop), await partners.View(), await registry.View());

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var asked = await resolve.Ask(Work, new TransferId(Id), stop);
        return asked.Refused is { } no ? await this.Refuse(no, new NextStep("とちゅうの交換へ", Here)) : this.SeeOther($"{Here}?done={Words<LinkOrderState>.Of(asked.Value.State)}");
    }

    public string? PartnerOf(LinkOrder order) => view!.Find(order.Partner)?.Name;

    public string TownOf(LinkOrder order) => Destination.Of(order.Issuer, towns!).FullName;
}

/// <summary>Ends an order with a reason; the one-time password is asked again.</summary>
public sealed class EndOrderPage(LinkOrders orders, ResolveLinkOrder resolve, PartnerCache partners) : StaffPage
{
    private static readonly NextStep Back = new("とちゅうの交換へ", StuckOrdersPage.Here);

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "わけ")]
    public string? Reason { get; set; }

    public LinkOrder Order { get; private set; } = null!;

    public string? Partner { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) ?? Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return gone;
        var ended = await resolve.End(Work, Order.Id, Reason, stop);
        if (ended.Ok) return this.SeeOther($"{StuckOrdersPage.Here}?done={Words<LinkOrderState>.Of(ended.Value.State)}");
        return ended.Refused!.Code is "confirm_required" or "not_found" ? await No(ended.Refused, Back) : this.Refuse(nameof(Reason), ended.Refused);
    }

    private async Task<IActionResult?> Show(CancellationToken stop)
    {
        if (await orders.Stuck(new TransferId(Id), stop) is not { State: not LinkOrderState.Debited } order) return await this.Refuse(Refusal.Of("not_found"), Back);
        (Order, Partner) = (order, (await partners.View()).Find(order.Partner)?.Name);
        return null;
    }
}
