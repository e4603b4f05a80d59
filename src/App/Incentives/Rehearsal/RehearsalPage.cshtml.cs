using Microsoft.AspNetCore.Mvc;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Rehearsals;

/// <summary>A rehearsal of one offer: what is assumed stands in the address, so that a page can be opened again and passed on.</summary>
public sealed class RehearsalPage(RehearseOffer rehearse, OfficeOffers offers, TimeProvider clock) : StaffPage
{
    /// <summary>The form was sent: a box that it does not name is not ticked.</summary>
    private const string Asked = "asked";

    public Offer Offer { get; private set; } = null!;

    public Forecast? Forecast { get; private set; }

    public IReadOnlyList<Assumed> All { get; } = Assumed.On(clock.Today());

    public static IReadOnlyList<string> Bands { get; } = [.. Enum.GetValues<AgeBand>().Select(Words<AgeBand>.Of)];

    public IEnumerable<Assumed> General => All.Where(a => !a.Key.Contains('.', StringComparison.Ordinal) && a.Most > 1);

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    /// <summary>What a field of the form shows: as typed, else as assumed.</summary>
    public string Value(string key) => Typed(key) ?? Of(key)?.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";

    public string? Typed(string key)
    {
        if (Request.Query.TryGetValue(key, out var typed) && typed.Count > 0) return typed[0];
        return Of(key)?.Most == 1 && Request.Query.ContainsKey(Asked) ? "0" : null;
    }

    public string? Wrong(string key) => ModelState.TryGetValue(key, out var state) && state.Errors.Count > 0 ? state.Errors[0].ErrorMessage : null;

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var offer = await offers.One(Work, new ProgrammeId(id), stop);
        if (offer.Refused is { } gone) return await this.Refuse(gone, new NextStep("募集の一覧へ", "/office/offers"));
        Offer = offer.Value;
        var run = await rehearse.Run(Work, Offer.Programme, new RehearsalWish(Typed, Typed("budget"), Typed("seed")), stop);
        if (run.Ok)
        {
            Forecast = run.Value.Forecast;
            return Page();
        }
        var no = run.Refused!;
        return no.Code switch
        {
            "share_format" => this.Refuse(no.Fact<string>("field") ?? "people", no),
            "share_sum" => this.Refuse("children.share", no),
            "share_order" => this.Refuse("quarter", no),
            "amount_format" => this.Refuse("budget", no),
            _ => await this.Refuse(no, new NextStep("募集に戻る", $"/office/offers/{id}")),
        };
    }

    private Assumed? Of(string key) => All.FirstOrDefault(a => a.Key == key);
}
