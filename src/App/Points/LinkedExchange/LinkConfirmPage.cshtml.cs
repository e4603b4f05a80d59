using Microsoft.AspNetCore.Mvc;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>What the order will become, before and after. The form carries its id, so that sending it twice orders once.</summary>
public sealed class LinkConfirmPage(JudgeLinkOrder judge, PlaceLinkOrder place, LinkOrders orders, Balances balances) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public long Points { get; set; }

    [BindProperty]
    public string? Town { get; set; }

    public JudgedLinkOrder Judged { get; private set; } = null!;

    public Points Before { get; private set; }

    private string Form => $"/my/exchange/link/{Uri.EscapeDataString(Key ?? "")}";

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (LinkDraft.Find(this) is not { } draft || draft.Partner != Key) return this.SeeOther(Form);
        // Sent already, from another tab or by going back.
        if (await orders.Find(Citizen.Id, draft.Id, stop) is not null) return this.SeeOther($"/my/exchange/orders/{draft.Id}");
        var judged = await judge.Run(new WantedLinkOrder(draft.Id, Key, draft.Points, draft.Town));
        if (judged.Refused is { } no) return await this.Refuse(no, new NextStep("ポイント数を入れる画面へ", Form));
        (Judged, Id) = (judged.Value, draft.Id);
        Before = await balances.Of(Citizen.Id, Judged.Destination);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var placed = await place.Run(Citizen, new WantedLinkOrder(Id, Key, Points, Town), stop);
        LinkDraft.Drop(this);
        return placed.Refused is { } no ? await this.Refuse(no, new NextStep("会社の画面に戻る", Form)) : this.SeeOther($"/my/exchange/orders/{Id}");
    }
}
