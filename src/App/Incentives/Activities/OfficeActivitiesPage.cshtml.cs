using Microsoft.AspNetCore.Mvc;
using MyKey.App.Offers;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Activities;

/// <summary>What an offer gives for, and its activities.</summary>
public sealed class OfficeActivitiesPage(OfficeOffers offers, SaveActivity save, FindActivities find, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public string? By { get; set; }

    public Offer Offer { get; private set; } = null!;

    public bool TakingPart { get; private set; }

    public IReadOnlyList<ActivityShown> All { get; private set; } = [];

    /// <summary>Of the one that is begun from here.</summary>
    public Guid New { get; private set; }

    public string Here => $"/office/offers/{Offer.Programme.Value}/activities";

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Load(id, stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var set = await save.Give(Work, Offer.Programme, By == "activity", stop);
        return set.Refused is { } no ? await No(no, new NextStep("イベントの一覧に戻る", Here)) : this.SeeOther(Here);
    }

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var found = await offers.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return no;
        (Offer, New) = (found.Value, Ids.NewV7(clock));
        (TakingPart, All) = (await find.Gives(Offer.Programme, stop), await find.Of(Offer.Programme, stop));
        return null;
    }
}
