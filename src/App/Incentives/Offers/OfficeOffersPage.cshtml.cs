using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>The offers of the municipality, and the programmes of which one could be made.</summary>
public sealed class OfficeOffersPage(OfficeOffers offers, TimeProvider clock) : StaffPage
{
    public Offer[] All { get; private set; } = [];

    public IReadOnlyList<Programme> Without { get; private set; } = [];

    /// <summary>Of the one that is begun from here.</summary>
    public Guid New { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop)
    {
        (All, Without) = ((await offers.All(Work, stop)).Value, await offers.WithoutOffer(Work, stop));
        New = Ids.NewV7(clock);
    }
}
