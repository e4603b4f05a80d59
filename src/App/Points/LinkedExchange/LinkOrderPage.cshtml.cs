using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.LinkedExchange;

/// <summary>What has become of an order: it may be left and found again, and looks again by itself while the partner has not answered.</summary>
public sealed class LinkOrderPage(LinkOrders orders, JudgeLinkOrder judge, LinkOrderWords words, RegistryCache registry, Balances balances) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    public LinkOrder Order { get; private set; } = null!;

    public Partner Partner { get; private set; } = null!;

    public Destination Destination { get; private set; } = null!;

    public (string What, string Rule, string Next) Why => JudgeLinkOrder.Why(Order, Partner).Sentences();

    /// <summary>The next step is to choose a municipality.</summary>
    public bool Chooses => Order.State == LinkOrderState.Posted && Destination.IsReserved;

    public Points Rest { get; private set; }

    public ReceiptNumber? Receipt { get; private set; }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await orders.Find(Citizen.Id, Id, stop) is not { } order) return await this.Refuse(Refusal.Of("not_found"), new NextStep("会社の一覧へ", "/exchange"));
        (Order, Partner, Destination) = (order, await judge.PartnerOf(order), Destination.Of(order.Issuer, await registry.View()));
        if (order.IsOpen) Response.Headers["Refresh"] = "5";
        Receipt = await words.Receipt(order);
        Rest = await balances.Of(Citizen.Id, Destination);
        return Page();
    }
}
