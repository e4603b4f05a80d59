using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>One card: what is on it where it belongs to this ID, and how many points go onto it; then the same to be confirmed. The number stands in no address.</summary>
public sealed class ChargePage(MyStreetCards cards, PlaceCharge place, StreetCardLinks links, LedgerReading reading, RegistryCache registry, CardOptions options, TimeProvider clock) : CitizenPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "カードの番号")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "入れるポイント数")]
    public string? Amount { get; set; }

    public MyStreetCard Card { get; private set; } = null!;

    public string PointName { get; private set; } = "";

    public Kernel.Points Usable { get; private set; }

    /// <summary>By source; null without a link, or when the centre does not answer.</summary>
    public IReadOnlyList<CardBalance>? Balances { get; private set; }

    /// <summary>Why the balances are not shown.</summary>
    public Refusal? NoBalance { get; private set; }

    /// <summary>To be confirmed.</summary>
    public JudgedCharge? Judged { get; private set; }

    private string Here => $"/my/cards/{Card.Operator.Id}";

    public async Task<IActionResult> OnGet(Guid at, CancellationToken stop)
    {
        if (await Show(at, stop) is { } no) return no;
        (Id, Amount) = (Ids.NewV7(clock), null);
        if (Card.Link is null) return Page();
        var balances = await cards.Balances(Citizen.Id, at, stop);
        (Balances, NoBalance) = (balances.Ok ? balances.Value : null, balances.Refused);
        return Page();
    }

    /// <param name="at">The operator; the form has an id of its own.</param>
    /// <param name="go">The citizen has confirmed it.</param>
    public async Task<IActionResult> OnPost(Guid at, bool go, CancellationToken stop)
    {
        if (await Show(at, stop) is { } gone) return gone;
        var amount = Kernel.Points.Read(Amount);
        if (amount.Refused is { } unreadable) return this.Refuse(nameof(Amount), unreadable);
        var wanted = new WantedCharge(Id, at, amount.Value.Value, Number);
        var judged = await place.Judge(Citizen.Id, wanted, stop);
        if (judged.Refused is { } no) return no.Code == "charge_not_offered" ? await this.Refuse(no, new NextStep("カードの一覧へ", "/my/cards")) : this.Refuse(nameof(Number), no);
        if (amount.Value > Usable && !go) return this.Refuse(nameof(Amount), Refusal.Of("insufficient_points", ("rest", Usable)));
        Judged = judged.Value;
        if (!go) return Page();
        var placed = await place.Run(Citizen, Session.RequireCard().Ok, wanted, stop);
        return placed.Refused is { } refused && refused.Code is not ("card_unknown" or "charge_refused" or "card_centre_silent")
            ? await this.Refuse(refused, PasswordSum.AsksForCard(refused) && options.On ? CardEndpoints.StepUp(Here) : new NextStep("カードの画面に戻る", Here)) : this.SeeOther($"/my/cards/charges/{Judged.Id.Value}");
    }

    public async Task<IActionResult> OnPostRemove(Guid at, CancellationToken stop)
    {
        await links.Remove(Citizen.Id, at, stop);
        return this.SeeOther("/my/cards");
    }

    private async Task<IActionResult?> Show(Guid at, CancellationToken stop)
    {
        var card = await cards.One(Citizen.Id, at, stop);
        if (card.Refused is { } no) return await this.Refuse(no, new NextStep("カードの一覧へ", "/my/cards"));
        Card = card.Value;
        PointName = (await registry.View()).NameOfPoints(Card.Operator.Municipality);
        Usable = await reading.Usable(Citizen.Id, Card.Operator.Municipality, clock.Today());
        return null;
    }
}

/// <summary>What has become of a charge: it may be left and found again, and looks again by itself while the centre has not answered.</summary>
public sealed class ChargeDonePage(ChargeOrders orders, ChargeBacks backs, StreetCardOperators operators) : CitizenPage
{
    public ChargeOrder Order { get; private set; } = null!;

    public string Name { get; private set; } = "";

    /// <summary>Somebody has asked for the points back.</summary>
    public ChargeBack? Back { get; private set; }

    public (string What, string Rule, string Next) Why => PlaceCharge.Why(Order).Sentences();

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await orders.Find(Citizen.Id, new TransferId(id), stop) is not { } order) return await this.Refuse(Refusal.Of("not_found"), new NextStep("カードの一覧へ", "/my/cards"));
        (Order, Name, Back) = (order, (await operators.Find(order.Operator, stop))?.Name ?? "", await backs.Of(order, stop));
        if (order.IsOpen) Response.Headers["Refresh"] = "5";
        return Page();
    }
}
