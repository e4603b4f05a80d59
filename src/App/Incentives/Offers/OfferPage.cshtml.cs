using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Activities;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>One programme in plain words: who, how much, until when, how it is received, whom to ask (S1-03).</summary>
public sealed class OfferPage(FindOffers find, FindActivities activities, ProgrammeList programmes, OfferServices services, RegistryCache registry, TimeProvider clock) : PageModel
{
    public Offer Offer { get; private set; } = null!;

    public Programme Programme { get; private set; } = null!;

    public Municipality Town { get; private set; } = null!;

    /// <summary>Where it gives for taking part: what is to come.</summary>
    public IReadOnlyList<ActivityShown>? Activities { get; private set; }

    public IReadOnlyList<OfferedPaymentService> Services { get; private set; } = [];

    public DateOnly Today { get; } = clock.Today();

    public OfferMoment Moment => Offer.On(clock.Today());

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var found = await find.Public(new ProgrammeId(id), stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("施策をさがす", "/programmes"));
        (Offer, Programme) = (found.Value, Must.Have(await programmes.Find(found.Value.Programme, stop), "an offer has a programme"));
        Town = Must.Have((await registry.View()).Find(Offer.Municipality), "an offer's municipality is registered");
        if (await activities.Gives(Offer.Programme, stop)) Activities = [.. (await activities.Of(Offer.Programme, stop)).Where(a => a.Activity.Hours.Day >= clock.Today())];
        Services = await services.Of(Offer, stop);
        return Page();
    }
}
