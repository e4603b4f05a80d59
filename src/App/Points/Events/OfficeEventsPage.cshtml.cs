using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Events;

/// <summary>The support events of the municipality, the latest first.</summary>
public sealed class OfficeEventsPage(OfficeEvents events, TimeProvider clock) : StaffPage
{
    public SupportEvent[] All { get; private set; } = [];

    /// <summary>Of the one that is begun from here.</summary>
    public Guid New { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet()
    {
        All = (await events.All(Work)).Value;
        New = Ids.NewV7(clock);
    }
}
