using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>The office types the numbers of the tickets that a shop without a device took (S4-09): what each is worth, then what became of each.</summary>
public sealed class HandInPage(HandInTickets handIn, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "お店")]
    public string? Shop { get; set; }

    [BindProperty, Display(Name = "券の番号")]
    public string? Numbers { get; set; }

    public Guid Id { get; private set; }

    public string ShopName { get; private set; } = "";

    public IReadOnlyList<SelectListItem> Shops { get; private set; } = [];

    public TicketsResult? Looked { get; private set; }

    public TicketsResult? Taken { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public Task OnGet() => List();

    /// <param name="take">The numbers that were looked at and are good; none: they are to be looked at.</param>
    public async Task<IActionResult> OnPost(Guid id, string[] take, CancellationToken stop)
    {
        await List();
        var shop = Guid.TryParse(Shop, out var chosen) ? new AcceptorId(chosen) : (AcceptorId?)null;
        var result = await handIn.Run(Work, shop, take.Length > 0 ? take : TicketNumber.Split(Numbers), take.Length > 0 ? id : null, stop);
        if (result.Refused is { } no) return this.Refuse(no.Facts.Any(f => Equals(f.Value, "shop")) ? nameof(Shop) : nameof(Numbers), no);
        ShopName = Shops.Single(s => s.Value == Shop).Text;
        if (take.Length > 0) Taken = result.Value;
        else (Looked, Id) = (result.Value, Ids.NewV7(clock));
        return Page();
    }

    private async Task List() =>
        Shops = [new("選んでください", ""), .. (await handIn.Shops(Work)).Value.Select(s => new SelectListItem($"{s.Name}（{s.Kind.Name}）", s.Id.Value.ToString()))];
}
